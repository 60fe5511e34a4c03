# SPDX-License-Identifier: MIT
"""Functions of libc's as mocks: mocks.py SETUP names|calls|fork|few|all

names  no call by name is left in what is built
calls  libleakslope's calls meet none of the functions that a program has
fork   a process that is no child of ours is left alone
few    some functions, each as a mock by definition and by --wrap
all    each function that is called

A program with a mock is compared with the same program that Check alone is
linked with, and in which the test fails by itself: where a mock breaks Check
itself, there is nothing to compare.
"""
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
# The program's allocator is asked on purpose: what stands in it must be seen.
BY_NAME = {"malloc", "calloc", "free"}
# The program's too, for operators of C++; and what hooks are registered with.
# Of realloc the program's own is meant, in front of us; of clone another is
# taken where libc has one.
HANDED_ON = {"malloc", "free", "aligned_alloc", "dlclose", "__register_atfork",
             "realloc", "clone"}
FEW = ["waitpid", "read", "snprintf", "strlen", "mmap"]
SECONDS = 60
PLAIN_SECONDS = 10


class Skipped(Exception):
    """The machine lacks what the test needs."""


def fail(what):
    raise AssertionError(what)


def setup_of(path):
    with open(path) as file:
        pairs = [line.rstrip("\n").split(" ", 1) for line in file]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def lines_of(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, check=True
                          ).stdout.decode().splitlines()


def libc_functions():
    found = set()
    for line in lines_of(S["nm"], "-D", "--defined-only", S["libc"]):
        words = line.split()
        if len(words) == 3 and words[1] in "TWi":
            found.add(words[2].split("@")[0])
    return found


def undefined(path, *options):
    found = set()
    for line in lines_of(S["nm"], "-u", *options, path):
        words = line.split()
        if len(words) == 2 and words[0] in "Uw":
            found.add(words[1].split("@")[0])
    return found


def called_by_library():
    return undefined(S["library"], "-D") & libc_functions()


def called_by_archive():
    prefix = "ck_libc_"
    return {line.split()[-1][len(prefix):]
            for line in lines_of(S["nm"], S["archive"])
            if " T " + prefix in line}


# ---- what is built ---------------------------------------------------------

def test_names():
    functions = libc_functions()
    if len(functions) < 1000 or not called_by_archive():
        fail("the symbols were not read")
    for archive in S["archives"].split():
        left = (undefined(archive) & functions) - BY_NAME
        if left:
            fail("%s calls by name: %s" % (archive, " ".join(sorted(left))))
    own = set()
    for line in lines_of("readelf", "-Wr", S["library"]):
        match = re.search(r"_(?:JUMP_SLOT?|GLOB_DAT)\s+(\S+)\s+(\w+)", line)
        if match and int(match.group(1), 16):
            own.add(match.group(2))
    left = (own & functions) - HANDED_ON
    if left:
        fail("libleakslope calls its own hooks by name: " +
             " ".join(sorted(left)))


# ---- programs --------------------------------------------------------------

def build(name, sources, gated=True, flags=()):
    path = os.path.join(TMP, name)
    check = S["check"].split()
    argv = [S["cc"], "-g", "-O0", "-D_GNU_SOURCE", "-w", *S["cflags"].split(),
            *flags, *sources]
    if gated:
        argv += [*S["wrap"].split(), S["archive"],
                 "-Wl,--push-state,--no-as-needed", S["library"],
                 "-Wl,--pop-state",
                 "-Wl,-rpath," + os.path.dirname(S["library"])]
    done = subprocess.run(argv + check + ["-pthread", "-o", path],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        return None if not gated else fail(done.stdout.decode())
    return path


def end_session(leader):
    """Ends its processes; Check's children have process groups of their own."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as file:
                session = int(file.read().rpartition(")")[2].split()[3])
            if session == leader:
                os.kill(int(pid), signal.SIGKILL)
        except (OSError, ValueError):
            pass  # it has ended meanwhile


def run(path, fork, seconds=SECONDS):
    """Exit status and output; None where it comes to no end."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("CK_", "LEAKSLOPE", "LD_PRELOAD"))}
    env.update(CK_FORK=fork, CK_LEAK_ITERATIONS="61", CK_DEFAULT_TIMEOUT="20")
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([path], env=env, cwd=TMP, stdout=out,
                                 stdin=subprocess.DEVNULL, stderr=out,
                                 start_new_session=True)
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            end_session(child.pid)
            child.wait()
            return None, ""
        # A child that a broken test program left behind.
        end_session(child.pid)
        out.seek(0)
        return child.returncode, out.read().decode("utf-8", "replace")


def is_right(result):
    """One leak, and one test that is clean."""
    status, out = result
    return status == 1 and "2 judged, 1 leak" in out and \
        re.search(r":F:Core:test_leak:0: ", out)


def compare(name, mock, flags):
    """What was wrong, as a list; None where there is nothing to compare."""
    plain = build("plain." + name, [compiled(SUITE, "-DFAILS"), mock], False,
                  flags)
    if not plain:
        return None
    wrong, compared = [], 0
    gated = build("gated." + name, [compiled(SUITE), mock], True, flags)
    for fork in "yes", "no":
        status, out = run(plain, fork, PLAIN_SECONDS)
        if status != 1 or "50%: Checks: 2, Failures: 1, Errors: 0" not in out:
            continue
        compared += 1
        result = run(gated, fork)
        if not is_right(result):
            wrong.append("%s, CK_FORK=%s: exit status %s\n%s" % (
                name, fork, *result))
    for path in plain, gated:
        os.unlink(path)
    return wrong if compared else None


def source(name, text):
    path = os.path.join(TMP, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def compiled(path, *flags):
    """The path of its object file, made once."""
    to = os.path.join(TMP, os.path.basename(path) + "".join(flags) + ".o")
    if not os.path.exists(to):
        subprocess.run([S["cc"], "-g", "-O0", "-w", *S["cflags"].split(),
                        *flags, "-c", path, "-o", to], check=True)
    return to


def by_definition(function):
    name = function + "-by-definition"
    mock = source(name + ".c", "long %s(void) { return 0; }\n" % function)
    return compare(name, mock, ["-fno-builtin"])


def by_wrap(function):
    name = function + "-by-wrap"
    mock = source(name + ".c",
                  "long __wrap_%s(void) { __builtin_trap(); }\n" % function)
    return compare(name, mock, ["-Wl,--wrap=" + function])


def tried(job):
    how, function = job
    try:
        return job, how(function)
    except AssertionError as failure:
        return job, ["%s %s: %s" % (function, how.__name__, failure)]


def table(functions):
    """How many mocks were compared; each that is wrong is printed."""
    began, wrong, nothing, done = time.monotonic(), [], [], 0
    compiled(SUITE)
    compiled(SUITE, "-DFAILS")
    jobs = [(how, name) for name in functions for how in (by_definition,
                                                          by_wrap)]
    # A mock that breaks Check itself is waited for, so more than CPUs.
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        for (how, name), found in pool.map(tried, jobs):
            done += 1
            if found is None:
                nothing.append("%s %s" % (name, how.__name__))
            for one in found or []:
                wrong.append(one)
                print(one, flush=True)
            if done % 50 == 0:
                print("%d of %d mocks" % (done, len(jobs)), flush=True)
    print("%d functions, %d mocks in %d s: %d compared, %d wrong; %d break "
          "Check itself: %s" % (
              len(functions), len(jobs), time.monotonic() - began,
              len(jobs) - len(nothing), len(wrong), len(nothing),
              ", ".join(nothing) or "none"))
    if wrong:
        fail("%d wrong" % len(wrong))
    return len(jobs) - len(nothing)


def test_few():
    if table(FEW) < len(FEW):
        fail("most mocks were not compared")


def test_all():
    table(sorted(called_by_library() | called_by_archive()))


def test_calls():
    if platform.machine() != "x86_64":
        raise Skipped("the functions are written for x86_64")
    functions = sorted(called_by_library())
    source("mocks_calls.h", "#define FUNCTIONS_N %d\n#define FUNCTIONS(X) %s\n"
           % (len(functions), " ".join("X(%s, %d)" % (name, i)
                                       for i, name in enumerate(functions))))
    suite = compiled(SUITE, "-Dmain=run_suites")
    path = build("calls", [suite, os.path.join(HERE, "mocks_calls.c")], True,
                 ["-fno-builtin", "-I" + TMP,
                  "-I" + os.path.join(HERE, "..", "..", "src")])
    for fork in "yes", "no":
        result = run(path, fork)
        if not is_right(result) or "library found" not in result[1] or \
                "met: " in result[1]:
            fail("CK_FORK=%s: exit status %s\n%s" % (fork, *result))


def test_fork():
    path = build("fork", [os.path.join(HERE, "mocks_fork.c")])
    status, out = run(path, "no")
    if status != 0 or "the stranger lives" not in out:
        fail("exit status %s\n%s" % (status, out))


def main():
    global S, TMP, SUITE
    S = setup_of(sys.argv[1])
    SUITE = os.path.join(HERE, "mocks_suite.c")
    TMP = tempfile.mkdtemp(prefix="mocks.")
    try:
        globals()["test_" + sys.argv[2]]()
    except Skipped as why:
        print("skipped:", why)
        return 77
    except AssertionError as failure:
        print(failure)
        return 1
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
