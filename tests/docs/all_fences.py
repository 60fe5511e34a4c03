# SPDX-License-Identifier: MIT
"""Each snippet of the pages is tested, or is an exception with its reason.

usage: all_fences.py SOURCE
"""
import pathlib
import sys

import fences
import scratch


def main():
    source = pathlib.Path(sys.argv[1])
    excepted, used, wrong = fences.exceptions(), set(), []
    for page in fences.all_pages(source):
        for fence in fences.of_page(page):
            key = (page.name, fence.first_line)
            if fence.directive and "skip" in fence.options:
                key = (page.name, fence.options["skip"])
                used.add(key)
                if key not in excepted:
                    wrong.append(f"{fence.where}: '{key[1]}' is left out: say "
                                 "why in exceptions.txt")
            if fence.directive is None:
                if key not in excepted or key in used:
                    wrong.append(f"{fence.where}: '{fence.first_line}' is not "
                                 "tested: say how in a comment before it, or "
                                 "why not in exceptions.txt")
                used.add(key)
            elif fence.verb not in scratch.Page.VERBS:
                wrong.append(f"{fence.where}: what is '{fence.verb}'?")
    wrong += [f"exceptions.txt: {page}: no untested snippet begins with "
              f"'{line}'" for page, line in excepted if (page, line) not in used]
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
