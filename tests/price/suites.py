# SPDX-License-Identifier: MIT
"""What the gate says of real suites and what that costs, idle and beside busy
processes.

  suites.py [--busy N] [--runs N] [--no-valgrind] NAME=PLAIN:GATED[,...] ...

Suites are named as for price.py. A row has the tests and their verdicts, and
medians of wall and CPU seconds. Exit status 1 where a verdict is another beside
busy processes, or where the gated suite takes more CPU time than ten times the
plain one and more than 15 ms for each judged test.
"""
import argparse
import collections
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from price import environment, parse

VALGRIND = ["valgrind", "--quiet", "--leak-check=full"]
TIMES, EACH = 10, 0.015  # what a gated suite may cost


def timed(programs, prefix=(), **more):
    """Wall and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    for program in programs:
        subprocess.run([*prefix, program], env=environment(more),
                       cwd=os.path.dirname(program), stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, (after.ru_utime + after.ru_stime -
                  before.ru_utime - before.ru_stime)


def medians(runs, *args):
    found = [timed(*args) for _ in range(runs)]
    return tuple(statistics.median(row[i] for row in found) for i in (0, 1))


def verdicts(programs):
    """Verdict and reason of each test, by its full name."""
    found = {}
    for program in programs:
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report.json")
            timed([program], (), CK_LEAK_JSON_FILE_NAME=report)
            with open(report, encoding="utf-8") as file:
                document = json.load(file)
        for test in document["tests"]:
            key = (program, test["suite"], test["tcase"], test["test"],
                   test["index"], test["position"])
            found[key] = test
    return found


def tally(found):
    counts = collections.Counter(test["outcome"] for test in found.values())
    why = collections.Counter(
        re.sub(r"[0-9.]+", "N", test["verdict"]) for test in found.values()
        if test["outcome"] == "inconclusive")
    return counts, why


class Busy:
    def __init__(self, n):
        self.n = n

    def __enter__(self):
        self.all = [subprocess.Popen([sys.executable, "-c", "while 1: pass"])
                    for _ in range(self.n)]

    def __exit__(self, *_):
        for one in self.all:
            one.kill()
            one.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--busy", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-valgrind", action="store_true")
    parser.add_argument("suites", nargs="+", type=parse)
    args = parser.parse_args()
    missed = 0
    for name, pairs in args.suites:
        plain, gated = zip(*pairs)
        idle = verdicts(gated)
        counts, why = tally(idle)
        judged = counts["clean"] + counts["leak"] + counts["saturating"]
        cost = {"plain": medians(args.runs, plain),
                "gated": medians(args.runs, gated)}
        if not args.no_valgrind:
            cost["valgrind"] = medians(1, plain, VALGRIND)
        with Busy(args.busy):
            busy = verdicts(gated)
            cost["plain, busy"] = medians(1, plain)
            cost["gated, busy"] = medians(1, gated)
        print("%s: %d tests, %s" % (name, len(idle), ", ".join(
            "%d %s" % (n, what) for what, n in counts.most_common())))
        for reason, n in why.most_common():
            print("    inconclusive: %d %s" % (n, reason))
        for way, (wall, cpu) in cost.items():
            print("    %-12s %8.2f s wall %8.2f s CPU" % (way, wall, cpu))
        most = max(TIMES * cost["plain"][1], EACH * judged)
        print("    CPU: %.1f times plain, %.1f ms for each judged test" % (
            cost["gated"][1] / cost["plain"][1],
            1000 * (cost["gated"][1] - cost["plain"][1]) / max(judged, 1)))
        others = [key for key in idle if key not in busy or
                  busy[key]["outcome"] != idle[key]["outcome"]]
        for key in others:
            print("    beside busy processes %s: %s, not %s" % (
                "/".join(map(str, key[1:])),
                busy.get(key, {"outcome": "missing"})["outcome"],
                idle[key]["outcome"]))
        missed += bool(others) + (cost["gated"][1] > most)
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
