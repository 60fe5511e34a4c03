# SPDX-License-Identifier: MIT
"""Makes and reads recordings (recording.h)."""
import os
import shutil
import struct
import subprocess
from pathlib import Path

import cases
import judge

PASSES = 8195
RECORDED = (*cases.LOOPED, "families")
FEW = {"kernel": 1300, "objects": 1300, "threads": 1300}  # slow, or limits
HEADER = struct.Struct("<6I")
CHANGE = struct.Struct("<IIqq")
CALL, DESCRIPTORS = 1, 1


class Recording:
    """Live count and bytes of each call site, pass by pass."""

    def __init__(self, path):
        data = Path(path).read_bytes()
        _, self.passes, self.early, nsites, nchanges, _ = HEADER.unpack_from(
            data)
        at = HEADER.size
        sites = list(struct.iter_unpack("<II", data[at:at + 8 * nsites]))
        at += 8 * nsites
        self.changes = {}  # site -> [(pass, count, bytes)]
        self.fds = []
        end = at + CHANGE.size * nchanges
        for site, n, count, size in CHANGE.iter_unpack(data[at:end]):
            level, domain = sites[site]
            if domain == DESCRIPTORS:
                self.fds.append((n, count, size))
            elif level == CALL:
                self.changes.setdefault(site, []).append((n, count, size))

    def series(self, changes, until, which):
        """Values after 0, 1, ... passes; which: 1 count, 2 bytes."""
        values, held, last = [], 0, 0
        for change in changes:
            if change[0] > until:
                break
            values += [held] * (change[0] - last)
            held, last = change[which], change[0]
        return values + [held] * (until + 1 - last)

    def sites(self, until, which=1):
        """The series of every site, descriptors as one."""
        groups = list(self.changes.values())
        if self.fds:
            groups.append(self.fds)
        return [self.series(one, until, which) for one in groups]

    def total(self, until, which):
        """Of all memory."""
        steps = [0] * (until + 1)
        for one in self.changes.values():
            held = 0
            for change in one:
                if change[0] > until:
                    break
                steps[change[0]] += change[which] - held
                held = change[which]
        for i in range(until):
            steps[i + 1] += steps[i]
        return steps

    def descriptors(self, until):
        return self.series(self.fds, until, 1)


def path_of(folder, run):
    return folder / f"{run.program}-{run.seed}" / f"{run.test}.rec"


def record(program, folder, passes, **environment):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([program], check=False, preexec_fn=judge.limit_descriptors,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, LOOP_PASSES=str(passes),
                            RECORD_TO=str(folder), **environment))


def is_newer(folder, program):
    return folder.exists() and \
        folder.stat().st_mtime > program.stat().st_mtime


def make(build, runs, draws, seed):
    """Records what is not there yet; the folder, and seconds."""
    folder = build / f"recordings-{seed}-{draws}"
    begin = os.times().elapsed
    for program, number in sorted({(r.program, r.seed) for r in runs}):
        into = folder / f"{program}-{number}"
        recorder = build / f"recorded_{program}"
        if program not in RECORDED or is_newer(into, recorder):
            continue
        shutil.rmtree(into, ignore_errors=True)
        record(recorder, into,
               FEW.get(program, PASSES), SCENARIO_SEED=str(number),
               FAMILY_SEED=str(seed), FAMILY_DRAWS=str(draws))
        if program == "families" and draws == 1:
            for one in into.iterdir():
                one.rename(into / f"{one.stem}[0].rec")
    return folder, os.times().elapsed - begin


def judge_all(program, folder, runs, *options):
    """The rule of ours on the recordings: verdicts by key."""
    paths = {str(path_of(folder, r)): r.key() for r in runs}
    there = [p for p in paths if Path(p).exists()]
    out = subprocess.run([program, *options], input="\n".join(there) + "\n",
                         text=True, check=True, stdout=subprocess.PIPE).stdout
    verdicts = {}
    for line in out.splitlines():
        path, verdict, n = line.split("\t")
        verdicts[paths[path]] = (verdict, int(n))
    return verdicts
