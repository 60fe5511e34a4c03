# SPDX-License-Identifier: MIT
"""jemalloc, mimalloc and tcmalloc behind libleakslope, linked or preloaded, are
judged as glibc's malloc is; in front of it, the gate says whose malloc it is."""
import gate
from gate import check, equal, library, run


def behind(name):
    path = library(name)
    for program in ("allocates", "family"):
        gate.like_the_ordinary_build(program, name)
        # Ours is in the program already, and has to come first nevertheless.
        gate.like_the_ordinary_build(
            program, "gated",
            LD_PRELOAD="%s:%s" % (library("libleakslope"), path))


def in_front(name, words):
    for fork in ("yes", "no"):
        result = run("leak", LD_PRELOAD=library(name), CK_FORK=fork)
        equal(result.status, 1, "exit status", result)
        said = "not armed: malloc is %s's, in front of libleakslope" % words
        check(said in result.out, "a failed check says so", result)
        check("leakslope: " + said in result.err, "stderr says so", result)
        equal([c.type for c in result.cases if c.problems], ["not armed"],
              "failures", result)


def test_jemalloc():
    behind("jemalloc")


def test_mimalloc():
    behind("mimalloc")


def test_tcmalloc():
    behind("tcmalloc_minimal")


def test_jemalloc_in_front():
    in_front("jemalloc", "jemalloc")


def test_mimalloc_in_front():
    in_front("mimalloc", "mimalloc")


def test_tcmalloc_in_front():
    in_front("tcmalloc_minimal", "tcmalloc")
