# SPDX-License-Identifier: MIT
"""Runs the commands of a transcript again: what they write is what stands
there.  Lines that begin with "$ " are commands, with "## " words on them, the
rest is output; an exit status that is not 0 stands behind it.
usage: transcript.py TRANSCRIPT SERVICE_C [--update]
with PREFIX, SOURCES and WORK in the environment, as for the other drivers."""
import difflib
import glob
import os
import re
import shutil
import subprocess
import sys

PREFIX, WORK = os.environ["PREFIX"], os.environ["WORK"]


def environment(folder):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("CK_", "LEAKSLOPE", "LD_", "GITHUB_"))}
    found = glob.glob(os.path.join(PREFIX, "**", "leakslope-check.pc"),
                      recursive=True)
    env.update(PATH=f"{PREFIX}/bin:{env['PATH']}", LC_ALL="C", HOME=folder,
               PKG_CONFIG_PATH=os.path.dirname(found[0]))
    return env


def plain(text, folder):
    """Without what is another's on each machine and in each run."""
    text = text.replace(folder, "~").replace(PREFIX, "/usr/local")
    text = re.sub(r"leakslope\.\d+\.(\d)\.snap", r"leakslope.PID.\1.snap", text)
    # libc is there with debug information or without.
    text = re.sub(r"1 block per \d+ iterations", "1 block per N iterations",
                  text)
    text = re.sub(r" *#\d+ \S*(libc_start|libc-start|libc\.so)\S*.*\n", "", text)
    text = re.sub(r" *#\d+ .* in _start\n", "", text)
    text = re.sub(r"\S*/libc\.so\.6", "libc.so.6", text)
    return re.sub(r'("(?:pid|time|offset)": )[0-9.]+', r"\1N", text)


def run(command, folder, env):
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=300)
    out = done.stdout.decode("utf-8", "replace")
    if out and not out.endswith("\n"):
        out += "\n"
    if done.returncode:
        out += f"[exit status {done.returncode}]\n"
    return plain(out, folder)


def main():
    transcript, service = sys.argv[1:3]
    folder = os.path.realpath(os.path.join(WORK, "project"))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.environ["SOURCES"], folder)
    shutil.copy(service, folder)
    env = environment(folder)
    with open(transcript, encoding="utf-8") as file:
        expected = file.read()
    got = ""
    for line in expected.splitlines():
        if line.startswith("## "):
            got += line + "\n"
        elif line.startswith("$ "):
            got += line + "\n" + run(line[2:], folder, env)
    if "--update" in sys.argv:
        with open(transcript, "w", encoding="utf-8") as file:
            file.write(got)
        return 0
    diff = list(difflib.unified_diff(expected.splitlines(), got.splitlines(),
                                     transcript, "now", lineterm=""))
    print("\n".join(diff) if diff else got)
    return bool(diff) or expected.count("\n$ ") < 1


sys.exit(main())
