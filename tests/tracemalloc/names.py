# SPDX-License-Identifier: MIT
"""Python's public names beside ours: each has one, which is there, and which a
test uses.
usage: names.py SOURCE_DIR LIBRARY"""
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
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, ours, where = line.split(None, 2)
                rows[name] = (ours, where.strip())
    return rows


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return {line.split()[-1] for line in out.splitlines()}


def structs(header):
    # Without comments: the members' names are words then.
    header = re.sub(r"/\*.*?\*/", " ", header, flags=re.S)
    return {name: set(re.findall(r"(\w+);", members)) for name, members in
            re.findall(r"struct leakslope_(\w+) \{(.*?)\n\};", header, re.S)}


def main():
    source, library = sys.argv[1:]
    with open(os.path.join(source, "src/leakslope.h"), encoding="utf-8") as f:
        header = f.read()
    rows = table(os.path.join(source, "tests/tracemalloc/names.txt"))
    symbols, members = exported(library), structs(header)
    wrong = []
    names = list(python_names())
    for name in names:
        ours, where = rows.pop(name, (None, None))
        print(f"{name:28} {ours or 'nothing':38} {where}")
        if ours is None:
            wrong.append(f"{name} has none of ours")
        elif ours == "-":
            continue
        elif "." in ours:
            struct, member = ours.split(".")
            if member not in members.get(struct, ()):
                wrong.append(f"{name}: no {member} in {struct}")
        elif ours not in symbols and f"struct {ours}" not in header:
            wrong.append(f"{name}: there is no {ours}")
        if ours not in (None, "-"):
            with open(os.path.join(source, "tests", where),
                      encoding="utf-8") as test:
                if not re.search(rf"\b{ours.split('.')[-1]}\b", test.read()):
                    wrong.append(f"{name}: {where} does not use {ours}")
    wrong += [f"{name} is no name of Python's" for name in rows]
    if len(names) < 40:
        wrong.append(f"only {len(names)} names: the check checks nothing")
    print(f"{len(names)} names")
    print("\n".join(wrong))
    sys.exit(len(wrong) > 0)


main()
