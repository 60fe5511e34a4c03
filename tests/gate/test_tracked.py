# SPDX-License-Identifier: MIT
"""Objects and numbers that the program tells of are judged as blocks are."""
from gate import check, leaks, leaks_at, passes, run, validate, verdict


def leaking(case, growth):
    for fork in ("yes", "no"):
        result = run("tracked", CK_FORK=fork, CK_RUN_CASE=case)
        leaks_at(result, "tracked.c", "test_" + case, growth)


def climbing(case, growth, gauge="queue length"):
    for fork in ("yes", "no"):
        result = run("tracked", CK_FORK=fork, CK_RUN_CASE=case)
        seen = leaks(result, "test_" + case)
        message = "leak: %s of gauge '%s'" % (growth, gauge)
        check(message in seen.message, message, result)
        check("value " in result.out, "from where to where", result)
        validate(result)


def clean(case):
    for fork in ("yes", "no"):
        result = run("tracked", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_objects():
    leaking("handle", "+1 object/iteration (+100.0 B)")


def test_domains_are_apart():
    leaking("other_domain", "+1 object/iteration")


def test_one_that_gets_larger():
    leaking("larger", "+64.0 B/iteration")


def test_untracked():
    clean("untracked")


def test_a_hundred():
    clean("hundred")


def test_gauge():
    climbing("climbs", "+3/iteration")


def test_gauge_at_times():
    climbing("climbs_at_times", "+1 / 7 iterations")


def test_gauge_that_drifts():
    climbing("drifts", "+1 / 2 iterations")


def test_gauge_in_the_test():
    climbing("in_the_test", "+1/iteration", "in the test")


def test_gauge_that_comes_and_goes():
    clean("comes_and_goes")


def test_gauge_that_fills():
    clean("fills")


def test_gauge_that_falls():
    clean("falls")


def test_gauge_that_was_removed():
    clean("removed")


def test_gauge_that_allocates():
    clean("allocates")


def test_gauges_that_are_refused():
    clean("refused")


def test_whatever_the_domains():
    result = run("tracked", CK_RUN_CASE="climbs", CK_LEAK_DOMAINS="malloc")
    leaks(result, "test_climbs")
    result = run("tracked", CK_RUN_CASE="handle", CK_LEAK_DOMAINS="fd")
    leaks(result, "test_handle")
