# SPDX-License-Identifier: MIT
"""The tracer's price beside its peers', in one interleaved run.

usage: bench.py BUILD_DIR SOURCE_DIR [--oracle LIBRARY] [--rounds N]
                [--json FILE] [--quick] [--only WORD] [--ways NAME,...]

Rows are loops and programs; columns are ways to run them.  Loops print
nanoseconds of CPU per malloc+free pair, best of three; programs are measured by
their CPU time.  Rounds are interleaved over the columns, so that a slow minute
of the machine falls on all; medians and minima are kept.

With an oracle (the library of the differential tests) each row is also run
with one traceback of a thousand compared with libunwind's and libgcc's: a
wrong or a cut one voids the row.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys

import price
from ways import LIMIT, all_ways

LOOPS = [  # name, kind, depth, pairs
    ("hot d5", "hot", 2, 400000), ("hot d15", "hot", 12, 400000),
    ("hot d30", "hot", 27, 400000), ("burst d15", "burst", 12, 400000),
    ("realloc d15", "realloc", 12, 400000), ("desc d15", "desc", 12, 200000),
    ("xfree d15", "xfree", 12, 200000),
    ("2 threads d15", "threads", 12, 400000),
    ("churn d15", "churn", 12, 400000), ("json program", "app", 1, 4)]

# What is to be reached: ns above plain, or the ratio to it.
TARGETS = {"hot d5": ("+", 9), "hot d15": ("+", 12), "hot d30": ("+", 16),
           "xmllint": ("x", 1.25), "jq": ("x", 1.10), "sqlite3": ("x", 1.20),
           "json program": ("x", 1.6), "churn d15": ("x", 2.4)}
RATIO_ROWS = ("json program", "churn d15", "xmllint", "jq", "sqlite3")


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


def run(command, way, extra=None, **kw):
    heaptrack = way.name == "heaptrack"
    return subprocess.run(
        [*way.prefix, *command], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **way.env, **(extra or {})},
        preexec_fn=limited if heaptrack else None, **kw)


def loop(folder, row, quick):
    _, kind, depth, pairs = row

    def measure(way, extra=None):
        n = pairs // way.share
        if quick:
            n //= 10
        n = max(n // 128 * 128, 640) if kind != "app" else (
            1 if quick or way.share > 1 else pairs)
        out = run([f"{folder}/{way.program}", kind, str(depth), str(n)], way,
                  extra)
        numbers = [l for l in out.stdout.split("\n")
                   if l.replace(".", "", 1).isdigit()]
        return float(numbers[-1]) if numbers else None
    return measure


def program(command, stdin):
    def measure(way, extra=None):
        if not way.programs:
            return None
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(stdin or os.devnull, encoding="ascii") as f:
            out = run(command, way, extra, stdin=f)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if out.returncode:
            return None
        return (after.ru_utime + after.ru_stime -
                before.ru_utime - before.ru_stime) * 1e3
    return measure


def programs(folder, quick):
    scale = 2000 if quick else 60000
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
    return [(name, program(command, stdin)) for name, command, stdin in rows
            if shutil.which(command[0])]


def check(folder, oracle, plain, measure):
    """What the oracle says of a row: (compared, wrong), or None."""
    log = f"{folder}/oracle.log"
    if os.path.exists(log):
        os.remove(log)
    measure(plain, {"LD_PRELOAD": oracle, "LS_DIFFERENTIAL_LOG": log,
                    "LS_DIFFERENTIAL_EVERY": "1000"})
    if not os.path.exists(log):
        return None
    with open(log, encoding="utf-8") as f:
        lines = [l.split() for l in f]
    return (sum(int(l[2]) for l in lines), sum(int(l[6]) for l in lines))


def measure_rows(rows, ways, rounds):
    table = {}
    for name, measure in rows:
        seen = {w.name: [] for w in ways}
        for i in range(rounds):
            for way in ways:
                if i < way.rounds:
                    value = measure(way)
                    if value is not None:
                        seen[way.name].append(value)
        table[name] = {w: {"median": statistics.median(v), "min": min(v)}
                       for w, v in seen.items() if v}
        print(f"  {name} done", file=sys.stderr)
    return table


def cell(name, row, way, kind):
    if way not in row or "plain" not in row:
        return "-"
    value, plain = row[way][kind], row["plain"][kind]
    if name in RATIO_ROWS:
        return f"{value:.1f} (x{value / plain:.2f})"
    return f"{value:.1f} (+{value - plain:.1f})"


def show(table, ways, kind, void):
    print(f"\n{kind}: ns per pair (json: per byte; programs: ms of CPU); in "
          "brackets above plain, or the ratio to it")
    print(f"{'':14}" + "".join(f"{w.name:>19}" for w in ways) + "  target")
    for name, row in table.items():
        target = TARGETS.get(name)
        line = "".join(f"{cell(name, row, w.name, kind):>19}" for w in ways)
        print(f"{name:14}{line}" +
              (f"  {target[0]}{target[1]}" if target else "") +
              ("  VOID: " + void[name] if name in void else ""))


def above(table, name, way, kind="min"):
    row = table.get(name, {})
    if way not in row or "plain" not in row:
        return None
    return row[way][kind] - row["plain"][kind]


def comparisons(table):
    """Lines of the targets that compare columns."""
    ours = above(table, "hot d15", "leakslope")
    for peer, least in (("unw_backtrace", 12), ("heaptrack", 18)):
        theirs = above(table, "hot d15", peer)
        if ours and theirs:
            yield (f"hot d15: {theirs / ours:.1f} times cheaper than {peer}"
                   f" (target {least})")
    for row in ("hot d5", "hot d15", "hot d30"):
        ours, theirs = above(table, row, "leakslope"), above(table, row, "LSan")
        if ours and theirs:
            yield f"{row}: {theirs / ours:.1f} times cheaper than LSan"
    one, two = (above(table, r, "leakslope")
                for r in ("hot d15", "2 threads d15"))
    if one and two:
        yield f"two threads: +{two:.1f} ns a pair, one: +{one:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("source")
    parser.add_argument("--oracle")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
    parser.add_argument("--only", default="")
    parser.add_argument("--ways", help="these columns, besides plain and ours")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    folder = os.path.join(args.build, "bench")
    bench = os.path.join(args.source, "tests", "bench")
    ours = os.path.join(args.build, "lib", "libleakslope.so")
    ways, missing = all_ways(folder, bench, ours)
    if args.ways is not None:
        wanted = ["plain", "leakslope", *args.ways.split(",")]
        ways = [w for w in ways if w.name in wanted]
    rows = [(r[0], loop(folder, r, args.quick)) for r in LOOPS]
    rows += programs(folder, args.quick)
    rows = [r for r in rows if args.only in r[0]]
    table = measure_rows(rows, ways, 1 if args.quick else args.rounds)
    void, compared = {}, {}
    for name, measure in rows if args.oracle else []:
        compared[name] = check(folder, args.oracle, ways[0], measure)
        if not compared[name] or not compared[name][0]:
            void[name] = "nothing was compared"
        elif compared[name][1]:
            void[name] = f"{compared[name][1]} wrong tracebacks"
    for kind in ("median", "min"):
        show(table, ways, kind, void)
    for name, why in missing:
        print(f"{name}: skipped, {why}")
    for line in comparisons(table):
        print(line)
    for name, each in compared.items():
        if each:
            print(f"{name}: {each[0]} tracebacks compared, {each[1]} wrong")
    prices = price.measure(args.build, args.source, folder, args.quick)
    if args.json:
        with open(args.json, "w", encoding="ascii") as f:
            json.dump({"rows": table, "void": void, "compared": compared,
                       "prices": prices}, f, indent=1)
    bad = [n for n, r in table.items()
           if "leakslope" not in r or "plain" not in r] + list(void)
    if bad:
        print("no figure for:", ", ".join(bad))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
