# SPDX-License-Identifier: MIT
"""What the gate costs a suite of Check programs.

  price.py [--runs N] [--only WAY,...] NAME=PLAIN:GATED[,PLAIN:GATED...] ...

Each suite is one or more programs, each as it is and relinked; a folder in
place of a program stands for the programs in it that both folders have.  They
run in their own folder, in turn with the others, and the medians of N runs are
shown as seconds of wall time and as multiples of the plain suite's.

Targets, of which the exit status is 1 where one is missed: gated at the
defaults a third of Valgrind's time or less (both with fork, as Check runs by
default); switched off 1.01 of plain or less; a total budget of a second is
kept to but for the suspect under which it ends, and the shortest run of the
tests after it, and takes no longer than the usual one.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

WAYS = {  # name: (gated?, environment, prefix)
    "plain": (False, {}, []),
    "off": (True, {"CK_LEAK": "no"}, []),
    "defaults": (True, {}, []),
    "20": (True, {"CK_LEAK_ITERATIONS": "20"}, []),
    "100": (True, {"CK_LEAK_ITERATIONS": "100"}, []),
    "total budget": (True, {"CK_LEAK_TOTAL_BUDGET": "1"}, []),
    "valgrind": (False, {}, ["valgrind", "--quiet", "--leak-check=full"]),
    "no fork": (True, {"CK_FORK": "no"}, []),
    "vg no fork": (False, {"CK_FORK": "no"},
                    ["valgrind", "--quiet", "--leak-check=full"]),
}
OFF_RUNS = 40  # a hundredth is to be seen
SUSPECT = 10   # seconds: five times CK_LEAK_BUDGET


def environment(more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("CK_")}
    env.update(more)
    return env


def run(programs, way):
    """Wall seconds of a suite."""
    gated, more, prefix = WAYS[way]
    env = environment(more)
    begin = time.monotonic()
    for pair in programs:
        program = pair[gated]
        subprocess.run(prefix + [program], env=env, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       cwd=os.path.dirname(program))
    return time.monotonic() - begin


def is_program(path):
    return os.path.isfile(path) and os.access(path, os.X_OK)


def parse(text):
    name, _, pairs = text.partition("=")
    programs = []
    for pair in pairs.split(","):
        plain, _, gated = (os.path.abspath(p) if p else p
                           for p in pair.partition(":"))
        if os.path.isdir(plain):
            names = [n for n in sorted(os.listdir(plain))
                     if is_program(os.path.join(plain, n)) and
                     is_program(os.path.join(gated, n))]
            programs += [(os.path.join(plain, n), os.path.join(gated, n))
                         for n in names]
        else:
            programs.append((plain, gated))
    for pair in programs:
        for program in pair:
            if not is_program(program):
                sys.exit("price.py: no program: " + program)
    return name, programs


def measure(programs, ways, runs):
    times = {way: [] for way in ways}
    for _ in range(runs):
        for way in ways:
            times[way].append(run(programs, way))
    return {way: statistics.median(t) for way, t in times.items()}


def off_ratio(programs):
    """Off against plain: the order changes from run to run, and the medians
    are those of many."""
    times = {"plain": [], "off": []}
    for i in range(OFF_RUNS):
        for way in ("plain", "off") if i % 2 else ("off", "plain"):
            times[way].append(run(programs, way))
    return statistics.median(times["off"]) / statistics.median(times["plain"])


def targets(name, programs, times):
    """What was missed, after a line for each target that can be judged."""
    missed = []

    def line(what, value, most):
        print("%-16s %s: %.3f (at most %.3f)" % (name, what, value, most))
        if value > most:
            missed.append("%s: %s %.3f" % (name, what, value))

    if {"defaults", "valgrind"} <= times.keys():
        line("defaults / Valgrind", times["defaults"] / times["valgrind"],
             1 / 3)
    if {"total budget", "100"} <= times.keys():
        line("seconds with a total budget of 1", times["total budget"],
             min(len(programs) * (1 + SUSPECT) + times["100"],
                 1.25 * times.get("defaults", float("inf"))))
    if {"off", "plain"} <= times.keys():
        line("off / plain", off_ratio(programs), 1.01)
    return missed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default=",".join(WAYS),
                        help="ways, separated by commas")
    parser.add_argument("suites", nargs="+", type=parse)
    args = parser.parse_args()
    args.ways = args.only.split(",")
    for way in args.ways:
        if way not in WAYS:
            parser.error("no such way: %s; there are: %s" % (
                way, ", ".join(WAYS)))
    if not shutil.which("valgrind"):
        args.ways = [way for way in args.ways if not WAYS[way][2]]
        print("valgrind is not installed")
    return args


def main():
    args, missed = arguments(), []
    print("%-16s %-15s %9s %8s" % ("suite", "way", "seconds", "x plain"))
    for name, programs in args.suites:
        times = measure(programs, args.ways, args.runs)
        for way, seconds in times.items():
            print("%-16s %-15s %9.3f %8.2f" % (
                name, way, seconds, seconds / times[args.ways[0]]))
        missed += targets(name, programs, times)
        sys.stdout.flush()
    for line in missed:
        print("missed:", line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
