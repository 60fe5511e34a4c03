# SPDX-License-Identifier: MIT
"""clang-tidy, with .clang-tidy, finds nothing in the sources of the product.

usage: tidy.py SOURCE BUILD [--changed MOST]

All files take minutes.  With --changed only files are checked that differ from
the branch origin/main, or, where that is what is checked out, from the last
commit but one; and no more than MOST of them.  What is left out is said.  Exits
with 77 where nothing can be checked.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import rules


def git(source, *arguments):
    """Lines of what git says, or None where it fails."""
    done = subprocess.run(["git", "-C", str(source), *arguments], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return None if done.returncode else done.stdout.splitlines()


def changed(source):
    """Names of the files that differ; None where git does not know."""
    head = git(source, "rev-parse", "HEAD")
    bases = [git(source, "merge-base", other, "HEAD")
             for other in ("origin/main", "HEAD~1")]
    base = next((b for b in bases if b and b != head), None)
    if not base:
        return None
    return set(git(source, "diff", "--name-only", base[0])
               + git(source, "ls-files", "--others", "--exclude-standard"))


def wanted(source, names):
    """Of the product: files that have changed, then those that include a
    header that has."""
    all_files = rules.files(source, rules.PRODUCT, (".c",))
    first = [f for f in all_files if str(f.relative_to(source)) in names]
    headers = [f'"{name.split("/", 1)[1]}"' for name in names
               if name.endswith(".h") and name.startswith(rules.PRODUCT)]
    then = [f for f in all_files if f not in first
            and any(h in f.read_text("utf-8") for h in headers)]
    return first + then


def database(build, folder):
    """The commands of the build, in a folder of their own: clang takes options
    that only gcc has for an error."""
    commands = (pathlib.Path(build) / "compile_commands.json").read_text("utf-8")
    path = pathlib.Path(folder) / "compile_commands.json"
    path.write_text(re.sub(r"-fno-tree-loop-[\w-]+ ", "", commands), "utf-8")
    return folder


def tidy(job):
    clang_tidy, build, file = job
    done = subprocess.run([clang_tidy, "--quiet", "-p", build, str(file)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    return done.returncode, done.stdout or done.stderr


def check(clang_tidy, build, files):
    failed = 0
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        commands = database(build, folder)
        jobs = [(clang_tidy, commands, f) for f in files]
        for code, said in pool.map(tidy, jobs):
            failed += code != 0
            if code:
                print(said)
    print(f"{len(files)} files, {failed} with something wrong")
    return 1 if failed else 0


def main():
    source, build = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    clang_tidy = shutil.which("clang-tidy")
    if not clang_tidy:
        print("skipped: there is no clang-tidy")
        return 77
    if "--changed" not in sys.argv:
        return check(clang_tidy, build,
                     rules.files(source, rules.PRODUCT, (".c",)))
    names = changed(source)
    if names is None:
        print("skipped: git does not say what has changed; see target lint")
        return 77
    files, most = wanted(source, names), int(sys.argv[4])
    if len(files) > most:
        print(f"{len(files) - most} files that have changed, or include what "
              "has, are left to the target lint")
    if not files:
        print("skipped: no source of the product has changed")
        return 77
    return check(clang_tidy, build, files[:most])


if __name__ == "__main__":
    sys.exit(main())
