# SPDX-License-Identifier: MIT
"""Whether CK_LEAK_TOTAL_BUDGET is a bound: a program ends within its plain time
and the total, and a tenth more, whatever its tests are.

  bound.py PLAIN GATED

Both are the program suite_of, as it is and relinked.  A row for each number of
tests, milliseconds of each and number of leaks among them; exit status 1 if one
takes longer.
"""
import re
import subprocess
import sys
import time

from price import environment

#        tests   ms  leaks  total
ROWS = ((1900,    0,     0,   2),
        (1900,    0,    19,   2),
        (400,     2,     0,   2),
        (400,     2,     4,   2),
        (100,    10,     0,   2),
        (100,    10,     5,   2),
        (20,    200,     0,   4),
        (20,    200,     2,   4),
        (4,    1500,     0,   4))


def run(program, row, **more):
    """Seconds, and what was said."""
    begin = time.monotonic()
    done = subprocess.run([program] + [str(x) for x in row[:3]],
                          env=environment(more), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.monotonic() - begin, done.stderr.decode()


def main():
    plain_program, gated_program = sys.argv[1:]
    late = 0
    print("%6s %6s %6s %6s %8s %8s %8s  %s" % (
        "tests", "ms", "leaks", "total", "plain", "gated", "bound", "verdicts"))
    for row in ROWS:
        total = row[3]
        plain = min(run(plain_program, row)[0] for _ in range(2))
        gated, said = run(gated_program, row, CK_LEAK_TOTAL_BUDGET=str(total))
        bound = 1.1 * (plain + total)
        tally = re.findall(r"leakslope: \d+ tests: (.*)", said)
        late += gated > bound
        print("%6d %6d %6d %6g %8.2f %8.2f %8.2f  %s%s" % (
            *row, plain, gated, bound, tally[-1] if tally else "?",
            "  TOO LATE" if gated > bound else ""), flush=True)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
