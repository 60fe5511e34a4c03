# SPDX-License-Identifier: MIT
"""What a terminal shows while tests are repeated."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import time

import gate
from gate import check, equal, run

LINE = re.compile(r"\rleakslope: test (\d+) of (\d+), iteration (\d+) of (\d+), "
                  r"(\d+) suspects?(, (\d+) s left)?: ([^\x1b]*)\x1b\[K")
SLEEPS = "sleeps\x1b]0;\x07"
SUM = re.compile(r"leakslope: 1 test: 1 judged; what is clean rules out "
                 r">= 1 block per (iteration|\d+ iterations)\r\n")


def on_terminal(name="slow", columns=0, **env):
    """What it prints to stdout, and what the terminal at stderr gets."""
    master, slave = pty.openpty()
    if columns:
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, columns, 0, 0))
    env.setdefault("TERM", "xterm")
    env.setdefault("CK_LEAK_BUDGET", "8")
    child = subprocess.Popen([gate.program(name)], cwd=gate.TMP,
                             env=gate.environment(**env),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            part = b""
        if not part:
            break
        shown += part
    out = child.communicate(timeout=60)[0].decode()
    os.close(master)
    return out, shown.decode("utf-8", "replace")


def lines(shown):
    return LINE.findall(shown)


def test_a_line_is_shown_and_goes():
    for fork in ("yes", "no"):
        out, shown = on_terminal(columns=120, CK_FORK=fork,
                                 CK_RUN_CASE=SLEEPS, CK_LEAK_ITERATIONS=60)
        found = lines(shown)
        check(found, repr(shown))
        equal({(f[0], f[1], f[7]) for f in found},
              {("1", "1", "sleeps?]0;?:test_sleeps")}, "the test")
        done = [int(f[2]) for f in found]
        equal(done, sorted(done), "it goes on")
        equal({f[3] for f in found}, {"60"}, "as many as asked for")
        # What stays is what is said in any case.
        rest = shown[shown.rindex("\x1b[K") + 3:]
        check(SUM.fullmatch(rest), "the rest: " + repr(rest))
        check("\x1b" not in out and "iteration" not in out, out)


def test_which_test_it_is():
    _, shown = on_terminal(CK_LEAK_ITERATIONS=40)
    check(("2", "4") in {f[:2] for f in lines(shown)}, "the slow one")


def test_suspects_and_time():
    _, shown = on_terminal(CK_RUN_CASE="leaks", CK_LEAK_BUDGET=1)
    found = lines(shown)
    check("1" in {f[4] for f in found}, repr(shown))
    check(any(f[6] for f in found), "time left: " + repr(shown))
    check(len({f[3] for f in found}) > 1, "beyond the first rung")


def test_narrow_terminal():
    """It stays on one line."""
    _, shown = on_terminal(columns=30, CK_RUN_CASE=SLEEPS,
                           CK_LEAK_ITERATIONS=60)
    parts = re.findall("\r([^\r\n]*)\x1b\\[K", shown)
    check(parts and max(map(len, parts)) == 29, repr(shown))


def test_nothing_elsewhere():
    result = run("slow", CK_RUN_CASE=SLEEPS, CK_LEAK_ITERATIONS=40,
                 TERM="xterm", junit=False)
    check(", iteration " not in result.err and "\r" not in result.err, "no line",
          result)
    for term in ("dumb", ""):
        _, shown = on_terminal(CK_RUN_CASE=SLEEPS, CK_LEAK_ITERATIONS=40,
                               TERM=term)
        check(SUM.fullmatch(shown), "TERM=%s: %r" % (term, shown))
    _, shown = on_terminal(CK_LEAK="no", CK_RUN_CASE=SLEEPS)
    equal(shown, "", "off")


def test_a_test_that_redirects():
    _, shown = on_terminal(CK_RUN_CASE="redirects", CK_LEAK_ITERATIONS=40)
    check(SUM.fullmatch(shown), "the terminal: " + repr(shown))
    equal(gate.stored("stderr.txt"), "", "its file")


def test_fast_tests_show_nothing():
    """On a busy machine they are not fast: then a line each tenth of a second,
    and each is wiped."""
    begin = time.monotonic()
    _, shown = on_terminal(CK_RUN_CASE="fast", CK_LEAK_ITERATIONS=8)
    most = int((time.monotonic() - begin) / 0.1)
    rest, lines = re.subn(r"\rleakslope: [^\x1b]*\x1b\[K", "", shown)
    check(lines <= most, "no flicker: %d lines" % lines)
    check(SUM.fullmatch(rest.replace("\r\x1b[K", "")),
          "nothing else stays: " + repr(rest))
    if most == 0:
        equal(lines, 0, "a fast one")
