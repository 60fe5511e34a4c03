# SPDX-License-Identifier: MIT
"""The snippets of the pages: fences of Markdown, examples of man pages.

What is to be done with a fence stands in a comment in the line before it:

    <!-- test: VERB WORD... -->         in Markdown
    .\\" test: VERB WORD...              in a man page, before .EX

A fence without one has to be in exceptions.txt, with the reason.
"""
from __future__ import annotations

import dataclasses
import pathlib
import re
import shlex

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Fence:
    page: pathlib.Path
    line: int
    language: str
    text: str
    directive: str | None

    @property
    def verb(self):
        return shlex.split(self.directive)[0]

    @property
    def words(self):
        """Words of the directive that are no options."""
        return [w for w in shlex.split(self.directive)[1:] if "=" not in w]

    @property
    def options(self):
        pairs = [w.split("=", 1) for w in shlex.split(self.directive)[1:]
                 if "=" in w]
        return dict(pairs)

    @property
    def where(self):
        return f"{self.page.name}:{self.line}"

    @property
    def first_line(self):
        return self.text.strip().split("\n")[0].strip()


def of_markdown(page):
    lines = page.read_text(encoding="utf-8").split("\n")
    directive, start, found = None, None, []
    for number, line in enumerate(lines, 1):
        fence = re.match(r"\s*```(\S*)\s*$", line)
        if start is None:
            comment = re.match(r"\s*<!-- test: (.*) -->\s*$", line)
            if fence:
                start, language = number, fence.group(1)
            elif comment:
                directive = comment.group(1)
            elif line.strip():
                if directive is not None:
                    raise SystemExit(f"{page.name}:{number}: a test: comment "
                                     "with no fence behind it")
        elif fence:
            text = "\n".join(lines[start:number - 1]) + "\n"
            found.append(Fence(page, start, language, text, directive))
            directive, start = None, None
    if start is not None:
        raise SystemExit(f"{page.name}:{start}: the fence does not end")
    return found


ROFF = (("\\-", "-"), ("\\(aq", "'"), ("\\(dq", '"'), ("\\&", ""),
        ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\ ", " "),
        ("\\fB", ""), ("\\fI", ""), ("\\fR", ""), ("\\e", "\\"))


def plain(text):
    """Roff's escapes, as far as examples have them."""
    for escape, meaning in ROFF:
        text = text.replace(escape, meaning)
    return text


def of_man(page):
    directive, start, found = None, None, []
    lines = page.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        comment = re.match(r'\.\\" test: (.*)$', line)
        if comment:
            directive = comment.group(1)
        elif line.startswith(".EX"):
            start = number
        elif line.startswith(".EE"):
            text = "\n".join(lines[start:number - 1]) + "\n"
            found.append(Fence(page, start, "man", plain(text), directive))
            directive, start = None, None
    return found


def of_page(page):
    return of_markdown(page) if page.suffix == ".md" else of_man(page)


def all_pages(source):
    """README, the pages, the man pages."""
    return ([source / "README.md"] + sorted((source / "cmake/doc").glob("*.md"))
            + sorted((source / "cmake/man").glob("*.[0-9]")))


def exceptions():
    """(page, first line) -> reason."""
    found = {}
    lines = (HERE / "exceptions.txt").read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        parts = line.split(" | ")
        if len(parts) != 3 or not all(p.strip() for p in parts):
            raise SystemExit(f"exceptions.txt:{number}: not "
                             "'page | first line | reason'")
        found[parts[0].strip(), parts[1].strip()] = parts[2].strip()
    return found
