# SPDX-License-Identifier: MIT
"""The messages that the page on troubleshooting explains are in the source,
but for what varies in them ("...").

usage: messages.py SOURCE
"""
import pathlib
import re
import sys


def literals(source):
    """All text between quotes, joined where C joins it."""
    text = "".join(f.read_text("utf-8") for folder in ("src", "check_ext")
                   for f in sorted((source / folder).rglob("*.c")))
    return re.sub(r'"\s*"', "", text)


def messages(page):
    """First cells of tables that are one message in backticks."""
    return re.findall(r"^\| `([^`|]+)` \|", page, re.M)


def main():
    source = pathlib.Path(sys.argv[1])
    page = (source / "cmake/doc/troubleshooting.md").read_text("utf-8")
    known, found = literals(source), messages(page)
    wrong = [f"nothing says '{piece}'" for message in found
             for piece in re.split(r":? ?\.\.\. ?", message)
             if piece and piece not in known]
    if len(found) < 8:
        wrong.append(f"few messages: {found}")
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
