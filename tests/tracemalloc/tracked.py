# SPDX-License-Identifier: MIT
"""PyTraceMalloc_Track and _Untrack beside ours, on generated orders: what is
tracked again is brought up to date, in size and place.
usage: tracked.py PROGRAM"""
import ctypes
import random
import subprocess
import sys
import tracemalloc

SETS = 50
DOMAINS = (5, 6)
track = getattr(ctypes.pythonapi, "PyTraceMalloc_Track", None)
untrack = getattr(ctypes.pythonapi, "PyTraceMalloc_Untrack", None)
if not track or not untrack:
    print("this Python has no PyTraceMalloc_Track")
    sys.exit(77)
track.argtypes = [ctypes.c_uint, ctypes.c_size_t, ctypes.c_size_t]
untrack.argtypes = [ctypes.c_uint, ctypes.c_size_t]


# One place, one line.
PLACES = [
    lambda *what: track(*what),
    lambda *what: track(*what),
    lambda *what: track(*what),
]
LINES = [place.__code__.co_firstlineno for place in PLACES]


def orders(draw):
    for _ in range(draw.randint(0, 400)):
        domain, ptr = draw.choice(DOMAINS), 16 * draw.randint(1, 40)
        if draw.random() < 0.3:
            yield "u", domain, ptr
        else:
            yield ("t", domain, ptr, draw.choice([0, 1, 8, 100, 4096]),
                   draw.randrange(len(PLACES)))


def by_python(todo):
    tracemalloc.start(1)
    for what, domain, ptr, *rest in todo:
        if what == "u":
            untrack(domain, ptr)
        else:
            PLACES[rest[1]](domain, ptr, rest[0])
    snapshot = tracemalloc.take_snapshot()
    tracemalloc.stop()
    sums = {line: [0, 0] for line in LINES}
    for trace in snapshot.traces:
        if trace.domain in DOMAINS:
            total = sums[trace.traceback[0].lineno]
            total[0] += trace.size
            total[1] += 1
    return "".join(f"{size} {count}\n" for size, count in sums.values())


def main():
    draw = random.Random(3)
    wrong = ordered = 0
    for number in range(SETS):
        todo = list(orders(draw))
        ordered += len(todo)
        said = "".join(" ".join(map(str, order)) + "\n" for order in todo)
        ours = subprocess.run([sys.argv[1]], input=said, text=True, check=True,
                              stdout=subprocess.PIPE).stdout
        theirs = by_python(todo)
        if ours != theirs:
            wrong += 1
            print(f"set {number}: Python says\n{theirs}ours\n{ours}")
    print(f"{SETS} sets, {ordered} orders, {wrong} differ")
    sys.exit(wrong > 0)


main()
