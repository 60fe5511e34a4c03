# SPDX-License-Identifier: MIT
"""Follows one page as a reader would.

usage: page.py SOURCE PREFIX WORK PAGE
"""
import pathlib
import shutil
import sys

import fences
import scratch


def main():
    source, prefix, work, page = (
        pathlib.Path(path).resolve() for path in sys.argv[1:5])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    reader = scratch.Page(source, prefix, work)
    failed = 0
    for fence in fences.of_page(page):
        if fence.directive is None:
            continue  # in exceptions.txt: test_fences.py
        try:
            reader.follow(fence)
            print(f"{fence.where}: {fence.directive}: ok")
        except scratch.Failed as why:
            failed += 1
            print(f"{fence.where}: {fence.directive}: FAILED: {why}")
    return 1 if failed else 0


sys.exit(main())
