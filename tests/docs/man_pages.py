# SPDX-License-Identifier: MIT
"""The manual's library pages against the headers: each public function is
there with the declaration that it has, and none that does not exist.

usage: man_pages.py SOURCE
"""
import pathlib
import re
import sys

import fences


def words_of(declaration):
    """A declaration, whatever its spaces and lines."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([(),;*])\s*", r"\1",
                                      declaration)).strip()


def headers_of(source, name):
    """A header with the parts that it is made of."""
    text = (source / name).read_text("utf-8")
    for part in re.findall(r'^#include "(.*)"', text, re.M):
        text += ((source / name).parent / part).read_text("utf-8")
    return text


def functions(header, exported):
    """name -> declaration, of what a program can call."""
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    found = {}
    for line in re.findall(r"^([A-Za-z][^;{}#]*\([^;{}]*\));", text, re.M):
        if line.startswith(("typedef", "static")):
            continue
        if exported and not line.startswith(exported):
            continue
        declaration = line.removeprefix(exported).strip()
        name = re.search(r"(\w+)\(", declaration).group(1)
        found[name] = words_of(declaration)
    return found


def declared(page):
    """What the page declares: bold lines between .nf and .fi."""
    found = {}
    for block in re.findall(r"^\.nf\n(.*?)^\.fi", page, re.M | re.S):
        text = "\n".join(re.findall(r'^\.B "(.*)"$', block, re.M))
        for declaration in fences.plain(text).split(";"):
            name = re.search(r"(\w+)\(", declaration)
            if name:
                found[name.group(1)] = words_of(declaration)
    return found


def compare(source, page_name, header_name, exported, prefixes):
    page = (source / "cmake/man" / page_name).read_text("utf-8")
    header = headers_of(source, header_name)
    public, shown = functions(header, exported), declared(page)
    identifiers = set(re.findall(r"\w+", header))
    wrong = [f"{n} is not in it" for n in public if n not in shown]
    if len(public) < 20:
        wrong.append(f"{header_name} has only {len(public)} functions")
    for name, declaration in shown.items():
        if name in public and public[name] != declaration:
            wrong.append(f"has '{declaration}', not '{public[name]}'")
    named = re.findall(rf"\b(?:{'|'.join(prefixes)})\w+", fences.plain(page))
    own = {"check_leak", "libleakslope"}
    wrong += [f"names {n}, which {header_name} does not have"
              for n in sorted({*named, *shown} - identifiers - own)]
    for line in wrong:
        print(f"{page_name}: {line}")
    return wrong


def main():
    source = pathlib.Path(sys.argv[1])
    wrong = compare(source, "leakslope.3", "src/leakslope.h",
                    "LEAKSLOPE_API ", ("leakslope_", "LEAKSLOPE_"))
    wrong += compare(source, "check_leak.3", "check_ext/check_leak.h", "",
                     ("tcase_[a-z]*_?leak", "suite_set_leak", "srunner_set_",
                      "srunner_leak", "lr_", "LEAK_"))
    return 1 if wrong else 0


sys.exit(main())
