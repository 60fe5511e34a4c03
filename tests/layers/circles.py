# SPDX-License-Identifier: MIT
"""Which files call each other in a circle, by the symbols of their objects.

usage: circles.py NM SOURCE MOST FOLDER... -- OBJECT...

FOLDER: of the source tree; only objects whose source lies below one of them
count.  MOST: how many files a circle may have; 1 forbids all of them.
"""
import pathlib
import subprocess
import sys


def symbols(nm, objects):
    """What each object defines, and what it asks for."""
    names = {path: name for name, path in objects.items()}
    known = {name: (set(), set()) for name in objects}
    lines = subprocess.run([nm, "-P", *names], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    for line in lines:
        if line.endswith(":"):
            defined, asked = known[names[line[:-1]]]
            continue
        name, kind = line.split()[:2]
        if not name.startswith(("ls_", "lsg_", "leakslope_", "ck_")):
            continue  # what libc and Check have names for
        if kind in "Uw":
            asked.add(name)
        elif kind.isupper():
            defined.add(name)
    return known


def graph(nm, objects):
    """file -> {file that it calls: symbols}"""
    known = symbols(nm, objects)
    home = {s: name for name, (defined, _) in known.items() for s in defined}
    edges = {name: {} for name in known}
    for name, (_, asked) in known.items():
        for symbol in asked:
            to = home.get(symbol)
            if to and to != name:
                edges[name].setdefault(to, set()).add(symbol)
    return edges


def components(edges):
    """Tarjan's strongly connected components, without recursion."""
    index, low, stack, found, on = {}, {}, [], [], set()
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on.add(root)
        while work:
            node, rest = work[-1]
            for to in rest:
                if to not in index:
                    index[to] = low[to] = len(index)
                    stack.append(to)
                    on.add(to)
                    work.append((to, iter(edges[to])))
                    break
                if to in on:
                    low[node] = min(low[node], index[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = []
                    while not part or part[-1] != node:
                        part.append(stack.pop())
                        on.discard(part[-1])
                    found.append(sorted(part))
    return found


def file_of(path):
    """src/gate/page.c for .../check_ext/CMakeFiles/x.dir/__/src/gate/page.c.o,
    as CMake names objects."""
    folder, _, tail = path.partition("/CMakeFiles/")
    tail = tail.partition(".dir/")[2].removesuffix(".o")
    if tail.startswith("__/"):
        return tail[len("__/"):]
    return pathlib.PurePath(folder).name + "/" + tail


def main(nm, source, most, *rest):
    folders = rest[:rest.index("--")]
    objects = {}
    for path in rest[rest.index("--") + 1:]:
        file = file_of(path)
        if file.startswith(tuple(f + "/" for f in folders)) and \
                (pathlib.Path(source) / file).is_file():
            objects[file] = path
    if len(objects) < 10:
        sys.exit(f"only {len(objects)} objects: the check checks nothing")
    edges = graph(nm, objects)
    wrong = 0
    for part in components(edges):
        if len(part) > int(most):
            wrong += 1
            print(f"{len(part)} files call each other in a circle:")
            for name in part:
                for to in sorted(set(edges[name]) & set(part)):
                    print(f"  {name} -> {to}: "
                          + ", ".join(sorted(edges[name][to])))
    print(f"{len(objects)} files, {wrong} circles of more than {most}")
    sys.exit(wrong > 0)


main(*sys.argv[1:])
