# SPDX-License-Identifier: MIT
"""Each way of gating a program, with each compiler, linker and version of
Check: the verdicts on one suite are the same everywhere.

usage: matrix.py PREFIX WORK [--check NAME=FOLDER]... [--linker NAME]...
                 [--compiler NAME]... [--set VARIABLE=VALUE]... [--pairs]

PREFIX is where leakslope is installed, WORK a folder that is emptied.  Check
is the system's, and those that are installed in FOLDERs (with lib/ and
lib/pkgconfig/check.pc); LEAKSLOPE_MATRIX_CHECKS names them too, as
"0.13.0=/opt/check-0.13;0.15.0=/opt/check-0.15".

--linker takes some of the linkers and --compiler one of the compilers, --set
sets a variable for all programs.  With --pairs a cell is left out, ".", where
each two of its way, compiler and linker have met in other cells.  A cell that
not even the plain program can be linked in is not had: "-".
"""
import argparse
import concurrent.futures
import itertools
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
COMPILERS = ("gcc", "clang")
LINKERS = ("bfd", "gold", "lld", "mold")
FORKS = ("yes", "no")

LEAK, CLEAN, UNGATED = ("leak", "leak"), ("clean", None), ("not gated", None)
EXPECTED = {
    "Ordinary.Core test_reachable": LEAK,
    "Ordinary.Core test_lost": LEAK,
    "Ordinary.Core test_freed": CLEAN,
    "Ordinary.Core test_bounded": CLEAN,
    "Ordinary.Core test_lazy": CLEAN,
    "Ordinary.Core test_named": CLEAN,
    "Ordinary.Core test_fails": ("not gated", "assertion"),
    "Ordinary.Core test_once": ("not repeatable", None),
    "Ordinary.Loop test_loop[0]": CLEAN,
    "Ordinary.Loop test_loop[1]": LEAK,
    "Ordinary.Loop test_loop[2]": CLEAN,
    "Ordinary.Loop test_loop[3]": LEAK,
    "Ordinary.Again test_reachable": LEAK,
    "Ordinary.Tagged test_reachable": UNGATED,
    "Fixtures.Freed test_freed": CLEAN,
    "Fixtures.Freed test_reachable": LEAK,
    "Fixtures.Forgotten test_freed": LEAK,
    "Fixtures.Unchecked test_freed": CLEAN,
    "Fixtures.Failing test_freed": ("not gated", "assertion"),
}
ENDINGS = {"Endings.Core test_" + name: UNGATED
           for name in ("exits", "raises", "crashes", "ends", "forks")}


def environment(**more):
    drop = ("CK_", "LEAKSLOPE", "LD_", "GITHUB_", "PKG_CONFIG", "LIBRARY_PATH")
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(drop) and k != "LDFLAGS"}
    env.update(more)
    return env


def said(argv, **env):
    return subprocess.run(argv, env=environment(**env), check=True,
                          stdout=subprocess.PIPE).stdout.decode()


def runs(argv, **env):
    """Exit status 0, and what was said."""
    result = subprocess.run(argv, env=environment(**env),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=300)
    return result.returncode, result.stdout.decode("utf-8", "replace")


class Check:
    """A version of Check: an archive, a shared library and a shim of each."""

    def __init__(self, name, folder, work, command):
        self.name = name
        self.work = os.path.join(work, name)
        os.makedirs(self.work)
        env = {}
        if folder:
            env["PKG_CONFIG_PATH"] = os.path.join(folder, "lib", "pkgconfig")
        ask = lambda *what: said(["pkg-config", *what, "check"], **env).strip()
        libdir = ask("--variable=libdir")
        libs = ask("--libs").split()
        which = [l[2:] for l in libs if l.startswith("-lcheck")][0]
        self.version = ask("--modversion")
        self.cflags = ask("--cflags").split()
        self.others = [l for l in libs if not l.startswith(("-lcheck", "-L"))]
        self.others += ["-lpthread", "-lrt", "-lm"]
        self.files = {
            "static": os.path.join(libdir, "lib%s.a" % which),
            "shared": os.path.join(libdir, "libcheck.so")}
        if not os.path.exists(self.files["static"]):
            del self.files["static"]
        if not os.path.exists(self.files["shared"]):
            self.make_shared()
        self.shims = {kind: self.make_shim(kind, command)
                      for kind in self.files}

    def make_shared(self):
        """Of the objects for libraries, where there is no shared one."""
        made = os.path.join(self.work, "made")
        os.makedirs(made)
        self.files["shared"] = os.path.join(made, "libcheck.so")
        said(["gcc", "-shared", "-Wl,-soname,libcheck.so.0",
              "-o", self.files["shared"], "-Wl,--whole-archive",
              self.files["static"], "-Wl,--no-whole-archive"] + self.others)
        os.symlink("libcheck.so", os.path.join(made, "libcheck.so.0"))

    def make_shim(self, kind, command):
        real = os.path.join(self.work, "real-" + kind)
        shim = os.path.join(self.work, "shim-" + kind)
        os.makedirs(real)
        file = self.files[kind]
        os.symlink(file, os.path.join(
            real, "libcheck.so" if kind == "shared" else "libcheck.a"))
        with open(os.path.join(real, "check.pc"), "w") as pc:
            pc.write("libdir=%s\nName: Check\nDescription: Check\nVersion: %s\n"
                     "Libs: -L${libdir} -lcheck %s\nCflags: %s\n" % (
                         real, self.version, " ".join(self.others),
                         " ".join(self.cflags)))
        said([command, "shim", shim], PKG_CONFIG_PATH=real)
        if not os.path.isdir(os.path.join(shim, "lib", "gated")):
            raise SystemExit("the shim for %s is made by options" % self.name)
        return said(["pkg-config", "--libs", "check"],
                    PKG_CONFIG_PATH=shim).split()

    def libraries(self, kind):
        libraries = [self.files[kind]] + self.others
        if kind == "shared":
            libraries.append(self.rpath())
        return libraries

    def rpath(self):
        return "-Wl,-rpath," + os.path.dirname(
            os.path.realpath(self.files["shared"]))


class Model:
    def __init__(self, name, check, how, lto=False):
        self.name, self.check, self.how, self.lto = name, check, how, lto


MODELS = (
    Model("--wrap, static", "static", "wrap"),
    Model("--wrap, shared", "shared", "wrap"),
    Model("preload, shared", "shared", "preload"),
    Model("shim, static", "static", "shim"),
    Model("shim, shared", "shared", "shim"),
    Model("--wrap, static, -flto", "static", "wrap", True),
    Model("shim, static, -flto", "static", "shim", True),
)


class Matrix:
    def __init__(self, prefix, work, checks, compilers, linkers, settings):
        self.compilers, self.linkers = compilers, linkers
        self.settings = settings
        self.command = os.path.join(prefix, "bin", "leakslope")
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        self.work = work
        pcs = [folder for folder, _, files in os.walk(prefix)
               if "leakslope-check.pc" in files]
        variable = lambda module, name: said(
            ["pkg-config", "--variable=" + name, module],
            PKG_CONFIG_PATH=pcs[0]).split()
        self.gate = (variable("leakslope-check", "gate_libs") +
                     variable("leakslope", "tracer_libs"))
        self.checks = [Check(name, folder, work, self.command)
                       for name, folder in checks]
        self.problems = []
        self.nruns = 0

    def objects(self, check, cc, lto):
        """The suite, compiled for this version of Check."""
        path = os.path.join(check.work, "%s%s.o" % (cc, "-lto" if lto else ""))
        said([cc, "-g", "-O1"] + ["-flto"] * lto + ["-w", "-c"] +
             check.cflags + [os.path.join(HERE, "suite.c"), "-o", path])
        return path

    def link(self, cell, libraries, path):
        check, model, cc, linker, suite = cell
        return runs([cc, "-fuse-ld=" + linker] + ["-flto"] * model.lto +
                    ["-O1", suite, "-o", path] + libraries)

    def path(self, cell):
        check, model, cc, linker, _ = cell
        return os.path.join(check.work, "-".join(
            (cc, linker, model.how, model.check) + ("lto",) * model.lto))

    def had(self, cell):
        """The plain program, which stays: can it be linked so?"""
        libraries = cell[0].libraries(cell[1].check)
        return self.link(cell, libraries, self.path(cell))[0] == 0

    def try_cell(self, cell):
        """A word for each fork mode."""
        check, model, cc, linker, _ = cell
        plain = check.libraries(model.check)
        path = self.path(cell)
        if model.how != "preload":
            libraries = self.gate + plain
            if model.how == "shim":
                libraries = check.shims[model.check] + [check.rpath()] * (
                    model.check == "shared")
            status, log = self.link(cell, libraries, path)
            if status:
                return self.problem(cell, "", "does not link", log)
        start = [self.command, "run", "--"] if model.how == "preload" else []
        return " ".join(self.run(cell, start + [path], fork) for fork in FORKS)

    def run(self, cell, argv, fork):
        self.nruns += 1
        report = "%s.%s.xml" % (argv[-1], fork)
        status, log = runs(argv, CK_FORK=fork, CK_LEAK_ITERATIONS="40",
                           CK_JUNIT_LOG_FILE_NAME=report, **self.settings)
        found = {}
        if os.path.exists(report):
            for case in ElementTree.parse(report).getroot().iter("testcase"):
                verdict = [p.get("value") for p in case.iter("property")
                           if p.get("name") == "leak.verdict"][0]
                problems = case.findall("failure") + case.findall("error")
                found["%s %s" % (case.get("classname"), case.get("name"))] = (
                    verdict, problems[0].get("type") if problems else None)
        expected = dict(EXPECTED, **(ENDINGS if fork == "yes" else {}))
        failed = sum(kind is not None for _, kind in expected.values())
        if found != expected:
            differ = sorted(k for k in set(found) | set(expected)
                            if found.get(k) != expected.get(k))
            what = "".join("\n  %s: %s, not %s" % (
                k, found.get(k), expected.get(k)) for k in differ)
            return self.problem(cell, fork, "verdicts differ:" + what, log)
        if status != failed:
            return self.problem(cell, fork, "exit status %d, not %d" % (
                status, failed), log)
        return "ok"

    def problem(self, cell, fork, what, log):
        check, model, cc, linker, _ = cell
        self.problems.append("%s, %s, %s, %s%s: %s\n%s" % (
            check.name, model.name, cc, linker,
            ", CK_FORK=" + fork if fork else "", what, log))
        return "FAIL"

    def run_all(self, pairs):
        ccs = [cc for cc in self.compilers if shutil.which(cc)]
        columns = [(cc, linker) for cc in ccs for linker in self.linkers]
        cells = []
        for check in self.checks:
            for model in MODELS:
                if model.check not in check.files:
                    continue
                suites = {cc: self.objects(check, cc, model.lto) for cc in ccs}
                cells += [(check, model, cc, linker, suites[cc])
                          for cc, linker in columns]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            had = [cell for cell, linked in zip(cells, pool.map(
                self.had, cells)) if linked]
            tried = each_pair(had) if pairs else had
            words = dict.fromkeys(had, ".")
            words.update(zip(tried, pool.map(self.try_cell, tried)))
        self.print_table(columns, cells, [words.get(cell) for cell in cells])
        return len(tried), len(had), len(cells)

    def print_table(self, columns, cells, words):
        wide = max(len(m.name) for m in MODELS) + 2
        print("each cell: CK_FORK=yes, CK_FORK=no; -: not had here; .: each "
              "pair of it is in others")
        print("%-9s%-*s%s" % ("Check", wide, "linked", "".join(
            "%-12s" % ("%s/%s" % c) for c in columns)))
        for i in range(0, len(cells), len(columns)):
            check, model = cells[i][:2]
            print("%-9s%-*s%s" % (check.name, wide, model.name, "".join(
                "%-12s" % (w or "-") for w in words[i:i + len(columns)])))


def each_pair(cells):
    """As few of them as it takes, by a greedy choice, for each two of way,
    compiler and linker that meet in a cell to meet in one that is left."""
    def meetings(cell):
        check, model, cc, linker, _ = cell
        return set(itertools.combinations(
            (("way", check.name, model.name), ("compiler", cc),
             ("linker", linker)), 2))
    chosen, open_pairs = [], set().union(*map(meetings, cells))
    while open_pairs:
        best = max(cells, key=lambda cell: len(meetings(cell) & open_pairs))
        open_pairs -= meetings(best)
        chosen.append(best)
    return chosen


def versions(arguments):
    named = [n for n in os.environ.get("LEAKSLOPE_MATRIX_CHECKS", "").split(";")
             if n] + arguments
    for one in named:
        name, _, folder = one.partition("=")
        pc = os.path.join(folder, "lib", "pkgconfig", "check.pc")
        if not name or not os.path.exists(pc):
            raise SystemExit("'%s' is no version of Check: NAME=FOLDER, and "
                             "there is to be a %s" % (one, pc))
    return [("system", None)] + [tuple(one.split("=", 1)) for one in named]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("prefix")
    parser.add_argument("work")
    parser.add_argument("--check", action="append", default=[],
                        metavar="NAME=FOLDER")
    parser.add_argument("--linker", action="append", choices=LINKERS)
    parser.add_argument("--compiler", action="append", choices=COMPILERS)
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--set", action="append", default=[],
                        metavar="VARIABLE=VALUE")
    given = parser.parse_args()
    for tool in ("gcc", "pkg-config", "objcopy"):
        if not shutil.which(tool):
            print("skipped: there is no", tool)
            return 77
    matrix = Matrix(os.path.abspath(given.prefix), os.path.abspath(given.work),
                    versions(given.check), given.compiler or COMPILERS,
                    given.linker or LINKERS,
                    dict(one.split("=", 1) for one in given.set))
    tried, had, all_cells = matrix.run_all(given.pairs)
    for problem in matrix.problems:
        print("\n" + problem)
    print("%d of the %d of %d cells that can be linked, %d runs of %d and %d "
          "tests: %s" % (
        tried, had, all_cells, matrix.nruns, len(EXPECTED) + len(ENDINGS),
        len(EXPECTED), "%d differ" % len(matrix.problems)
        if matrix.problems else "equal verdicts in all of them"))
    return 1 if matrix.problems or not had else 0


if __name__ == "__main__":
    sys.exit(main())
