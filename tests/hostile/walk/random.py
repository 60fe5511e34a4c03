# SPDX-License-Identifier: MIT
"""Random programs without unwind tables, each of which knows its own call path.

Each function notes its number while it runs.  At an allocation the traceback is
compared with what is noted: from the innermost frame outward it must be the
same, as far as it goes; a walk may end early, but no frame may be made up.
usage: random.py BUILD_DIR SOURCE_DIR FOLDER PROGRAMS [SEED]
"""
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))

HEAD = r"""
#define _GNU_SOURCE
#include <alloca.h>
#include <leakslope.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "symbols.h"
static _Thread_local int noted[256], depth;
static int bad, seen, whole;
#define IN(n) noted[depth++] = n
#define OUT depth--
__attribute__((noinline)) static void look(void) {
  void *volatile block = malloc(24);
  int at = depth, k = 0;
  struct leakslope_traceback *path = leakslope_get_object_traceback(block);
  for (size_t i = 0; path && i < path->nframe; i++) {
    const struct leakslope_frame *f = &path->frames[i];
    char name[16] = "?";
    if (f->module && !strstr(f->module, "random_program")) {
      /* libc's own may stand between qsort and what it calls, and where a
         thread or a coroutine began */
      if (at > 0 && noted[at - 1] != -1) goto wrong;
      continue;
    }
    const char *function = symbol_at(f->offset);
    if (!function) function = "?";
    if (!strcmp(function, "look")) continue;
    if (!strcmp(function, "main")) { whole++; break; }
    if (!strcmp(function, "begin")) { whole++; break; }
    while (at > 0 && noted[at - 1] < 0) at--;
    snprintf(name, sizeof name, "f%d", at > 0 ? noted[at - 1] : -9);
    if (at > 0 && !strcmp(function, name)) { at--; k++; continue; }
  wrong:
    if (bad++ < 3) {
      fprintf(stderr, "frame %zu is %s of %s, wanted %s\n", i,
              function, f->module ? f->module : "?", name);
      for (size_t j = 0; j < path->nframe; j++)
        fprintf(stderr, "  %s+%lx %s\n",
                path->frames[j].module ? path->frames[j].module : "?",
                (long)path->frames[j].offset,
                path->frames[j].module && strstr(path->frames[j].module, "random_program")
                    ? symbol_at(path->frames[j].offset) : "?");
    }
    break;
  }
  seen++;
  leakslope_traceback_free(path);
  free(block);
}
static void *volatile sink;
typedef void function(unsigned);
static function *const all[];
static int compare_by(unsigned n);
static unsigned qsort_seed;
"""

TAIL = r"""
static ucontext_t back, coroutine;
static unsigned start;
__attribute__((noinline)) static void begin(void) { all[start %% %(n)d](start); __asm__ volatile(""); }
static void *in_thread(void *arg) { depth = 0; start = (unsigned)(long)arg; begin(); return arg; }
static void in_coroutine(unsigned seed) {
  size_t size = 256 * 1024;
  char *m = mmap(0, size + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(m + 4096, size, PROT_READ | PROT_WRITE);
  int before = depth;
  depth = 0;
  start = seed;
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = m + 4096;
  coroutine.uc_stack.ss_size = size;
  coroutine.uc_link = &back;
  makecontext(&coroutine, begin, 0);
  swapcontext(&back, &coroutine);
  depth = before;
  munmap(m, size + 8192);
}
int main(void) {
  for (unsigned i = 0; i < 3; i++) {
    all[i %% %(n)d](i * 7919u);
    in_coroutine(i * 104729u);
    pthread_t thread;
    if (i %% 3 == 1 && !pthread_create(&thread, 0, in_thread, (void *)(long)(i * 31u)))
      pthread_join(thread, 0);
  }
  printf("%%d seen %%d whole %%d wrong\n", seen, whole, bad);
  return bad != 0;
}
"""


def body(rng, number, count):
    """A function that uses the stack and the registers in some way."""
    lines = []
    kind = rng.randrange(6)
    if kind == 0:
        lines.append(f"char *room = alloca(16 + seed % {rng.choice([64, 600, 5000])});"
                     " memset(room, 1, 16); sink = room;")
    elif kind == 1:
        lines.append(f"volatile char room[{rng.choice([24, 200, 4100])}]; room[seed % 20] = 1;")
    elif kind == 2:
        lines.append("int vla[1 + seed % 30]; vla[seed % 1] = 1; sink = vla;")
    elif kind == 3:
        lines.append("_Alignas(64) char room[128]; room[seed % 100] = 1; sink = room;")
    elif kind == 4:
        lines.append("unsigned long a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11;")
    lines.append(f"IN({number});")
    lines.append("look();" if rng.random() < 0.5 else "")
    calls = []
    for _ in range(rng.randrange(1, 3)):
        target = rng.randrange(number + 1, count) if number + 1 < count else None
        if target is None:
            calls.append("look();")
        elif rng.random() < 0.3:
            calls.append(f"all[{target}](seed / 3 + {rng.randrange(9)});")
        elif rng.random() < 0.2:
            calls.append(f"if (seed % 3 == 0) {{ noted[depth++] = -1; qsort_seed = seed;"
                         f" int v[2] = {{2, 1}}; qsort(v, 2, sizeof *v, by{target}); depth--; }}")
        else:
            calls.append(f"f{target}(seed / 2 + {rng.randrange(9)});")
    lines += calls
    if kind == 4:
        lines.append("sink = (void *)(a ^ b ^ c ^ d ^ e);")
    lines.append("OUT; __asm__ volatile(\"\");")
    return "\n  ".join(lines)


def program(seed):
    rng = random.Random(seed)
    count = rng.randrange(8, 20)
    text = HEAD.replace("static function *const all[];",
                        f"static function *const all[{count}];")
    for i in range(count):
        text += f"__attribute__((noinline)) void f{i}(unsigned seed);\n"
        text += (f"static int by{i}(const void *a, const void *b);\n")
    for i in range(count):
        # the compare function is a frame of its own: it says so by a number
        text += f"void f{i}(unsigned seed) {{\n  {body(rng, i, count)}\n}}\n"
        text += (f"__attribute__((noinline)) static int by{i}(const void *a, const void *b) {{\n"
                 f"  f{1000 + i}(qsort_seed); return *(int *)a - *(int *)b; }}\n")
    for i in range(count):
        text = text.replace(f"f{1000 + i}(qsort_seed)", f"f{i}(qsort_seed)")
    # names of the compare functions count as their callee's noise
    text = text.replace('!strcmp(function, "look")',
                        '(!strcmp(function, "look") || !strncmp(function, "by", 2))')
    text += f"static function *const all[{count}] = {{" + ", ".join(
        f"f{i}" for i in range(count)) + "};\n"
    return text + TAIL % {"n": count}


def build_and_run(build, source, folder, seed, compiler, level, tables):
    name = f"{folder}/random_program_{seed}_{compiler}_{level}"
    with open(name + ".c", "w", encoding="utf-8") as out:
        out.write(program(seed))
    command = [compiler, "-std=gnu11", "-w", "-fno-builtin", level, name + ".c",
               f"{folder}/symbols.o", "-o", name, f"-I{source}/src", f"-I{HERE}",
               f"-L{build}/lib", "-lleakslope", "-lpthread",
               f"-Wl,-rpath,{build}/lib"]
    if not tables:
        command += ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return None
    # Without a helper process for each traceback: the program has names itself.
    try:
        done = subprocess.run([name], capture_output=True, text=True, timeout=300, check=False,
                              env={**os.environ, "LEAKSLOPE_SYMBOLIZER": "/nowhere"})
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess([name], "none: it hangs",
                                           str(late.stdout), "")
    if done.returncode == 0:
        os.remove(name + ".c")
        os.remove(name)
    return done


def main():
    build, source, folder = sys.argv[1:4]
    programs = int(sys.argv[4])
    first = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    os.makedirs(folder, exist_ok=True)
    subprocess.run([os.environ.get("CC", "cc"), "-O1", "-c", f"{HERE}/symbols.c",
                    "-o", f"{folder}/symbols.o"], check=True)
    levels = ["-O0", "-O1", "-O2", "-O3", "-Os"]
    began, wrong, totals, ran = time.monotonic(), 0, [0, 0, 0], 0

    def job(i):
        how = ["gcc", "clang"][i % 2], levels[i // 2 % len(levels)]
        return (first + i, *how,
                build_and_run(build, source, folder, first + i, *how, i % 10 == 9))

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for seed, compiler, level, done in pool.map(job, range(programs)):
            if done is None:
                continue
            ran += 1
            words = done.stdout.split()
            if done.returncode or len(words) != 6:
                wrong += 1
                print(f"seed {seed}: {compiler} {level}: exit status "
                      f"{done.returncode}\n{done.stdout}{done.stderr}", flush=True)
                continue
            totals = [t + int(words[k]) for t, k in zip(totals, (0, 2, 4))]
            if ran % 500 == 0:
                print(f"{ran} of {programs} programs", flush=True)
    print(f"{ran} programs in {time.monotonic() - began:.0f} s, "
          f"{programs - ran} not compiled, {totals[0]} tracebacks, "
          f"{totals[1]} whole, {wrong} programs wrong")
    return wrong != 0 or ran == 0


if __name__ == "__main__":
    sys.exit(main())
