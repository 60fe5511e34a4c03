# SPDX-License-Identifier: MIT
"""The pictures are those that the recorded series give, and the series those
that the page's program gives when it is recorded.

usage: pictures.py SOURCE PREFIX WORK [--update]
"""
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import draw  # noqa: E402
import fences  # noqa: E402
import scratch  # noqa: E402


def record(source, prefix, work, page):
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    reader = scratch.Page(source, prefix, work)
    for fence in fences.of_page(page):
        if fence.directive == "file shapes.c":
            reader.follow(fence)
    reader.shell(f"gcc -g -O0 '-DSHAPES=\"{work}/shapes.c\"' "
                 f"{HERE}/record.c -o record "
                 "$(pkg-config --cflags --libs leakslope)")
    reader.shell("./record")
    return reader.output


def main():
    source, prefix, work = (
        pathlib.Path(path).resolve() for path in sys.argv[1:4])
    page = source / "cmake/doc/verdict.md"
    recorded = record(source, prefix, work, page)
    made = {HERE / "series.txt": recorded}
    for name, text in draw.pictures(recorded, page.read_text("utf-8")).items():
        made[source / "cmake/doc/pictures" / name] = text
    wrong = 0
    for file, text in made.items():
        if "--update" in sys.argv:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            print(f"{file.name} is not what is recorded and drawn now: "
                  "the target docs-pictures makes it anew")
            wrong += 1
    return 1 if wrong else 0


sys.exit(main())
