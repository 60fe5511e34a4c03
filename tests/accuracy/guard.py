#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A short form of the accuracy table that fails: families for reporting only.

usage: guard.py --build DIR
"""
import argparse
import sys
from pathlib import Path

import cases
import table

DRAWS, MIXED_DRAWS, SEED = 3, 40, 20
# Percent.  With three draws a family one wrong case is 2.6 of the leaking ones,
# and 2.8 of the healthy ones.
RECALL, FALSE_ALARMS, MIXED = 97, 1, 97


def judge_families(build):
    runs = [r for r in cases.families(build, DRAWS, SEED)
            if r.set == "report" and not r.open]
    wanted = dict.fromkeys(r.case for r in runs)
    verdicts, seconds = cases.gated_families(build, wanted, DRAWS, SEED)
    return runs, verdicts, seconds


def judge_mixtures(build):
    """One leak among three bounded processes: the share found."""
    runs = [r for r in cases.families(build, MIXED_DRAWS, SEED)
            if r.case == "one_of_four" and not r.open]
    verdicts, _ = cases.gated_families(build, ["one_of_four"], MIXED_DRAWS,
                                       SEED)
    return table.numbers(runs, verdicts)["recall"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    build = parser.parse_args().build
    runs, verdicts, seconds = judge_families(build)
    row = dict(table.numbers(runs, verdicts), seconds=seconds)
    mixed = judge_mixtures(build)
    table.print_heading(f"report families, {DRAWS} draws each")
    table.print_row("leakslope", row)
    print(f"one leak among three bounded processes: {mixed:.1f} %")
    for run, said, n in table.wrong(runs, verdicts):
        print(f"  {run.test:26}{run.truth:8} {said} at {n}")
    if row["recall"] < RECALL or row["false_alarms"] > FALSE_ALARMS or \
            mixed < MIXED:
        sys.exit(f"expected: recall >= {RECALL} %, false alarms <= "
                 f"{FALSE_ALARMS} %, one of four >= {MIXED} %")


if __name__ == "__main__":
    main()
