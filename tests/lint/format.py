# SPDX-License-Identifier: MIT
"""The layout of all C files is that of clang-format, with .clang-format.

usage: format.py SOURCE [--in-place]

Exits with 77 where there is no clang-format of the version below: others lay
some lines out differently.
"""
import pathlib
import re
import shutil
import subprocess
import sys

import rules

VERSION = 14


def program():
    """clang-format of that version, or None."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            said = subprocess.run([path, "--version"], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout
            if re.search(rf"version {VERSION}\.", said):
                return path
    return None


def main():
    source, in_place = pathlib.Path(sys.argv[1]), "--in-place" in sys.argv
    clang_format = program()
    if not clang_format:
        print(f"skipped: there is no clang-format {VERSION}")
        return 77
    files = rules.files(source, rules.ALL, (".c", ".h"))
    if not files:
        print(f"{source} has no C files: nothing is checked")
        return 1
    how = ["-i"] if in_place else ["--dry-run", "--Werror"]
    return subprocess.run([clang_format, *how, *files]).returncode


if __name__ == "__main__":
    sys.exit(main())
