# SPDX-License-Identifier: MIT
"""What snapshots, memory, the start and the gate cost."""
import os
import resource
import statistics
import subprocess


def out_of(command, **env):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True,
                          env={**os.environ, **env}, timeout=500)
    return [int(w) for w in done.stdout.split() if w.isdigit()]


def snapshots(sites, quick):
    print("\nns of a snapshot (target: 1,000 at 10 sites, 120,000 at 1e5)")
    table = {}
    counts = (10, 1000) if quick else (10, 1000, 10000, 100000)
    for blocks in (1000, 10000) if quick else (10**3, 10**4, 10**5, 10**6):
        for n in counts:
            if n > blocks:
                continue
            got = out_of([sites, "snapshot", str(blocks), str(n)])
            table[f"{blocks}x{n}"] = got
            print(f"{blocks:>9} blocks {n:>7} sites {got}")
    return table


def memory(folder, ours, quick):
    print("\nKiB of own memory with 64 MB alive: plain, traced (target +25 %)")
    table = {}
    total = 4000000 if quick else 64000000
    for size in (24, 64, 256, 4000):
        command = [f"{folder}/work", "memory", str(size), str(total // size)]
        plain, traced = out_of(command), out_of(command, LD_PRELOAD=ours)
        table[str(size)] = plain + traced
        print(f"{size:>5}-byte blocks {plain[0]:>7} {traced[0]:>7} "
              f"(+{100 * (traced[0] / plain[0] - 1):.0f} %)")
    return table


def cpu_of_start(folder, times, **env):
    best = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        out_of([f"{folder}/work", "memory", "1", "0"], **env)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best.append(after.ru_utime + after.ru_stime -
                    before.ru_utime - before.ru_stime)
    return 1e3 * statistics.median(best)


def start(folder, ours, quick):
    times = 5 if quick else 100
    plain = cpu_of_start(folder, times)
    empty = cpu_of_start(folder, times, LD_PRELOAD=f"{folder}/libempty.so")
    traced = cpu_of_start(folder, times, LD_PRELOAD=ours)
    kib = [out_of([f"{folder}/work", "memory", "1", "0"], **env)[0]
           for env in ({}, {"LD_PRELOAD": ours})]
    print(f"\nstart: {plain:.2f} ms of CPU plain, {empty:.2f} with an empty "
          f"preload, {traced:.2f} traced (target +0.2); {kib[1] - kib[0]} KiB "
          "of memory more (target 512)")
    return {"plain": plain, "empty": empty, "traced": traced, "KiB": kib}


def gate(sites, quick):
    print("\nthe gate: ns of the end of an iteration, by sites known and "
          "touched; of the last one, with the verdict")
    table = {}
    cases = ((10, 10), (1000, 10), (1000, 1000), (10000, 10), (10000, 10000),
             (100000, 10), (100000, 1000), (100000, 100000))
    for known, touched in cases[:3] if quick else cases:
        got = out_of([sites, "boundary", str(known), str(touched)])
        table[f"{known}x{touched}"] = got
        print(f"{known:>7} sites {touched:>7} touched: boundary {got[1]}, "
              f"last {got[2]}, a pass {got[0]}")
    print("a clean test with the default plan, in passes of the untraced test")
    for n in (10,) if quick else (10, 1000, 10000):
        total, traced, rounds = out_of([sites, "clean", str(n)])
        plain = out_of([sites, "pass", str(n)], CK_LEAK="no")[0]
        table[f"clean {n}"] = [total, traced, rounds, plain]
        print(f"{n:>7} sites: {rounds} iterations, {total / plain:.0f} passes "
              f"({total / plain / rounds:.2f} each; traced {traced / plain:.2f})")
    return table


def measure(build, source, folder, quick):
    sites = f"{folder}/sites"
    library = os.path.join(build, "lib")
    subprocess.run(
        ["gcc", "-O2", "-fomit-frame-pointer", "-D_GNU_SOURCE", "-w",
         f"-I{source}/src", f"{source}/tests/bench/sites.c", "-o", sites,
         f"-L{library}", "-lleakslope", f"-Wl,-rpath,{library}"], check=True)
    ours = os.path.join(library, "libleakslope.so")
    return {"snapshot": snapshots(sites, quick),
            "memory": memory(folder, ours, quick),
            "start": start(folder, ours, quick), "gate": gate(sites, quick)}
