#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The accuracy table: leakslope's gate beside other rules and tools.

usage: accuracy.py --build DIR [--draws N] [--seeds N] [--family-seed N]
                   [--sets SET,...] [--no-tools] [--gate-alone]

The sets are scenarios, tune and report.  Prints the table and what was judged
wrongly; accuracy-SEED.json beside the programs has the same.  False alarms and
iterations are those of healthy cases.
"""
import argparse
import json
from pathlib import Path

import cases
import recordings
import rules
import table
import tools


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=lambda d: Path(d).resolve(),
                        required=True)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--family-seed", type=int, default=20)
    parser.add_argument("--sets", default=",".join(cases.SETS))
    parser.add_argument("--no-tools", action="store_true")
    parser.add_argument("--gate-alone", action="store_true")
    return parser.parse_args()


def by_gate(build, runs, draws, seed):
    """The gate with its defaults; seconds of each set."""
    labelled = [r for r in runs if r.set == "scenarios"]
    verdicts, took = cases.gated_scenarios(build, labelled)
    seconds = {"scenarios": took}
    for name in ("tune", "report"):
        wanted = dict.fromkeys(r.case for r in runs if r.set == name)
        found, seconds[name] = cases.gated_families(build, wanted, draws, seed)
        verdicts.update(found)
    return verdicts, seconds


def by_rules(folder, runs):
    found = {name: {} for name in rules.RULES}
    for run in runs:
        path = recordings.path_of(folder, run)
        if not path.exists():
            continue
        recording = recordings.Recording(path)
        for name, rule in rules.RULES.items():
            leaks, n = rule(recording)
            found[name][run.key()] = ("leak" if leaks else "clean", n)
    return found


def all_judges(options, runs):
    """Name -> (verdicts, seconds by set, or of the scenarios)."""
    build, draws, seed = options.build, options.draws, options.family_seed
    judges = {"leakslope": by_gate(build, runs, draws, seed)}
    if options.gate_alone:
        return judges
    folder, _ = recordings.make(build, runs, draws, seed)
    own = recordings.judge_all(build / "judge_recordings", folder, runs)
    judges["its rule, recorded"] = (own, {})
    for name, verdicts in by_rules(folder, runs).items():
        judges[name] = (verdicts, {})
    if not options.no_tools:
        for name, (verdicts, seconds) in tools.all_tools(build).items():
            judges[name] = (verdicts, {"scenarios": seconds})
    return judges


def print_tables(runs, judges):
    result = {}
    for title, members in table.by_set(runs):
        table.print_heading(title)
        result[title] = {}
        for name, (verdicts, seconds) in judges.items():
            row = table.numbers(members, verdicts)
            row["seconds"] = seconds.get(members[0].set)
            if row["runs"]:
                table.print_row(name, row)
                result[title][name] = row
    return result


def print_wrong(runs, judges):
    verdicts = judges["leakslope"][0]
    recorded = judges.get("its rule, recorded", ({},))[0]
    faults = []
    print("\nleakslope, wrong though decidable (in brackets: its rule on the "
          "recording)")
    for run, said, n in table.wrong(runs, verdicts):
        other = recorded.get(run.key(), ("-", 0))
        print(f"  {run.set:10}{run.test:26}seed {run.seed} {run.truth:8} "
              f"{said} at {n} ({other[0]} at {other[1]})")
        faults.append({"set": run.set, "test": run.test, "seed": run.seed,
                       "truth": run.truth, "said": said, "iterations": n})
    return faults


def main():
    options = arguments()
    runs = cases.scenarios(options.seeds) + cases.families(
        options.build, options.draws, options.family_seed)
    runs = [r for r in runs if r.set in options.sets.split(",")]
    print(f"family seed {options.family_seed}, {options.draws} draws of each "
          f"family, {options.seeds} seeds of random scenarios")
    judges = all_judges(options, runs)
    result = {"family_seed": options.family_seed, "draws": options.draws,
              "seeds": options.seeds, "sets": print_tables(runs, judges)}
    result["wrong"] = print_wrong(runs, judges)
    out = options.build / f"accuracy-{options.family_seed}.json"
    out.write_text(json.dumps(result, indent=1) + "\n")
    print(f"\n{out}")


if __name__ == "__main__":
    main()
