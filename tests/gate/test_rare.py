# SPDX-License-Identifier: MIT
"""A leak that takes thousands of iterations to show is confirmed by as many."""
from gate import check, leaks, run


def test_a_block_in_hundreds_of_passes():
    for fork in ("yes", "no"):
        result = run("rare", CK_FORK=fork, CK_LEAK_FIRST_RUNG=1021)
        case = leaks(result, "test_rare")
        check(case.iterations >= 4093, "it took so many", result)
