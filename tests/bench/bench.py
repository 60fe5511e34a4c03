#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tracer's price beside its peers', in one interleaved run.

usage: bench.py BUILD_DIR SOURCE_DIR [--rounds N] [--json FILE] [--quick]

Rows are loops and programs; columns are ways to run them.  Loops print
nanoseconds of CPU per malloc+free pair, best of three; programs are measured by
their CPU time.  Rounds are interleaved over the columns and the median is
shown, so that a slow minute of the machine falls on all.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys

LOOPS = [  # name, kind, depth, pairs
    ("hot d5", "hot", 2, 400000), ("hot d15", "hot", 12, 400000),
    ("hot d30", "hot", 27, 400000), ("burst d15", "burst", 12, 400000),
    ("realloc d15", "realloc", 12, 400000), ("desc d15", "desc", 12, 200000),
    ("xfree d15", "xfree", 12, 200000), ("2 threads d15", "threads", 12, 400000),
    ("churn d15", "churn", 12, 200000), ("json app", "app", 1, 4),
]


def sh(args, **kw):
    return subprocess.run(args, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, **kw)


def build(folder, source):
    os.makedirs(folder, exist_ok=True)
    bench = os.path.join(source, "tests", "bench")
    flags = ["-O2", "-fomit-frame-pointer", "-w", "-D_GNU_SOURCE", "-lpthread"]
    work = os.path.join(bench, "work.c")
    sh(["gcc", work, "-o", f"{folder}/work", *flags], check=True)
    sh(["gcc", work, "-o", f"{folder}/work_lsan", "-O2",
        "-fno-omit-frame-pointer", "-fsanitize=leak", "-w", "-D_GNU_SOURCE",
        "-lpthread"])
    preload = os.path.join(bench, "backtrace_preload.c")
    for name, extra in (("empty", ["-DEMPTY"]), ("unw", ["-lunwind"])):
        sh(["gcc", "-O2", "-fPIC", "-shared", "-w", preload, "-o",
            f"{folder}/lib{name}.so", *extra])


def columns(folder, library):
    ways = {"plain": ([], {}, "work"),
            "empty": ([], {"LD_PRELOAD": f"{folder}/libempty.so"}, "work"),
            "leakslope": ([], {"LD_PRELOAD": library}, "work")}
    if os.path.exists(f"{folder}/libunw.so"):
        ways["unw_backtrace"] = ([], {"LD_PRELOAD": f"{folder}/libunw.so"},
                                 "work")
    if os.path.exists(f"{folder}/work_lsan"):
        ways["LSan"] = ([], {"LSAN_OPTIONS": "detect_leaks=0"}, "work_lsan")
    if shutil.which("heaptrack"):
        ways["heaptrack"] = (["heaptrack", "--raw", "-o", f"{folder}/ht"], {},
                             "work")
    if shutil.which("valgrind"):
        ways["memcheck"] = (["valgrind", "-q", "--leak-check=no"], {}, "work")
    return ways


def loop(way, folder, row, quick):
    prefix, env, program = way
    _, kind, depth, pairs = row
    if prefix:
        pairs = max(1, pairs // 20) if kind != "app" else 1
    if quick:
        pairs = max(1, pairs // 10) if kind != "app" else 1
    out = sh([*prefix, f"{folder}/{program}", kind, str(depth), str(pairs)],
             env={**os.environ, **env})
    try:
        return float(out.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return None


def programs(folder, quick):
    scale = 2000 if quick else 40000
    xml = f"{folder}/input.xml"
    with open(xml, "w", encoding="ascii") as f:
        f.write("<r>" + "".join(f'<e i="{i}"><f>t{i}</f></e>\n'
                                for i in range(scale)) + "</r>")
    data = f"{folder}/input.json"
    with open(data, "w", encoding="ascii") as f:
        json.dump([{"a": i, "b": [1, f"x{i}"]} for i in range(scale)], f)
    sql = f"{folder}/input.sql"
    with open(sql, "w", encoding="ascii") as f:
        f.write("create table t(a integer, b text); begin;\n")
        for i in range(scale):
            f.write(f"insert into t values({i % 97}, 'row {i}');\n")
        f.write("commit; select a, count(*) from t group by a;\n")
    rows = [("xmllint", ["xmllint", "--noout", xml], None),
            ("jq", ["jq", "map(.b[1]) | length", data], None),
            ("sqlite3", ["sqlite3"], sql)]
    return [r for r in rows if shutil.which(r[1][0])]


def program(way, row):
    prefix, env, _ = way
    _, command, stdin = row
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(stdin or os.devnull, encoding="ascii") as f:
        out = sh([*prefix, *command], stdin=f, env={**os.environ, **env})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if out.returncode:
        return None
    return (after.ru_utime + after.ru_stime -
            before.ru_utime - before.ru_stime) * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("source")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    folder = os.path.join(args.build, "bench")
    build(folder, args.source)
    ways = columns(folder, os.path.join(args.build, "lib", "libleakslope.so"))
    rounds = 1 if args.quick else args.rounds
    table = {}
    rows = [(r[0], lambda w, r=r: loop(w, folder, r, args.quick))
            for r in LOOPS]
    rows += [(r[0], lambda w, r=r: program(w, r))
             for r in programs(folder, args.quick)]
    slow = ("memcheck", "heaptrack")
    for name, measure in rows:
        seen = {w: [] for w in ways}
        for i in range(rounds):
            for w, way in ways.items():
                if w in slow and i >= 2:
                    continue
                if w == "LSan" and name in ("xmllint", "jq", "sqlite3"):
                    continue  # its unwinder needs frame pointers
                value = measure(way)
                if value is not None:
                    seen[w].append(value)
        table[name] = {w: statistics.median(v) for w, v in seen.items() if v}
    names = list(ways)
    print("ns per pair (programs: ms of CPU); in brackets: above plain, or for "
          "programs the ratio")
    print(f"{'':16}" + "".join(f"{n:>22}" for n in names))
    for name, row in table.items():
        plain = row.get("plain")
        cells = []
        for n in names:
            if n not in row or not plain:
                cells.append("-")
            elif name in ("xmllint", "jq", "sqlite3", "json app", "churn d15"):
                cells.append(f"{row[n]:.1f} (x{row[n] / plain:.2f})")
            else:
                cells.append(f"{row[n]:.1f} (+{row[n] - plain:.1f})")
        print(f"{name:16}" + "".join(f"{c:>22}" for c in cells))
    if args.json:
        with open(args.json, "w", encoding="ascii") as f:
            json.dump(table, f, indent=1)
    if args.quick:
        bad = [n for n, r in table.items()
               if "leakslope" not in r or "plain" not in r]
        if bad:
            print("no figure for:", ", ".join(bad))
        return bool(bad)
    return 0


if __name__ == "__main__":
    sys.exit(main())
