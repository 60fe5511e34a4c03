# SPDX-License-Identifier: MIT
"""Links between the pages, and to pictures, lead somewhere; pages that are
installed link to nothing that is not.

usage: links.py SOURCE
"""
import pathlib
import re
import sys

PAGES = ("README.md", ".github/CONTRIBUTING.md", "src/README.md",
         "tests/README.md")


def anchor(heading):
    """As GitHub and GitLab make it of a heading."""
    text = re.sub(r"[`*]", "", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def without_fences(text):
    return re.sub(r"^\s*```.*?^\s*```\s*$", "", text, flags=re.M | re.S)


def anchors(page):
    text = without_fences(page.read_text("utf-8"))
    return {anchor(h) for h in re.findall(r"^#+ (.*)$", text, re.M)}


def check(page, source):
    """What is wrong with the links of a page, and where they lead."""
    wrong, targets = [], set()
    text = without_fences(page.read_text("utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", link):
            continue
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.is_file():
            wrong.append(f"{page.name}: there is no {link}")
        elif place and place not in anchors(target):
            wrong.append(f"{page.name}: {link}: no such heading")
        elif page.parent.name == "doc" and \
                page.parent not in target.parents and target != page:
            wrong.append(f"{page.name}: {link} is not installed beside it")
        targets.add(target)
    return wrong, targets


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    doc = source / "cmake/doc"
    wrong, reached = [], set()
    for page in [source / name for name in PAGES] + sorted(doc.glob("*.md")):
        found, targets = check(page, source)
        wrong += found
        reached |= targets
    for file in sorted(doc.rglob("*.md")) + sorted(doc.rglob("*.svg")):
        if file not in reached:
            wrong.append(f"{file.name}: no page links to it")
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
