# SPDX-License-Identifier: MIT
"""What is said of ordinary builds, which tests of other builds are compared
with, is found once for all of them."""
import gate

PROGRAMS = ("allocates", "leak", "bounded", "family")


def test_kept():
    for name in PROGRAMS:
        for fork in ("yes", "no"):
            gate.keep_ordinary(name, fork)
