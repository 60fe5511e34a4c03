# SPDX-License-Identifier: MIT
"""Does with the fences of one page what a reader would, in a folder of its
own."""
import contextlib
import difflib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

import ci
import fences

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 300


class Failed(Exception):
    pass


def environment(prefix):
    """A user's, who has installed leakslope in `prefix`."""
    keep = ("HOME", "PATH", "TMPDIR", "PYENV_VERSION", "PYENV_ROOT",
            "CONFIG_SITE")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    config = next(prefix.glob("lib*/**/leakslope-check.pc")).parent
    env.update(LC_ALL="C", PATH=f"{prefix}/bin:{env['PATH']}",
               PKG_CONFIG_PATH=str(config), CMAKE_PREFIX_PATH=str(prefix),
               ACLOCAL_PATH=f"{prefix}/share/aclocal", TERM="dumb",
               MANPATH=f"{prefix}/share/man")
    return env


def evidence(text):
    """How much a clean test rules out hangs on the machine's speed."""
    return re.sub(r"1 block per \d+ iterations", "1 block per N iterations",
                  text)


def normal(text, words, folder):
    """What is different in each run: folders, process ids, addresses; with
    `numbers` all that is a number."""
    text = text.replace(f"cd {folder}/", "cd /home/me/")
    text = text.replace(f"cd {folder} ", "cd /home/me ")
    text = text.replace(f"{folder}/", "")
    text = re.sub(r"==\d+==", "==PID==", text)
    text = re.sub(r"0x[0-9a-f]+", "0xN", text)
    text = evidence(text)
    if "numbers" in words:
        text = re.sub(r" *[+-]?\d[\d.,]*", " N", text)
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def put_in(file, snippet):
    """In the place of its one line that says SNIPPET, in C in a comment."""
    frame = file.read_text(encoding="utf-8")
    parts = re.split(r"^ *(?:/\* )?SNIPPET(?: \*/)?\n", frame, flags=re.M)
    if len(parts) != 2:
        raise Failed(f"{file.name} has not one SNIPPET line")
    return parts[0] + snippet + parts[1]


def expect_trend(trend, real):
    """Of the last numbers of the lines behind the first: whether they climb."""
    last = [float(re.findall(r"\d[\d.]*", line)[-1])
            for line in real.strip().split("\n")[1:]]
    climbs = last[-1] > 1.5 * last[0]
    if climbs != (trend == "up"):
        raise Failed(f"not {trend}: {last}")


def expect_same(fence, real, folder):
    """The output is as it is shown; with `part` it is somewhere in it."""
    shown = normal(fence.text, fence.words, folder)
    seen = normal(real, fence.words, folder)
    if "part" in fence.words:
        width = len(shown)
        if any(seen[i:i + width] == shown
               for i in range(len(seen) - width + 1)):
            return
    elif shown == seen:
        return
    diff = "\n".join(difflib.unified_diff(shown, seen, "shown", "seen",
                                          lineterm=""))
    raise Failed(f"the output is not what the page shows:\n{diff}")


class Page:
    def __init__(self, source, prefix, folder):
        self.source, self.folder = source, folder
        self.env = environment(prefix)
        self.output = None
        self.skipped = False

    def fresh(self, name, project=None):
        """A folder beside those of the page, with a project in it: one of ours
        or the consumers', around their sources; or the tutorial's files."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if project == "tutorial":
            for fence in fences.of_page(self.source / "cmake/doc/tutorial.md"):
                if fence.directive and fence.verb == "file":
                    (folder / fence.words[0]).write_text(fence.text, "utf-8")
        elif project:
            ours = HERE / "projects" / project
            theirs = self.source / "tests/consumer" / project
            shutil.copytree(ours if ours.exists() else theirs, folder,
                            dirs_exist_ok=True)
            for file in (self.source / "tests/consumer/project").iterdir():
                shutil.copy(file, folder)
        return folder

    def shell(self, script, folder=None, status="0"):
        """Runs it as typed; what it leaves running is ended."""
        folder = folder or self.folder
        env = {**self.env, "PATH": f"{folder}:{self.env['PATH']}"}
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            shell = subprocess.Popen(
                ["bash", "-e", "-c", script], env=env,
                cwd=folder, stdin=subprocess.DEVNULL, stdout=said,
                stderr=subprocess.STDOUT, start_new_session=True)
            try:
                code = shell.wait(SECONDS)
            except subprocess.TimeoutExpired:
                code = "none in time"
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            said.seek(0)
            self.output = said.read()
        fails = "fails" if code in (1, 2) else None
        if status not in (str(code), fails):
            raise Failed(f"exit status {code}, not {status}:\n{self.output}")

    # ---- what a fence may ask for ------------------------------------------

    def file(self, fence):
        """Is the file of that name, in the folder or that of a project."""
        (self.folder / fence.words[0]).write_text(fence.text, encoding="utf-8")

    def has(self, fence):
        """Whether the tools that a fence needs are installed."""
        need = fence.options.get("needs", "")
        missing = [t for t in need.split(",") if t and not shutil.which(t)]
        self.skipped = bool(missing)
        if missing:
            print(f"{fence.where}: skipped, {missing[0]} is not installed")
        return not missing

    def run(self, fence):
        """Commands, typed in the page's folder or in that of a project."""
        if not self.has(fence):
            return
        folder = None
        if "project" in fence.options:
            folder = self.fresh("run", fence.options["project"])
            if (folder / "build.sh").exists():
                self.shell(". ./build.sh", folder)
        self.shell(fence.text, folder, fence.options.get("status", "0"))

    def output_of_run(self, fence):
        """What the commands before it print."""
        if self.output is None:
            raise Failed("no commands before it")
        if self.skipped:
            return
        expect_same(fence, self.output, self.folder)
        if "trend" in fence.options:
            expect_trend(fence.options["trend"], self.output)

    def program(self, fence):
        """A C program; `status` is what it exits with."""
        gated = "check_leak.h" in fence.text
        module = "check leakslope-check" if gated else "leakslope"
        folder = self.fresh("program")
        (folder / "example.c").write_text(fence.text, encoding="utf-8")
        self.shell("gcc -g -O0 -Wall -Wextra example.c -o example "
                   f"$(pkg-config --cflags --libs {module})", folder)
        self.shell(f"./example {fence.options.get('args', '')}", folder,
                   fence.options.get("status", "0"))

    def scaffold(self, fence):
        """C in the place of SNIPPET in scaffolds/NAME.c."""
        frame = HERE / "scaffolds" / f"{fence.words[0]}.c"
        fence.text = put_in(frame, fence.text)
        self.program(fence)

    def project(self, fence):
        """In the place of SNIPPET in a file of projects/NAME, whose build.sh
        is then run."""
        folder = self.fresh("project", fence.words[0])
        file = folder / fence.options["file"]
        file.write_text(put_in(file, fence.text), encoding="utf-8")
        self.shell(". ./build.sh", folder)

    def ci(self, fence):
        """A CI service's file; the leak in the project fails its job, and what
        the job keeps is there."""
        if ci.yaml is None and fence.verb != "jenkins":
            print(f"{fence.where}: skipped, there is no YAML parser")
            return
        folder = self.fresh("ci", fence.options["project"])
        try:
            env, scripts, kept = ci.READERS[fence.verb](
                fence.text, folder, fence.options.get("skip"))
        except (ci.Wrong, KeyError, ValueError, TypeError) as why:
            raise Failed(f"{type(why).__name__}: {why}") from why
        user = self.env
        self.env = {**user, **env}
        try:
            for script in scripts:
                self.shell(script["commands"], folder,
                           "fails" if script["must_fail"] else "0")
        finally:
            self.env = user
        for pattern in kept:
            if not any(file.stat().st_size for file in folder.glob(pattern)):
                raise Failed(f"there is no {pattern}")

    def demo(self, fence):
        """Lines of what the demo says, in their order."""
        if not self.has(fence):
            return
        folder, demo = self.fresh("demo"), self.source / "tests/demo"
        build = (f"gcc -g -O0 -ffile-prefix-map={self.source}/= "
                 f"{demo}/test_cache.c {demo}/cache.c "
                 "$(pkg-config --cflags check) $(pkg-config --libs ")
        self.shell(f"{build}check) -o demo_plain\n"
                   f"{build}leakslope-check) -o demo_gated\n"
                   f"sh {demo}/run.sh ./demo_plain ./demo_gated reports",
                   folder)
        said = iter(evidence(self.output).replace(f"cd {folder} ", "cd /home/me/demo ")
                    .split("\n"))
        for line in evidence(fence.text).split("\n"):
            if line and line not in said:
                raise Failed(f"'{line}' is not said there:\n{self.output}")

    def in_file(self, fence):
        """Each command or line of it is a line of that file: one that the page
        made, or one of ours."""
        name = fence.words[0]
        own = self.folder / name
        file = own if own.exists() else self.source / name
        lines = {line.strip() for line in file.read_text("utf-8").split("\n")}
        for command in re.split(r"\n|&& (?=cmake)", fence.text):
            if command.strip() and command.strip() not in lines:
                raise Failed(f"'{command.strip()}' is not in {name}")

    VERBS = {"file": file, "run": run, "output": output_of_run,
             "program": program, "scaffold": scaffold, "project": project,
             "in": in_file, "demo": demo, "github": ci, "gitlab": ci,
             "jenkins": ci}

    def follow(self, fence):
        if fence.verb not in self.VERBS:
            raise Failed(f"what is '{fence.verb}'?")
        self.VERBS[fence.verb](self, fence)
