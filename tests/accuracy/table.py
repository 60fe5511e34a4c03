# SPDX-License-Identifier: MIT
"""From verdicts to numbers: a case weighs one, its runs share that."""
import statistics

import cases

COLUMNS = "{:24}{:>10}{:>10}{:>11}{:>11}{:>8}{:>8}{:>9}"


def shares(runs, verdicts, wanted):
    """For each case the share of its runs with a wanted verdict."""
    by_case = {}
    for run in runs:
        if run.key() in verdicts:
            hit = verdicts[run.key()][0] in wanted
            by_case.setdefault(run.case, []).append(hit)
    return [sum(hits) / len(hits) for hits in by_case.values()]


def percent(values):
    return 100 * statistics.fmean(values) if values else None


def numbers(runs, verdicts):
    leaks = [r for r in runs if r.truth == "leak"]
    healthy = [r for r in runs if r.truth == "healthy"]
    neither = ("saturating", "inconclusive", "not repeatable", "none")
    counts = [verdicts[r.key()][1] for r in healthy if r.key() in verdicts]
    return {
        "leaking": len({r.case for r in leaks if r.key() in verdicts}),
        "healthy": len({r.case for r in healthy if r.key() in verdicts}),
        "runs": sum(r.key() in verdicts for r in runs),
        "recall": percent(shares(leaks, verdicts, ("leak",))),
        "false_alarms": percent(shares(healthy, verdicts, ("leak",))),
        "undecided_leaks": percent(shares(leaks, verdicts, neither)),
        "undecided_healthy": percent(shares(healthy, verdicts, neither)),
        "iterations_mean": statistics.fmean(counts) if counts else None,
        "iterations_median": statistics.median(counts) if counts else None,
    }


def cell(value, digits=1):
    return "-" if value is None else f"{value:.{digits}f}"


def print_heading(title):
    print(f"\n{title}")
    print(COLUMNS.format("", "recall %", "false %", "undec. L", "undec. H",
                         "mean n", "med. n", "s"))


def print_row(name, row):
    print(COLUMNS.format(name, cell(row["recall"]), cell(row["false_alarms"]),
                         cell(row["undecided_leaks"]),
                         cell(row["undecided_healthy"]),
                         cell(row["iterations_mean"], 0),
                         cell(row["iterations_median"], 0),
                         cell(row.get("seconds"), 1)))


def wrong(runs, verdicts):
    """The runs that were judged wrongly, and how."""
    for run in runs:
        if run.key() not in verdicts or run.open:
            continue
        said = verdicts[run.key()][0]
        if (said == "leak") != (run.truth == "leak"):
            yield run, said, verdicts[run.key()][1]


def by_set(runs):
    """Each set twice: what can be decided, and all."""
    for name in cases.SETS:
        members = [r for r in runs if r.set == name]
        if not members:
            continue
        yield f"{name}, decidable", [r for r in members if not r.open]
        yield f"{name}, all", members
