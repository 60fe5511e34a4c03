# SPDX-License-Identifier: MIT
"""The ways to run a program: untraced, under leakslope, under its peers."""
import glob
import os
import shutil
import subprocess

LIMIT = 4 << 30  # bytes a peer may have: heaptrack's tables know no bound


class Way:
    """How one column is run."""

    def __init__(self, name, prefix=(), env=None, program="work", share=1,
                 rounds=99, programs=True):
        self.name = name
        self.prefix = list(prefix)
        self.env = env or {}
        self.program = program
        self.share = share      # of the pairs: slow ones get fewer
        self.rounds = rounds    # at most
        self.programs = programs  # whether it can run programs as installed


def library(pattern):
    found = sorted(glob.glob(f"/usr/lib/*/{pattern}") +
                   glob.glob(f"/usr/lib64/{pattern}"))
    return found[0] if found else None


def compiled(folder, bench, name, *flags):
    """An own variant of the loops, or None where it cannot be built."""
    out = f"{folder}/{name}"
    done = subprocess.run(
        ["gcc", f"{bench}/work.c", "-o", out, "-w", "-D_GNU_SOURCE", "-O2",
         *flags, "-lpthread"], stderr=subprocess.DEVNULL)
    return name if done.returncode == 0 else None


def preload(folder, bench, name, *flags):
    out = f"{folder}/lib{name}.so"
    done = subprocess.run(
        ["gcc", "-O2", "-fPIC", "-shared", "-w", f"{bench}/backtrace_preload.c",
         "-o", out, *flags], stderr=subprocess.DEVNULL)
    return out if done.returncode == 0 else None


def all_ways(folder, bench, ours):
    """(ways, [(name, why it is left out)])."""
    os.makedirs(folder, exist_ok=True)
    compiled(folder, bench, "work", "-fomit-frame-pointer")
    ways = [Way("plain"),
            Way("empty", env={"LD_PRELOAD": preload(folder, bench, "empty",
                                                    "-DEMPTY")}),
            Way("leakslope", env={"LD_PRELOAD": ours})]
    out = []

    def add(name, there, *args, **kw):
        if there:
            ways.append(Way(name, *args, **kw))
        else:
            out.append((name, "not installed"))

    unw = preload(folder, bench, "unw", "-lunwind")
    add("unw_backtrace", unw, env={"LD_PRELOAD": unw}, share=4)
    lsan = compiled(folder, bench, "work_lsan", "-fno-omit-frame-pointer",
                    "-fsanitize=leak")
    add("LSan", lsan, env={"LSAN_OPTIONS": "detect_leaks=0"}, program=lsan,
        programs=False)
    asan = compiled(folder, bench, "work_asan", "-fno-omit-frame-pointer",
                    "-fsanitize=address")
    add("ASan", asan, env={"ASAN_OPTIONS": "detect_leaks=0"}, program=asan,
        share=8, rounds=3, programs=False)
    add("heaptrack", shutil.which("heaptrack"),
        ["heaptrack", "--raw", "-o", f"{folder}/heaptrack"], share=20,
        rounds=3)
    valgrind = shutil.which("valgrind")
    add("memcheck", valgrind, ["valgrind", "-q", "--leak-check=no"], share=40,
        rounds=2)
    add("massif", valgrind, ["valgrind", "-q", "--tool=massif",
                             f"--massif-out-file={folder}/massif"], share=40,
        rounds=2)
    tcmalloc = library("libtcmalloc.so.4")
    add("gperftools", tcmalloc, env={"LD_PRELOAD": tcmalloc,
                                     "HEAPPROFILE": f"{folder}/profile"},
        share=100, rounds=2)
    jemalloc = library("libjemalloc.so.2")
    add("jemalloc prof", jemalloc,
        env={"LD_PRELOAD": jemalloc,
             "MALLOC_CONF": "prof:true,lg_prof_sample:0"}, share=40, rounds=2)
    return ways, out
