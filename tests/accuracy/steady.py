#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether load on the machine changes verdicts: scenarios that leak at least
one block per ten iterations, on two cores, idle and beside four busy processes;
every second run beside a thread of their own that has allocated and idles.

usage: steady.py --build DIR [--idle N] [--busy N]

Exit status 1 if a scenario is a leak in one run and clean in another.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import cases
import judge

CORES, BUSY, LEAST_RATE = 2, 4, 0.1


def wanted():
    """Program -> names of its scenarios that leak that often."""
    table = judge.read_expected()
    return {program: [r.name for r in table[program].values()
                      if r.label == "leak" and r.rate and not r.pending and
                      r.rate >= LEAST_RATE]
            for program in cases.PROGRAMS}


def leaking_alone(program):
    """Makes a program run its leaking tests alone, where they are apart."""
    apart = "scenario_run(" in (judge.HERE / f"{program}.c").read_text()
    return {"CK_RUN_CASE": "leaking"} if apart else {}


def flips_of(seen):
    return [name for name, counts in seen.items()
            if "leak" in counts and "clean" in counts]


def repeat(build, runs, seen, title):
    """Adds the verdicts of so many runs of every program to `seen`."""
    for i in range(runs):
        for program, names in wanted().items():
            path = build.parent / "scenarios" / f"scenario_{program}"
            if not names:
                continue
            beside = {"SCENARIO_THREAD": "yes"} if i % 2 else {}
            found, _ = cases.judged(path, **leaking_alone(program), **beside)
            for name in names:
                verdict = found[name][0]
                counts = seen.setdefault(f"{program}/{name}", {})
                counts[verdict] = counts.get(verdict, 0) + 1
        print(f"{title}: {i + 1} of {runs}, {len(flips_of(seen))} flips so far",
              flush=True)


def busy_processes():
    code = "while True: pass"
    return [subprocess.Popen([sys.executable, "-c", code])
            for _ in range(BUSY)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=lambda d: Path(d).resolve(),
                        required=True)
    parser.add_argument("--idle", type=int, default=20)
    parser.add_argument("--busy", type=int, default=20)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)
    seen = {}
    repeat(options.build, options.idle, seen, "idle")
    others = busy_processes()
    try:
        repeat(options.build, options.busy, seen, "busy")
    finally:
        for other in others:
            other.kill()
            other.wait()
    flips = flips_of(seen)
    for name, counts in seen.items():
        if list(counts) != ["leak"]:
            print(f"  {name:32}{counts}")
    judgements = sum(sum(c.values()) for c in seen.values())
    print(f"{len(seen)} scenarios, {judgements} judgements, {len(flips)} flips "
          f"between leak and clean")
    out = options.build / "steady.json"
    out.write_text(json.dumps({"seen": seen, "flips": flips}, indent=1) + "\n")
    return 1 if flips else 0


if __name__ == "__main__":
    sys.exit(main())
