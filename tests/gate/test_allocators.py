# SPDX-License-Identifier: MIT
"""jemalloc, mimalloc and tcmalloc behind libleakslope, linked or preloaded, are
judged as glibc's malloc is; in front of it, the gate says whose malloc it is."""
import gate
from gate import check, equal, library, run


# glibc's heap is in pieces at first, and grows until it has all that it needs.
LONG = {"CK_LEAK_ITERATIONS": "1021"}


def behind(name, programs=("allocates", "family"), **env):
    path = library(name)
    for program in programs:
        gate.like_the_ordinary_build(program, name, **env)
        # Ours is in the program already, and has to come first nevertheless.
        gate.like_the_ordinary_build(
            program, "gated", forks=("yes",),
            LD_PRELOAD="%s:%s" % (library("libleakslope"), path), **env)


def in_front(name, words):
    for fork in ("yes", "no"):
        result = run("leak", LD_PRELOAD=library(name), CK_FORK=fork)
        equal(result.status, 1, "exit status", result)
        said = "not armed: malloc is %s's, in front of libleakslope" % words
        check(said in result.out, "a failed check says so", result)
        check("leakslope: " + said in result.err, "stderr says so", result)
        equal([c.type for c in result.cases if c.problems], ["not armed"],
              "failures", result)


def test_operators():
    """Of glibc's and libstdc++'s: each leak once, exceptions pass."""
    for fork in ("yes", "no"):
        result = run("operators", CK_FORK=fork, CK_LEAK_ITERATIONS=251)
        found = {case.name: case.verdict for case in result.cases}
        equal({name for name in found if found[name] == "leak"},
              {name for name in found if name not in ("test_clean",
                                                      "test_throws")},
              "leaks", result)
        equal({found["test_clean"], found["test_throws"]}, {"clean"}, "rest",
              result)
        gate.leaks_at(result, "operators.cc", "test_array_leaks",
                      "+1 block/iteration (+40.0 B)")


def test_operators_under_valgrind():
    """It takes each delete for that of its new, as it does without us."""
    result = run("operators", prefix=[gate.tool("valgrind"), "-q",
                                      "--error-exitcode=9"],
                 CK_FORK="no", CK_EXCLUDE_TAGS="throws", timeout=110)
    equal(result.status, 0, "exit status", result)
    check("==" not in result.err + result.out, "no error", result)


def test_jemalloc():
    behind("jemalloc")


def test_mimalloc():
    behind("mimalloc")


def test_tcmalloc():
    behind("tcmalloc_minimal")


def test_operators_of_jemalloc():
    behind("jemalloc", ["operators"], **LONG)


def test_operators_of_mimalloc():
    """Its new does not throw, but ends the program, with us and without."""
    behind("mimalloc", ["operators"], CK_EXCLUDE_TAGS="throws", **LONG)


def test_operators_of_tcmalloc():
    behind("tcmalloc_minimal", ["operators"], **LONG)


def test_jemalloc_in_front():
    in_front("jemalloc", "jemalloc")


def test_mimalloc_in_front():
    in_front("mimalloc", "mimalloc")


def test_tcmalloc_in_front():
    in_front("tcmalloc_minimal", "tcmalloc")
