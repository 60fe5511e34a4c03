# SPDX-License-Identifier: MIT
"""Time limits are the user's, on the test's own pass."""
import time

from gate import check, equal, passes, run, verdict

EXPIRED = "Test timeout expired"


def both(args, **env):
    """What Check says, which must be the same; and the gated run."""
    plain = run("timeouts", "plain", args, **env)
    begin = time.monotonic()
    gated = run("timeouts", "gated", args, **env)
    equal(gated.out, plain.out, "stdout", gated)
    equal(gated.status, plain.status, "exit status", gated)
    return gated, time.monotonic() - begin


def expires(args, **env):
    gated, seconds = both(args, **env)
    check(EXPIRED in gated.out, "Check says so", gated)
    check(seconds < 4, "at the user's limit: %.1f s" % seconds, gated)
    verdict(gated, "test_nothing", "clean")
    case = gated.cases[0]
    equal((case.verdict, case.type), ("not gated", "error"), "", gated)


def is_within(args, **env):
    gated, _ = both(args, **env)
    passes(gated)
    return gated


def test_hang():
    expires(["hangs", "1"])


def test_spin():
    expires(["spins", "0.5"])


def test_limit_is_not_seen_by_the_test():
    """Eight times: the runner's signal and the test's own end would race."""
    gated, _ = both(["exits", "0.2"])
    equal(gated.out.count(EXPIRED), 8, "timeouts", gated)


def test_hang_multiplier_half():
    expires(["hangs", "2"], CK_TIMEOUT_MULTIPLIER=0.5)


def test_hang_multiplier_two():
    expires(["hangs", "0.5"], CK_TIMEOUT_MULTIPLIER=2)


def test_hang_default():
    expires(["hangs", "default"], CK_DEFAULT_TIMEOUT=1)


def test_hang_default_multiplied():
    expires(["hangs", "default"], CK_DEFAULT_TIMEOUT=4,
            CK_TIMEOUT_MULTIPLIER=0.25)


def hangs_in(where):
    gated, seconds = both([where, "1"])
    check(EXPIRED in gated.out and seconds < 4, "at the limit", gated)


def test_hang_in_setup():
    hangs_in("setup")


def test_hang_in_teardown():
    hangs_in("teardown")


def test_long_body():
    """3.5 seconds of 4: the repetitions must not count."""
    gated = run("timeouts", args=["long", "default"], CK_LEAK_BUDGET=0.1)
    passes(gated)
    verdict(gated, "test_long", "inconclusive")


def test_body_near_its_limit():
    is_within(["short", "0.5"])


def test_no_limit():
    is_within(["short", "0"], CK_LEAK_BUDGET=0.5)


def test_no_limit_by_multiplier():
    is_within(["short", "1"], CK_TIMEOUT_MULTIPLIER=0, CK_LEAK_BUDGET=0.5)


def test_limited_by_multiplier():
    is_within(["short", "0.2"], CK_TIMEOUT_MULTIPLIER=3)
    expires(["short", "0.2"])


def test_repetitions_beyond_the_limit():
    """Each takes longer: the test is not killed for it."""
    gated = is_within(["slows", "0.5"], CK_LEAK_BUDGET=1)
    check(gated.cases[0].verdict in ("not repeatable", "inconclusive"),
          "it is said", gated)


def test_alarm_left_behind():
    """It used to find no process any more; ours waits longer."""
    gated = is_within(["alarmed", "4"])
    check(gated.cases[0].verdict in ("clean", "inconclusive"), "", gated)


def test_alarm_left_behind_nofork():
    """It is still to come when the test is over, so it comes later."""
    gated = is_within(["alarmed", "4"], CK_FORK="no", CK_LEAK_ITERATIONS=80)
    equal(gated.cases[0].iterations, 80, "iterations", gated)


def test_exact_iterations_beyond_the_limit():
    gated = is_within(["short", "0.5"], CK_LEAK_ITERATIONS=8)
    equal(gated.cases[0].iterations, 8, "iterations", gated)
