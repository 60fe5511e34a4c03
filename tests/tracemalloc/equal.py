# SPDX-License-Identifier: MIT
"""Sort order, sums and filters: tracemalloc.Snapshot and leakslope_snapshot_*
on the same generated traces.
usage: equal.py ANSWERS FOLDER"""
import collections
import os
import random
import subprocess
import sys
import tracemalloc

import snapfile

SETS = 50
FILES = ["/src/cache.c", "/src/cache.h", "/src/table.c", "lib/str.c", "a.c",
         "b.c", "c d.c", "/opt/include/x.h", "/src/é.c", "A.c", "[x].c"]
PATTERNS = ["*", "*.c", "/src/*", "?.c", "[ab].c", "[!a].c", "*/cache.?",
            "[a-c]*", "[[]x].c", "/src/é.c", "/src/?.c", "nothing", "[x].c"]
KEYS = [("filename", 0), ("lineno", 0), ("traceback", 0), ("filename", 1),
        ("lineno", 1)]


def frames(draw):
    # Few files and lines: equal sums, recursion, equal prefixes.
    return tuple((draw.choice(FILES), draw.randint(1, 4))
                 for _ in range(draw.randint(1, 6)))


def trace_set(draw):
    paths = [frames(draw) for _ in range(draw.randint(1, 25))]
    traces = []
    for _ in range(draw.randint(0, 120)):
        path = draw.choice(paths)
        traces.append((draw.randint(0, 2), draw.choice([1, 8, 8, 16, 100]),
                       path, len(path)))
    return traces


def make_filter(draw):
    inclusive = draw.random() < 0.5
    domain = draw.choice([None, None, 0, 1, 2])
    if domain is not None and draw.random() < 0.4:
        ours = [int(inclusive), "-", 0, 0, domain]
        return tracemalloc.DomainFilter(inclusive, domain), ours
    pattern = draw.choice(PATTERNS)
    lineno = draw.choice([None, None, 1, 2])
    all_frames = draw.random() < 0.5
    ours = [int(inclusive), pattern, lineno or 0, int(all_frames),
            -1 if domain is None else domain]
    return tracemalloc.Filter(inclusive, pattern, lineno, all_frames,
                              domain), ours


class Answers:
    """The program, with all questions asked at once."""

    def __init__(self):
        self.questions = []
        self.expected = []

    def ask(self, expected, *words):
        self.questions.append("\t".join(str(w) for w in words))
        self.expected.append(expected)

    def differences(self, program):
        out = subprocess.run([program], input="\n".join(self.questions) + "\n",
                             stdout=subprocess.PIPE, text=True,
                             check=True).stdout
        found = out.split(".\n")
        # A file name may end in "." too: none of ours does.
        assert len(found) == len(self.questions) + 1, out[-500:]
        for question, expected, answer in zip(self.questions, self.expected,
                                              found):
            if expected is None:
                continue
            lines = answer.splitlines()
            if expected and expected[0] == "unordered":
                lines, expected = sorted(lines), sorted(expected[1])
            if lines != expected:
                yield question, expected, lines


def shown(traceback):
    # Python's tuple begins with the oldest frame, ours with the newest.
    return "".join(f"\t{f.filename}\t{f.lineno}" for f in reversed(traceback))


def traces_of(snapshot):
    sums = collections.defaultdict(lambda: [0, 0])
    for trace in snapshot.traces:
        total = sums[trace.domain, shown(trace.traceback)]
        total[0] += trace.size
        total[1] += 1
    return ("unordered", [f"{domain}\t{size}\t{count}{path}"
                          for (domain, path), (size, count) in sums.items()])


def ask_all(answers, name, snapshot, other_name, other):
    answers.ask(traces_of(snapshot), "traces", name)
    answers.ask([str(snapshot.traceback_limit)], "limit", name)
    for key, cumulative in KEYS:
        stats = snapshot.statistics(key, bool(cumulative))
        answers.ask([f"{s.size}\t{s.count}{shown(s.traceback)}"
                     for s in stats], "statistics", name, key, cumulative)
        diffs = snapshot.compare_to(other, key, bool(cumulative))
        answers.ask([f"{d.size}\t{d.size_diff}\t{d.count}\t{d.count_diff}"
                     f"{shown(d.traceback)}" for d in diffs],
                    "compare", name, other_name, key, cumulative)


def one_set(draw, folder, number):
    answers = Answers()
    snapshots = {}
    for name in ("after", "baseline"):
        traces = trace_set(draw)
        limit = draw.randint(1, 64)
        path = os.path.join(folder, f"{number}.{name}.snap")
        snapfile.write(path, traces, limit)
        snapshots[name] = tracemalloc.Snapshot(traces, limit)
        answers.ask([], "load", name, path)
    ask_all(answers, "after", snapshots["after"], "baseline",
            snapshots["baseline"])
    for _ in range(8):
        pairs = [make_filter(draw) for _ in range(draw.randint(0, 4))]
        filtered = snapshots["after"].filter_traces([p for p, _ in pairs])
        answers.ask([], "filter", "filtered", "after",
                    *(word for _, ours in pairs for word in ours))
        ask_all(answers, "filtered", filtered, "baseline",
                snapshots["baseline"])
    # Through the file once more, as we write it.
    copy = os.path.join(folder, f"{number}.copy.snap")
    answers.ask(["0"], "dump", "after", copy)
    answers.ask([], "load", "again", copy)
    ask_all(answers, "again", snapshots["after"], "baseline",
            snapshots["baseline"])
    return answers


def main():
    program, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    draw = random.Random(20)
    wrong = asked = 0
    for number in range(SETS):
        answers = one_set(draw, folder, number)
        asked += len(answers.questions)
        for question, expected, lines in answers.differences(program):
            wrong += 1
            print(f"set {number}: {question}\n  Python {expected[:6]}\n"
                  f"  ours   {lines[:6]}")
    print(f"{SETS} sets of traces, {asked} answers, {wrong} differ")
    sys.exit(wrong > 0)


main()
