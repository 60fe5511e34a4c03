# SPDX-License-Identifier: MIT
"""The JSON file of a run."""
import json
import os
import site

import gate
from gate import check, equal, run

SCHEMA = os.path.join(gate.HERE, "..", "..", "src", "report",
                      "writers", "report.schema.json")


def load(path):
    with open(os.path.join(gate.TMP, path), "rb") as file:
        return json.loads(file.read().decode("utf-8", "strict"))


def validate(document):
    # Drivers are started without it, by -S: they start faster.
    site.main()
    try:
        import jsonschema
    except ImportError:
        raise gate.Skipped("there is no jsonschema")
    with open(SCHEMA) as file:
        jsonschema.validate(document, json.load(file))


def test_valid():
    for name, args in (("leak", []), ("names", []), ("transparency", []),
                       ("once", []), ("parts", []), ("registry", ["two"]), ("api", [])):
        path = name + ".json"
        result = run(name, args=args, CK_LEAK_BUDGET=0.5,
                     CK_LEAK_JSON_FILE_NAME=path)
        document = load(path)
        validate(document)
        equal(len(document["tests"]), len(result.cases), "tests", result)
        for test, case in zip(document["tests"], result.cases):
            equal(test["outcome"], case.verdict, "outcome", result)
            equal(test["verdict"], case.state, "verdict", result)


def test_leak():
    for fork in ("yes", "no"):
        result = run("leak", CK_LEAK_ITERATIONS=50, CK_FORK=fork,
                     CK_LEAK_JSON_FILE_NAME="leak.json")
        document = load("leak.json")
        equal(document["program"], "leak_gated", "program", result)
        equal(document["settings"]["CK_LEAK_ITERATIONS"], "50", "", result)
        clean, leak = document["tests"]
        equal((clean["outcome"], clean["repeat"]), ("clean", None), "", result)
        equal((leak["suite"], leak["tcase"], leak["test"], leak["index"]),
              ("Leak", "leaks", "test_leaks", None), "names", result)
        equal((leak["result"], leak["outcome"]), ("failed", "leak"), "", result)
        check("# repeat: %s\n" % leak["repeat"] in result.out + "\n",
              "the command is Check's", result)
        measured = leak["measured"]
        equal((measured["iterations"], measured["warmup"]), (50, 3), "", result)
        site = measured["sites"][0]
        case = result.case("test_leaks")
        equal(site["fingerprint"], case.properties["leak.fingerprint"], "",
              result)
        curve = site["curve"]
        equal([point[0] for point in curve], list(range(51)), "curve", result)
        equal([point[1] - curve[0][1] for point in curve], list(range(51)),
              "live blocks", result)
        equal(site["law"]["form"], "linear", "law", result)
        frame = site["frames"][site["blamed_frame"]]
        equal((frame["function"], frame["file"]),
              ("leak", "tests/gate/programs/suite.h"), "frame", result)
        check(frame["module"].endswith("leak_gated") and frame["line"],
              frame, result)


def test_paths_are_apart():
    """Two ways to one call site; their law is that of each."""
    result = run("parts", CK_RUN_SUITE="Cache", CK_RUN_CASE="core",
                 CK_LEAK_ITERATIONS=60, CK_LEAK_JSON_FILE_NAME="paths.json")
    test = load("paths.json")["tests"][1]
    site = test["measured"]["sites"][0]
    equal((site["callers"], len(site["paths"])), (2, 2), "paths", result)
    equal(site["law"]["blocks_per_iteration"], 3, "of both", result)
    equal(sorted(p["law"]["blocks_per_iteration"] for p in site["paths"]),
          [1, 2], "of each", result)
    functions = [{f["function"] for f in p["frames"]} for p in site["paths"]]
    check("keep_two" in functions[0] and "keep_one" in functions[1],
          functions, result)
    first, last = site["curve"][0], site["curve"][-1]
    equal(last[1] - first[1], 180, "the curve is of both", result)
    check("reached by 2 paths" in result.out, "it is said", result)


def test_positions_are_those_of_the_whole():
    whole = run("parts", CK_LEAK_ITERATIONS=8, CK_LEAK_JSON_FILE_NAME="a.json")
    places = {(t["suite"], t["tcase"], t["test"], t["index"]): t["position"]
              for t in load("a.json")["tests"]}
    cases = {key[1] for key in places}
    check(len(cases) > 1, "several test cases", whole)
    equal(sorted(places.values()), list(places.values()), "in order", whole)
    for name in cases:
        part = run("parts", CK_LEAK_ITERATIONS=8, CK_RUN_CASE=name,
                   CK_LEAK_JSON_FILE_NAME="b.json")
        for t in load("b.json")["tests"]:
            key = (t["suite"], t["tcase"], t["test"], t["index"])
            equal(t["position"], places[key], str(key), part)


def test_folder():
    for path in ("here/", "here"):
        run("leak", CK_LEAK_JSON_FILE_NAME=path)
        equal(os.listdir(os.path.join(gate.TMP, "here")),
              ["TEST-leak_gated.json"], "files")
    load("here/TEST-leak_gated.json")


def test_unwritable():
    for path in ("/nonexistent/report.json", "/dev/full"):
        result = run("leak", junit=False, CK_LEAK_JSON_FILE_NAME=path)
        equal(result.status, 2, "exit status", result)
        check("CK_LEAK_JSON_FILE_NAME='%s' cannot be written" % path in
              result.err and "Running" not in result.out, "it is said", result)


def test_setter_goes_before():
    result = run("api", args=["json", "own/"], CK_LEAK_JSON_FILE_NAME="env.json")
    check(not os.path.exists(os.path.join(gate.TMP, "env.json")),
          "only one file", result)
    validate(load("own/TEST-api_gated.json"))
    check(os.path.exists(result.junit), "JUnit is the environment's", result)
    bad = run("api", args=["json", "/nonexistent/a.json"], junit=False)
    equal(bad.status, 2, "exit status", bad)
    check("srunner_set_leak_json='/nonexistent/a.json' cannot be written" in
          bad.err, "it is said", bad)


def test_off():
    result = run("leak", CK_LEAK="no", junit=False,
                 CK_LEAK_JSON_FILE_NAME="off.json")
    check(not os.path.exists(os.path.join(gate.TMP, "off.json")), "no file",
          result)
