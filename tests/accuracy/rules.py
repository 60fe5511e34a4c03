# SPDX-License-Identifier: MIT
"""Growth rules of other tools, on the same exact counts.

Each takes a recording and gives (whether it says leak, passes it needed).
Warm-up and number of passes are the tool's own.
"""
import math


def count_diff(recording):
    """Two snapshots around 100 passes: a site with count_diff >= 100."""
    first, n = 1, 100
    sites = recording.sites(first + n)
    return any(x[first + n] - x[first] >= n for x in sites), first + n


def regrtest(recording):
    """CPython's regrtest -R 3:3: blocks grow in each of three runs, or any
    change of the number of descriptors."""
    warm, runs = 3, 3
    blocks = recording.total(warm + runs, 1)
    fds = recording.descriptors(warm + runs)
    steps = range(warm, warm + runs)
    leaks = all(blocks[i + 1] - blocks[i] >= 1 for i in steps) or \
        any(fds[i + 1] != fds[i] for i in steps)
    return leaks, warm + runs


def fuite(recording):
    """fuite: the number of one class grew by a multiple of 7 in 7 runs, and
    memory grew on the whole."""
    warm, runs = 1, 7
    size = recording.total(warm + runs, 2)
    grew = [x[warm + runs] - x[warm] for x in recording.sites(warm + runs)]
    leaks = any(g > 0 and g % runs == 0 for g in grew) and \
        (size[-1] > size[warm] or not recording.changes)
    return leaks, warm + runs


def psleak(recording):
    """psleak: memory of the process grows more in each of 10 ever longer
    rounds; descriptors over one call."""
    warm, calls, more, rounds = 10, 200, 100, 10
    last = recording.passes
    fds = recording.descriptors(warm + 1)
    if last > warm and fds[warm + 1] != fds[warm]:
        return True, warm + 1
    size = recording.total(last, 2)
    at, before = warm, None
    for _ in range(rounds):
        end = min(at + calls, last)
        diff = size[end] - size[at]
        if diff <= 0 or (before is not None and diff <= before and
                         end == at + calls):
            return False, end
        at, before, calls = end, diff, calls + more
        if end == last:
            break
    return True, at


def is_climbing(values):
    """Mann and Kendall's test, one-sided, p < .005, with ties."""
    n = len(values)
    s = sum((b > a) - (b < a)
            for i, a in enumerate(values) for b in values[i + 1:])
    if s <= 0:
        return False
    ties = {}
    for value in values:
        ties[value] = ties.get(value, 0) + 1
    variance = (n * (n - 1) * (2 * n + 5) -
                sum(t * (t - 1) * (2 * t + 5) for t in ties.values())) / 18
    return variance > 0 and (s - 1) / math.sqrt(variance) > 2.576


def mann_kendall(recording):
    """The count or the bytes of a site climb over 100 passes."""
    warm, n = 5, 100
    series = recording.sites(warm + n) + recording.sites(warm + n, 2)
    return any(is_climbing(x[warm + 1:]) for x in series
               if x[-1] > x[warm]), warm + n


RULES = {
    "count_diff >= 100": count_diff,
    "regrtest -R 3:3": regrtest,
    "fuite 7": fuite,
    "psleak": psleak,
    "Mann-Kendall .005": mann_kendall,
}
