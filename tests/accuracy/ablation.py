#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What each part and each constant of the rule is worth, on recordings.

usage: ablation.py --build DIR --cc CC [--draws N] [--seeds N]

A part is left out, or a constant changed by a quarter up and down, in a copy
of src/verdict; the copy judges the recordings that `accuracy` uses.  Exit
status 1 if a constant moves recall or false alarms, in the mean of the sets,
by a point or more.
"""
import argparse
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

import cases
import recordings
import table

ROOT = cases.HERE.parent.parent
VERDICT = ROOT / "src" / "verdict"
SCALED = ((0.75, "-25 %"), (1.25, "+25 %"))
MOST_MOVED = 1.0  # points

# name -> file, what is there, what comes in its place
PARTS = {
    "without drift": ("drift.c", r"(enum ls_site_state ls_drift\([^)]*\) \{)",
                      r"\1\n  return LS_SITE_SUSPECT;"),
    "without octaves": ("octave.c",
                        r"(int ls_shape_octaves\([^)]*\) \{)",
                        r"\1\n  return 0;"),
    "without log law": ("stats.c", r"(int ls_beats_log_law\([^)]*\) \{)",
                        r"\1\n  return 0;"),
    "without ceiling": ("shape.c", r"(int ls_shape_uncapped\([^)]*\) \{)",
                        r"\1\n  return 1;"),
    "without deceleration": ("stats.c", r"(int ls_decelerates\([^)]*\) \{)",
                             r"\1\n  return 0;"),
    "without last quarter": ("retention.c",
                             r"&&\s*level_follows\(rise->quarter, [^)]*\)",
                             ""),
}
OPTIONS = {
    "without births": ["no-births"],
    "by traceback only": ["path"],
    "by call site only": ["call"],
    "and by total": ["total"],
    "by total only": ["total-only"],
}

REAL = re.compile(r"^(?:static const|  const|#define)(?: double)? .*$", re.M)
ASSIGNED = re.compile(r"(\b[A-Za-z_]\w*)( = | )(\d+\.\d+|\d+)(?=[,;\s]|$)")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
# Whole numbers that are thresholds; the others are names of parts of a run.
WHOLE = {
    "retention.c": ["LEAST_SURVIVORS", "LEAST_GROUPS", "LEAST_THIN_SURVIVORS",
                    "LEAST_THIN_GROUPS"],
    "drift.c": ["LEAST_GROWTH", "COARSE_GROUPS", "LEAST_RISING"],
    "suspect.c": ["PLATEAU_LATE_RISES", "PLATEAU_RISES", "PLATEAU_UNITS",
                  "PLATEAU_SPREAD", "FEW_ITERATIONS", "FEW_PLATEAU_RISES",
                  "FLOOR_GROUPS"],
    "shape.h": ["LS_STARTUP_PART", "LS_LEAST_WINDOWS"],
}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--family-seed", type=int, default=20)
    return parser.parse_args()


def constants():
    """(file, name, value) of each threshold of the rule."""
    for path in sorted(VERDICT.glob("*.[ch]")):
        text = COMMENT.sub("", path.read_text())
        if path.name in ("law.c", "outcome.c", "ladder.c", "series.c"):
            continue
        for line in REAL.findall(text):
            if "double" in line or "SHARE" in line:
                for match in ASSIGNED.finditer(line):
                    yield path.name, match[1], match[3]
        for name in WHOLE.get(path.name, []):
            yield path.name, name, re.search(rf"\b{name} = (\d+)", text)[1]


class Copies:
    """Programs that judge by changed copies of the rule."""

    def __init__(self, build, cc):
        self.folder = build / "ablation"
        self.cc = cc
        self.folder.mkdir(exist_ok=True)
        self.n = 0

    def program(self, file, pattern, replacement):
        source = self.folder / f"copy{self.n}" / "verdict"
        self.n += 1
        source.mkdir(parents=True, exist_ok=True)
        changed = 0
        for path in VERDICT.glob("*.[ch]"):
            text = path.read_text()
            if path.name == file:
                text, n = re.subn(pattern, replacement, text)
                changed += n
            (source / path.name).write_text(text)
        if changed != 1:
            sys.exit(f"{file}: {pattern} is there {changed} times")
        out = source.parent / "judge"
        subprocess.run([self.cc, "-O2", "-std=gnu11", "-w", "-o", out,
                        f"-I{source.parent}", f"-I{cases.HERE}",
                        cases.HERE / "judge_recordings.c",
                        *sorted(source.glob("*.c")), "-lm"], check=True)
        return out


def scaled(value, factor):
    if "." in value:
        return f"{float(value) * factor:.6g}"
    by = max(1, round(int(value) * 0.25))
    return str(int(value) + (by if factor > 1 else -by))


class Bench:
    def __init__(self, options):
        self.runs = cases.scenarios(options.seeds) + cases.families(
            options.build, options.draws, options.family_seed)
        self.folder, _ = recordings.make(options.build, self.runs,
                                         options.draws, options.family_seed)
        self.runs = [r for r in self.runs if not r.open]

    def numbers(self, program, *options):
        """Recall and false alarms by set, and their means."""
        verdicts = recordings.judge_all(program, self.folder, self.runs,
                                        *options)
        row = {}
        for name in cases.SETS:
            members = [r for r in self.runs if r.set == name]
            found = table.numbers(members, verdicts)
            row[name] = (found["recall"], found["false_alarms"],
                         found["iterations_mean"])
        row["mean"] = tuple(statistics.fmean(row[s][i] for s in cases.SETS)
                            for i in range(3))
        return row


def show(name, row):
    cells = [f"{row[s][0]:7.2f} /{row[s][1]:6.2f}"
             for s in (*cases.SETS, "mean")]
    print(f"{name:28}" + "".join(f"{c:>17}" for c in cells) +
          f"{row['mean'][2]:8.0f}", flush=True)


def heading(title):
    print(f"\n{title} (recall % / false alarms %; iterations on healthy)")
    print(" " * 28 + "".join(f"{c:>17}" for c in (*cases.SETS, "mean")) +
          f"{'n':>8}")


def ablate(bench, copies, own):
    heading("Parts of the rule")
    rows = {"the rule": bench.numbers(own)}
    show("the rule", rows["the rule"])
    for name, words in OPTIONS.items():
        rows[name] = bench.numbers(own, *words)
        show(name, rows[name])
    for name, change in PARTS.items():
        rows[name] = bench.numbers(copies.program(*change))
        show(name, rows[name])
    return rows


def vary(bench, copies):
    heading("Constants")
    rows = {}
    for file, name, value in constants():
        for factor, words in SCALED:
            to = scaled(value, factor)
            program = copies.program(file, rf"(\b{name}(?: = | )){value}\b",
                                     rf"\g<1>{to}")
            title = f"{name} {value} -> {to}"
            rows[title] = bench.numbers(program)
            show(title, rows[title])
    return rows


def moves(result, i):
    """Constant -> by how many points it moves the mean; i: 0 recall, 1 false
    alarms."""
    base = result["parts"]["the rule"]["mean"][i]
    return {name: row["mean"][i] - base
            for name, row in result["constants"].items()}


def sensitivity(result):
    """Says what the constants move; those that move a point or more."""
    fragile = set()
    print()
    for i, what in enumerate(("recall", "false alarms")):
        of = moves(result, i)
        name = max(of, key=lambda n: abs(of[n]))
        print(f"constants: {what} move by {of[name]:+.2f} points at most "
              f"({name})")
        fragile |= {n for n in of if abs(of[n]) >= MOST_MOVED}
    for name in sorted(fragile):
        print(f"fragile: {name}")
    return fragile


def main():
    options = arguments()
    bench = Bench(options)
    copies = Copies(options.build, options.cc)
    own = options.build / "judge_recordings"
    result = {"parts": ablate(bench, copies, own),
              "constants": vary(bench, copies)}
    fragile = sensitivity(result)
    out = options.build / "ablation.json"
    out.write_text(json.dumps(result, indent=1) + "\n")
    print(out)
    return 1 if fragile else 0


if __name__ == "__main__":
    sys.exit(main())
