# SPDX-License-Identifier: MIT
"""Why a row of the benchmark costs what it does: samples of the CPU's time by
part and by function of ours, and page faults, plain and traced.

usage: profile.py BUILD_DIR [--only WORD]

Runs what bench.py left in BUILD_DIR/bench, under perf.
"""
import argparse
import os
import shutil
import subprocess
import sys

import bench

LOOPS = [("hot d5", "hot", 2), ("hot d15", "hot", 12), ("hot d30", "hot", 27),
         ("realloc d15", "realloc", 12), ("churn d15", "churn", 12)]
PAIRS, MOST = 3000000, 5
PROGRAMS = [("xmllint", ["xmllint", "--noout", "input.xml"], None),
            ("jq", ["jq", "map(.b[1]) | length", "input.json"], None),
            ("sqlite3", ["sqlite3"], "input.sql")]


def perf(folder, verb, command, stdin, env):
    with open(stdin or os.devnull, encoding="ascii") as source:
        return subprocess.run(
            ["perf", *verb, *command], cwd=folder, stdin=source, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **env}, check=False)


def faults(folder, command, stdin, env):
    done = perf(folder, ["stat", "-x,", "-e", "page-faults"], command, stdin,
                env)
    for line in done.stderr.splitlines():
        if "page-faults" in line:
            return int(line.split(",")[0])
    return 0


def samples(folder, command, stdin, env):
    """(all, {library: n}, {function of ours: n})"""
    perf(folder, ["record", "-q", "-e", "cpu-clock", "-F", "5000", "-o",
                  "profile.data"], command, stdin, env)
    text = perf(folder, ["report", "-i", "profile.data", "--stdio", "-n",
                         "--sort", "dso,sym"], [], None, {}).stdout
    parts, ours = {}, {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) < 5 or not fields[0].endswith("%"):
            continue
        n, library, name = int(fields[1]), fields[2], fields[-1]
        parts[library] = parts.get(library, 0) + n
        if library.startswith("libleakslope"):
            ours[name] = ours.get(name, 0) + n
    return sum(parts.values()), parts, ours


def show(name, folder, command, stdin, library):
    env = {"LD_PRELOAD": library}
    whole, parts, ours = samples(folder, command, stdin, env)
    plain, _, _ = samples(folder, command, stdin, {})
    if not whole or not plain:
        print(f"{name}: no samples")
        return
    print(f"{name}: x{whole / plain:.2f} of {plain} samples; page faults "
          f"{faults(folder, command, stdin, {})} -> "
          f"{faults(folder, command, stdin, env)}")
    for title, found in (("by library", parts), ("ours", ours)):
        top = sorted(found.items(), key=lambda item: -item[1])[:MOST]
        print(f"  {title:11}" + ", ".join(
            f"{what} {100 * n / whole:.1f} %" for what, n in top))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    folder = os.path.join(os.path.abspath(options.build), "bench")
    library = os.path.join(os.path.abspath(options.build), "lib",
                           "libleakslope.so")
    if not shutil.which("perf") or not os.path.exists(f"{folder}/work"):
        sys.exit("profile.py: needs perf, and what the target bench makes")
    bench.programs(folder, False)  # their inputs, of full size
    rows = [(name, [f"{folder}/work", kind, str(depth), str(PAIRS)], None)
            for name, kind, depth in LOOPS] + PROGRAMS
    for name, command, stdin in rows:
        if options.only in name and shutil.which(command[0]):
            show(name, folder, command, stdin and f"{folder}/{stdin}", library)


if __name__ == "__main__":
    main()
