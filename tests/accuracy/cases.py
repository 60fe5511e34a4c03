# SPDX-License-Identifier: MIT
"""What is judged: labelled scenarios, and draws of random families.

A case weighs one in its set, however often it is run: a scenario in which
chance plays a part is run once per seed, a family once per draw.
"""
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scenarios"))
import judge  # noqa: E402

SETS = ("scenarios", "tune", "report")
LOOPED = ("lost", "rates", "libc", "reachable", "caches", "bounded", "buffers",
          "queues", "times", "kernel", "objects", "paths", "threads")
PROGRAMS = (*LOOPED, "constructor", "annotated")


@dataclass(frozen=True)
class Run:
    """One judgement to be made."""
    set: str
    case: str     # the scenario or the family
    program: str
    test: str     # "name" or "name[i]"
    seed: int     # of a scenario; 0 where chance plays no part
    truth: str    # leak or healthy
    open: str     # why no rule can decide it, or ""

    def key(self):
        return f"{self.program}/{self.seed}/{self.test}"


def families(build, draws, seed):
    """The runs of the families, from the program's own table."""
    environment = dict(os.environ, FAMILY_DRAWS=str(draws),
                       FAMILY_SEED=str(seed))
    table = subprocess.run([build / "families", "--table"], check=True,
                           env=environment, stdout=subprocess.PIPE).stdout
    return [Run(row["half"], row["family"], "families", row["test"], 0,
                row["truth"], row["open"]) for row in json.loads(table)]


def label_of(row):
    """Truth of a labelled scenario and why it is open, or neither."""
    if row.label in ("open", "once"):
        return None, ""
    truth = "leak" if row.label.startswith("leak") else "healthy"
    if row.label == "leak?":
        return truth, "too rare for so many iterations"
    return truth, f"not judged yet: {row.pending}" if row.pending else ""


def scenarios(seeds):
    """The runs of the labelled scenarios."""
    table = judge.read_expected()
    runs = []
    for program in PROGRAMS:
        random = judge.by_chance(program, table[program])
        for row in table[program].values():
            truth, why = label_of(row)
            for seed in range(1, seeds + 1) if row.name in random else [1]:
                if truth:
                    runs.append(Run("scenarios", row.name, program, row.name,
                                    seed, truth, why))
    return runs


def plain_name(test, draws):
    """A loop test of one index has none in its name."""
    return test.removesuffix("[0]") if draws == 1 else test


def judged(program, seed=None, **environment):
    """Verdict and iterations of each test of a gated program; seconds."""
    before = dict(os.environ)
    os.environ.update({k: str(v) for k, v in environment.items()})
    try:
        judgements, seconds = judge.run(program, seed)
    finally:
        os.environ.clear()
        os.environ.update(before)
    result = {}
    for one in judgements:
        n = int(one.iterations) if one.iterations.isdigit() else 0
        result[one.name] = (one.verdict, n)
    return result, seconds


def gated_families(build, wanted, draws, seed):
    """Verdicts of the families named, by key; seconds.  A program each: the
    total budget is one program's.  Every second one runs beside a thread that
    has allocated and idles."""
    verdicts, seconds = {}, 0
    for number, family in enumerate(wanted):
        beside = {"FAMILY_THREAD": "yes"} if number % 2 else {}
        found, took = judged(build / "families", CK_RUN_CASE=family,
                             FAMILY_DRAWS=draws, FAMILY_SEED=seed, **beside)
        seconds += took
        for i in range(draws):
            test = f"{family}[{i}]"
            verdicts[f"families/0/{test}"] = found[plain_name(test, draws)]
    return verdicts, seconds


def gated_scenarios(build, runs):
    verdicts, seconds = {}, 0
    for program, seed in sorted({(r.program, r.seed) for r in runs}):
        found, took = judged(
            build.parent / "scenarios" / f"scenario_{program}", seed)
        seconds += took
        for name, verdict in found.items():
            verdicts[f"{program}/{seed}/{name}"] = verdict
    return verdicts, seconds
