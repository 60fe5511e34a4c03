# SPDX-License-Identifier: MIT
"""Growth in bytes beside a growing count, by large factors and in phases."""
from gate import check, equal, leaks, passes, run, verdict


def in_both(case, **env):
    for fork in ("yes", "no"):
        yield run("capacities", CK_FORK=fork, CK_RUN_CASE=case, **env)


def all_leak(case, n):
    for result in in_both(case):
        for i in range(n):
            leaks(result, f"test_{case}[{i}]" if n > 1 else "test_" + case)


def all_clean(case, n=1):
    for result in in_both(case):
        passes(result)
        for i in range(n):
            name = f"test_{case}[{i}]" if n > 1 else "test_" + case
            verdict(result, name, "clean")


def test_arena():
    all_leak("arena", 5)


def test_table():
    all_leak("table", 4)


def test_arena_to_rest():
    all_clean("arena_to_rest", 5)


def test_table_to_rest():
    all_clean("table_to_rest", 4)


def test_table_grows_once():
    all_clean("table_grows_once")


def test_string_pool():
    all_clean("string_pool")


def test_high_water():
    all_clean("high_water")


def test_phases():
    all_leak("phases", 1)


def test_long_phases():
    all_leak("long_phases", 1)


def test_keys():
    all_clean("few_keys")
    for case in ("more_keys", "many_keys"):
        # How large a cache is told from a leak is a matter of iterations.
        for result in in_both(case, CK_LEAK_FIRST_RUNG=1021):
            passes(result)
            seen = [c for c in result.cases if c.name == "test_" + case]
            check(seen[0].verdict in ("clean", "saturating", "inconclusive"),
                  seen[0].verdict, result)
            check("linear" not in result.out, "not linear", result)


def test_flat():
    """More iterations of what is exactly flat would say nothing."""
    for result in in_both("flat", CK_LEAK_BUDGET=40,
                          CK_LEAK_FIRST_RUNG="auto"):
        passes(result)
        seen = verdict(result, "test_flat", "clean")
        equal(seen.iterations, 61, "iterations", result)


def test_mild():
    """One block after 61 iterations is no evidence, but there is time."""
    all_leak("mild", 1)


def test_exact_iterations():
    """Who asks for a number of iterations is answered at its end."""
    for result in in_both("table", CK_LEAK_ITERATIONS=1021):
        equal(leaks(result, "test_table[0]").iterations, 1021, "", result)
