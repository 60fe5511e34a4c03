# SPDX-License-Identifier: MIT
"""CK_LEAK_LIST: the tests of a run, and nothing else."""
from gate import check, equal, passes, run


def listed(name, args=(), **env):
    result = run(name, args=args, CK_LEAK_LIST="yes", junit=False, **env)
    passes(result)
    check("Running suite" not in result.out, "no test ran", result)
    return result.out.splitlines()


def test_all():
    for fork in ("yes", "no"):
        equal(listed("leak", CK_FORK=fork),
              ["Leak/clean/test_clean", "Leak/leaks/test_leaks"], "tests")


def test_loops_once():
    equal(listed("scopes", ["loop"]), ["First/loop/test_loops"], "tests")


def test_several_suites():
    equal(listed("scopes", ["apart"]),
          ["First/opens/test_opens", "Second/uses/test_uses"], "tests")


def test_filters_are_those_of_check():
    for expected, filters in (
            (["clean"], {"CK_RUN_CASE": "clean"}),
            (["clean", "leaks"], {"CK_RUN_SUITE": "Leak"}),
            ([], {"CK_RUN_SUITE": "Other"}),
            (["leaks"], {"CK_INCLUDE_TAGS": "other leaky"}),
            (["clean"], {"CK_EXCLUDE_TAGS": "slow"}),
            ([], {"CK_INCLUDE_TAGS": "slow", "CK_EXCLUDE_TAGS": "leaky"})):
        got = [line.split("/")[1] for line in listed("leak", **filters)]
        equal(got, expected, str(filters))
        result = run("leak", CK_LEAK="report", **filters)
        equal([c.classname.split(".")[1] for c in result.cases], expected,
              "what runs", result)


def test_no_scopes():
    equal(listed("scopes", ["two"], CK_LEAK_SCOPE="suite,session"),
          ["First/opens/test_opens", "First/uses/test_uses"], "tests")


def test_off():
    result = run("leak", CK_LEAK_LIST="yes", CK_LEAK="no", junit=False)
    check("Running suite" in result.out, "CK_LEAK=no beats all", result)


def test_one_test():
    equal(listed("parts", CK_LEAK_TEST="test_loop"),
          ["Cache/loop/test_loop"], "tests")
    equal(listed("parts", CK_LEAK_TEST="test_none"), [], "tests")
    result = run("parts", CK_LEAK_TEST="test_none")
    check("CK_LEAK_TEST='test_none': no test of this run is called that"
          in result.err, "an empty run is said to be one", result)
    for fork in ("yes", "no"):
        result = run("parts", CK_LEAK_TEST="test_loop[2]", CK_FORK=fork,
                     CK_RUN_SUITE="Cache",
                     CK_LEAK_ITERATIONS="20")
        equal([c.name for c in result.cases], ["test_loop[2]"], "what runs",
              result)
