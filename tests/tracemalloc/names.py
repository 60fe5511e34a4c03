# SPDX-License-Identifier: MIT
"""Python's public names beside ours: each has one, which is there, and a test of
ctest's that uses it.
usage: names.py SOURCE_DIR LIBRARY BUILD_DIR"""
import os
import re
import subprocess
import sys
import tracemalloc

# Where attributes are made by the constructor: one object of each.
OBJECTS = {
    "Snapshot": tracemalloc.Snapshot([], 1),
    "BaseFilter": tracemalloc.BaseFilter(True),
    "Filter": tracemalloc.Filter(True, "*"),
    "DomainFilter": tracemalloc.DomainFilter(True, 0),
}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def python_names():
    for name in dir(tracemalloc):
        what = getattr(tracemalloc, name)
        module = getattr(what, "__module__", None)
        # dir() also has what the module imported for itself.
        if name.startswith("_") or module not in ("tracemalloc",
                                                  "_tracemalloc"):
            continue
        yield name
        if isinstance(what, type):
            for member in dir(OBJECTS.get(name, what)):
                if not member.startswith("_"):
                    yield f"{name}.{member}"


def table(path):
    """(Python's name, ours, test or reason) of each row; the file of each
    test."""
    rows, files = [], {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.strip() or line.startswith("#"):
                continue
            name, ours, where = line.split(None, 2)
            if name == "@":
                files[ours] = where.strip()
            else:
                rows.append((name, ours, where.strip()))
    return rows, files


def known_tests(build):
    out = subprocess.run(["ctest", "--test-dir", build, "-N"], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return set(re.findall(r"Test +#\d+: (\S+)", out))


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    # Behind the name stands the version that it came with.
    return {line.split()[-1].split("@")[0] for line in out.splitlines()}


def structs(header):
    # Without comments: the members' names are words then.
    header = re.sub(r"/\*.*?\*/", " ", header, flags=re.S)
    return {name: set(re.findall(r"(\w+);", members)) for name, members in
            re.findall(r"struct leakslope_(\w+) \{(.*?)\n\};", header, re.S)}


def why_missing(ours, header, symbols, members):
    """None where there is a function, struct, member or variable of ours."""
    if ours.isupper():  # a variable of the environment
        return None
    if "." in ours:
        struct, member = ours.split(".")
        return None if member in members.get(struct, ()) else (
            f"no {member} in {struct}")
    if ours in symbols or f"struct {ours}" in header:
        return None
    return f"there is no {ours}"


def main():
    source, library, build = sys.argv[1:]
    header = read(source, "src/leakslope.h") + read(
        source, "src/leakslope/trace.h")
    rows, files = table(os.path.join(source, "tests/tracemalloc/names.txt"))
    tests, symbols = known_tests(build), exported(library)
    members = structs(header)
    wrong = [f"there is no test {test}" for test in files if test not in tests]
    for name, ours, test in rows:
        print(f"{name:28} {ours:38} {test}")
        if ours == "-":
            continue
        missing = why_missing(ours, header, symbols, members)
        if missing:
            wrong.append(f"{name}: {missing}")
        if test not in files:
            wrong.append(f"{name}: {test} is not among the tests")
        elif not re.search(rf"\b{ours.split('.')[-1]}\b",
                           read(source, "tests", files[test])):
            wrong.append(f"{name}: {files[test]} does not use {ours}")
    names = list(python_names())
    have = [name for name, _, _ in rows]
    wrong += [f"{name} has none of ours" for name in names if name not in have]
    wrong += [f"{name} is no name of Python's" for name in have
              if name not in names and name != "-"
              and not name.startswith("C.")]
    if len(names) < 40:
        wrong.append(f"only {len(names)} names: the check checks nothing")
    print(f"{len(names)} names of Python's, {len(rows)} rows, "
          f"{len(files)} tests")
    print("\n".join(wrong))
    sys.exit(len(wrong) > 0)


main()
