# SPDX-License-Identifier: MIT
"""`leakslope report`: from the JSON of many runs to one report."""
import json
import os
import random
import subprocess

import gate
from gate import check, equal, run

SUITES = ("Cache", "Queue", "<script>alert('1')</script>")
CASES = ("core", "loop", "setup", "off", "-", "%@~",
         b"a/b \"c\" & \x1b[31m\xff ../..".decode("utf-8", "surrogateescape"))


def command(*args, expected=0):
    path = os.path.join(gate.BIN, "..", "..", "..", "bin", "leakslope")
    if not os.path.exists(path):
        raise gate.Skipped("there is no command")
    child = subprocess.run([path] + list(args), cwd=gate.TMP,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60)
    result = gate.Result(["leakslope"] + list(args), child.returncode,
                         child.stdout.decode("utf-8", "strict"),
                         child.stderr.decode("utf-8", "strict"),
                         os.path.join(gate.TMP, "joined.xml"))
    if expected is not None:
        equal(result.status, expected, "exit status", result)
    return result


def report(*args, expected=0):
    return command("report", *args, expected=expected)


def files(folder, extension):
    path = os.path.join(gate.TMP, folder)
    return sorted(os.path.join(folder, name) for name in os.listdir(path)
                  if name.endswith("." + extension))


def whole(folder="whole/", name="parts", **env):
    return run(name, CK_LEAK_ITERATIONS=20, CK_LEAK_JSON_FILE_NAME=folder,
               CK_JUNIT_LOG_FILE_NAME=folder, **env)


def untimed(result):
    """Everything in the JUnit cases but times."""
    return [(c.classname, c.name, c.file, c.line, c.properties, c.state,
             c.type, c.message, c.text) for c in result.cases]


def test_round_trip():
    """JUnit from JSON is what the program wrote, byte for byte."""
    for name in ("parts", "leak", "once", "names", "endings"):
        for fork in ("yes", "no"):
            if fork == "no" and name == "once":
                continue
            whole(name + fork + "/", name, CK_FORK=fork)
            one = files(name + fork, "json")
            report(*one, "--junit", "joined.xml")
            written = gate.stored(files(name + fork, "xml")[0])
            equal(gate.stored("joined.xml"), written, "JUnit of " + name)


def test_round_trip_of_every_domain():
    """What is accepted, what has no frames, objects, numbers, threads."""
    supp = os.path.join(gate.TMP, "known.supp")
    with open(supp, "w") as file:
        file.write("leak:leak_here\n")
    for name, more in (("accept", dict(CK_LEAK_SUPPRESSIONS=supp)),
                       ("tracked", {}), ("untraced_fds", {}), ("untraced", {}),
                       ("timers", {}), ("mappings", {}), ("segments", {})):
        result = run(name, CK_LEAK_JSON_FILE_NAME="a.json",
                     CK_LEAK_BUDGET="0.5", **more)
        report("a.json", "--junit", "joined.xml")
        equal(gate.stored("joined.xml"), gate.stored(result.junit),
              "JUnit of " + name)


def test_text():
    whole()
    result = report(*files("whole", "json"))
    check("Cache:core:test_paths: leak: +3 blocks/iteration" in result.out and
          "14 tests: " in result.out, "text is the default", result)
    check("\x1b" not in result.out, "no control character", result)
    equal(result.err, "", "stderr", result)


def test_check():
    whole()
    whole("clean/", CK_RUN_CASE="-")
    leaking, clean = files("whole", "json"), files("clean", "json")
    for args, expected in ((leaking, 1), (clean, 0), (clean + leaking, 1)):
        result = report(*args, "--check", expected=expected)
        equal(result.out, "", "nothing is printed", result)
        result = report(*args, "--check", "--text", expected=expected)
        check("tests: " in result.out or "test: " in result.out, "text", result)
    whole("fails/", CK_RUN_SUITE="Queue", CK_RUN_CASE="core")
    report(*files("fails", "json"), "--check")
    whole("strict/", CK_RUN_SUITE="Queue", CK_RUN_CASE="core",
          CK_LEAK_STRICT="yes")
    report(*files("strict", "json"), "--check", expected=1)


def test_check_sees_leaks_that_do_not_fail():
    result = whole("r/", CK_LEAK="report", CK_RUN_SUITE="Cache")
    equal(result.status, 0, "exit status", result)
    report(*files("r", "json"), "--check", expected=1)


def test_strict_schema():
    gate.tool("xmllint")
    whole()
    report(*files("whole", "json"), "--junit", "strict.xml", "--junit-schema",
           "junit-10")
    xsd = os.path.join(os.path.dirname(gate.XSD), "junit_strict.xsd")
    child = subprocess.run(["xmllint", "--noout", "--schema", xsd,
                            os.path.join(gate.TMP, "strict.xml")],
                           stderr=subprocess.PIPE)
    equal(child.returncode, 0, child.stderr.decode())


def test_usage():
    whole()
    one = files("whole", "json")[0]
    for args, word in (((), "no file is named"), ((one, "--junit"), "--junit"),
                       ((one, "--nothing"), "--nothing"),
                       ((one, "--junit-schema", "x"), "allowed: all|junit-10"),
                       ((one, "--junit", "/nonexistent/a.xml"),
                        "/nonexistent/a.xml cannot be written: No such")):
        result = report(*args, expected=2)
        check(word in result.err, word, result)
        equal(result.out, "", "stdout", result)


def damaged(document, change):
    change(document)
    with open(os.path.join(gate.TMP, "bad.json"), "w") as file:
        json.dump(document, file)


def leaking_test(document):
    return [t for t in document["tests"] if t["outcome"] == "leak"][0]


def site(document):
    return leaking_test(document)["measured"]["sites"][0]


def test_bad_input_is_named():
    """With the place, and nothing is written."""
    whole()
    good = files("whole", "json")[0]
    for change, words in (
            (lambda d: d.update(format="x"), "format: this is not a report"),
            (lambda d: d.update(version=9), "of version 9, this leakslope"),
            (lambda d: d.pop("tests"), "tests: is missing"),
            (lambda d: d.update(tests={}), "tests: is not an array"),
            (lambda d: d["tests"].append(7), "tests[14].suite: is missing"),
            (lambda d: d["tests"][0].update(result="fine"),
             "tests[0].result: 'fine' is not known"),
            (lambda d: d["tests"][0].update(line="x"),
             "tests[0].line: is not a whole number"),
            (lambda d: d["tests"][0].update(position=-1),
             "tests[0].position: -1 is out of range"),
            (lambda d: site(d).update(blamed_frame=99),
             "measured.sites[0].blamed_frame: 99 is out of range"),
            (lambda d: site(d)["frames"][0].update(offset="12"),
             "sites[0].frames[0].offset: '12' is not hexadecimal"),
            (lambda d: site(d).update(fingerprint="\x1b"),
             "sites[0].fingerprint: is not 16 hexadecimal digits"),
            (lambda d: site(d)["curve"].append([1, 2]),
             "is not [iteration, count, bytes]"),
            (lambda d: site(d)["law"].update(form="\x1b[31m"),
             "law.form: '\\x1b[31m' is not known")):
        damaged(json.loads(gate.stored(good)), change)
        result = report("bad.json", good, "--junit", "joined.xml", "--text",
                        expected=2)
        check("bad.json: " in result.err and words in result.err, words, result)
        equal(result.err.count("\n"), 1, "one line", result)
        check(not os.path.exists(result.junit) and not result.out,
              "nothing is written", result)


def test_files_that_are_no_reports():
    whole()
    good = gate.stored(files("whole", "json")[0])
    bad = os.path.join(gate.TMP, "bad.json")
    for text, words in (("", "is not whole JSON"), ("{}", "format: "),
                        (good[:len(good) // 2], "is not whole JSON: line "),
                        (good + "x", "is not whole JSON: line "),
                        ("[" * 100000, "is not whole JSON"),
                        ("\x1b[31m", "is not whole JSON")):
        with open(bad, "w") as file:
            file.write(text)
        result = report("bad.json", expected=2)
        check(words in result.err and "\x1b" not in result.err, words, result)
    for path, words in (("missing.json", "missing.json: No such file"),
                        (".", ".: Is a directory")):
        check(words in report(path, expected=2).err, words)


def test_any_bytes_are_survived():
    """Damaged at random: refused, or read as what it then says."""
    whole()
    good = bytearray(gate.stored(files("whole", "json")[0]).encode())
    dice = random.Random(20240229)
    for _ in range(150):
        bad = bytearray(good)
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(len(bad))
            bad[at:at + dice.randrange(3)] = bytes(
                [dice.choice(b"0123456789-{}[]\",:exn")])
        with open(os.path.join(gate.TMP, "bad.json"), "wb") as file:
            file.write(bad)
        result = report("bad.json", "--text", "--junit", "joined.xml",
                        expected=None)
        check(result.status in (0, 2), "0 or 2", result)


# ---- parts of a program ------------------------------------------------------

def start(folder, name="parts", **env):
    """Runs it beside others."""
    env = gate.environment(CK_LEAK_ITERATIONS=20, CK_LEAK_JSON_FILE_NAME=folder,
                           CK_JUNIT_LOG_FILE_NAME=folder, **env)
    return subprocess.Popen([gate.program(name)], cwd=gate.TMP, env=env,
                            stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


def end(children):
    for child in children:
        err = child.communicate(timeout=100)[1].decode("utf-8", "replace")
        check(child.returncode in (0, 1), "%s: %s" % (child.returncode, err))


def same_as_whole(joined):
    result = report(*joined, "--junit", "joined.xml")
    unsharded = whole("whole/")
    unsharded.junit = os.path.join(gate.TMP, files("whole", "xml")[0])
    equal(untimed(result), untimed(unsharded), "as if run in one", result)
    text = report(*joined).out
    equal(text, report(*files("whole", "json")).out, "and in text", result)


def test_parts_by_case_in_one_folder():
    """At the same time; each has a file of its own."""
    end([start("parts/", CK_RUN_CASE=case) for case in CASES])
    equal(len(files("parts", "json")), len(CASES), "files")
    equal(len(files("parts", "xml")), len(CASES), "files")
    same_as_whole(files("parts", "json"))


def test_parts_by_suite_on_two_machines():
    end([start("one/", CK_RUN_SUITE=SUITES[0]),
         start("two/", CK_RUN_SUITE=SUITES[1]),
         start("two/", CK_RUN_SUITE=SUITES[2])])
    # In whatever order they come.
    same_as_whole(files("two", "json") + files("one", "json"))


def test_parts_that_overlap():
    """What is in two parts is in the whole once."""
    end([start("parts/", CK_RUN_SUITE=suite) for suite in SUITES] +
        [start("parts/", CK_RUN_CASE=case) for case in CASES] +
        [start("parts/", CK_RUN_SUITE="Cache", CK_RUN_CASE="core"),
         start("parts/", CK_EXCLUDE_TAGS="slow"),
         start("parts/", CK_INCLUDE_TAGS="slow")])
    equal(len(files("parts", "json")), len(SUITES) + len(CASES) + 3, "files")
    same_as_whole(files("parts", "json"))


def test_many_programs_in_one_folder():
    """As make -j check runs them."""
    names = ("parts", "leak", "names", "once", "teardown", "family", "first",
             "endings")
    end([start("all/", name, CK_LEAK_BUDGET="1") for name in names])
    equal(files("all", "json"), sorted("all/TEST-%s_gated.json" % n
                                       for n in names), "files")
    result = report(*files("all", "json"), "--junit", "joined.xml")
    gate.validate(result)
    total = sum(len(json.loads(gate.stored(path))["tests"])
                for path in files("all", "json"))
    found = result.cases
    equal(len(found), total, "tests", result)
    check(all(c.classname.split(".")[0].endswith("_gated") for c in found),
          "they begin with the program", result)
    for name in names:
        report("all/TEST-%s_gated.json" % name, "--junit", "one.xml")
        equal(gate.stored("one.xml"),
              gate.stored("all/TEST-%s_gated.xml" % name), "as it wrote it")


def test_same_part_twice_at_once():
    """The last one stays, and is whole."""
    end([start("same/", CK_RUN_SUITE="Cache") for _ in range(6)])
    equal(sorted(os.listdir(os.path.join(gate.TMP, "same"))),
          ["TEST-parts_gated@Cache.json", "TEST-parts_gated@Cache.xml"],
          "files")
    report("same/TEST-parts_gated@Cache.json")


def test_judged_goes_before_not_judged():
    end([start("a/", CK_RUN_SUITE="Cache")])
    document = json.loads(gate.stored(files("a", "json")[0]))
    equal(document["tests"][1]["outcome"], "leak", "a leak")
    for name in ("b", "c"):
        for test in document["tests"]:
            test.update(result="passed", outcome="not gated", reason="filtered",
                        measured=None, message="Passed")
        with open(os.path.join(gate.TMP, name + ".json"), "w") as file:
            json.dump(document, file)
    joined = files("a", "json")
    for order in (joined + ["b.json", "c.json"], ["b.json"] + joined):
        equal(report(*order).out, report(*joined).out, "the judged ones")


def test_namesakes_are_kept():
    """Tests named alike in one file are told apart."""
    run("names", CK_LEAK_ITERATIONS=10, CK_LEAK_JSON_FILE_NAME="a.json")
    document = json.loads(gate.stored("a.json"))
    document["tests"] = [document["tests"][-1]] * 3
    with open(os.path.join(gate.TMP, "b.json"), "w") as file:
        json.dump(document, file)
    result = report("b.json", "b.json", "--junit", "joined.xml")
    equal(len(result.cases), 3, "tests", result)


def test_names_in_a_folder():
    def name(**env):
        run("leak", CK_LEAK_ITERATIONS=10, junit=False,
            CK_LEAK_JSON_FILE_NAME="n/", **env)
        (found,) = files("n", "json")
        os.unlink(os.path.join(gate.TMP, found))
        check(len(found) < 250, found)
        return found

    prefix = "n/TEST-leak_gated"
    equal(name(CK_RUN_CASE="clean"), prefix + "@@clean.json", "a case")
    equal(name(CK_RUN_SUITE="Leak"), prefix + "@Leak.json", "a suite")
    equal(name(CK_RUN_SUITE="Leak", CK_RUN_CASE="x/../%"),
          prefix + "@Leak@x%2F..%2F%25.json", "no folder")
    equal(name(CK_INCLUDE_TAGS="a b"), prefix + "@@@a%20b.json", "tags")
    equal(name(CK_EXCLUDE_TAGS="a"), prefix + "@@@@a.json", "tags")
    long = [name(CK_RUN_CASE="x" * 1000), name(CK_RUN_CASE="x" * 1001)]
    check(long[0] != long[1], "long names differ")
