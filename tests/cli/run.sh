#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope run: options, exit statuses, what is preloaded, what is refused.
. "$(dirname "$0")/lib.sh"
needs gcc pkg-config
build gated leakslope-check
build plain check

# Each option arrives, and the program's exit status comes back.
leakslope 1 run --iterations 50 --warmup=2 -- ./gated
expect_in out "$leak"
expect_in out '50 of 50 iterations after 2 warm-ups'
leakslope 1 run --junit reports/ ./gated
[ -f reports/TEST-gated.xml ] || fail "no JUnit file"
leakslope 0 run --leak report -- ./gated
expect_in out.err "$leak"
CK_LEAK_ITERATIONS=70 leakslope 1 run -- ./gated
expect_in out '70 of 70 iterations'
CK_LEAK_ITERATIONS=70 leakslope 1 run --iterations 50 -- ./gated
expect_in out '50 of 50 iterations'
cat >show.c <<'END'
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
extern char **environ;
int main(int argc, char **argv) {
  for (int i = 0; i < argc; i++) printf("[%s]\n", argv[i]);
  for (char **e = environ; *e; e++) puts(*e);
  SRunner *runner = argc > 9 ? srunner_create(suite_create("x")) : NULL;
  if (runner) srunner_run_all(runner, CK_ENV);
  if (argc > 1 && argv[1][0] == 'k') raise(SIGTERM);
  return argc > 1 ? atoi(argv[1]) : 0;
}
END
PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name leakslope-check.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # lists of words
gcc show.c $(pkg-config --cflags --libs leakslope-check) -o show
unset PKG_CONFIG_PATH
leakslope 37 run -- ./show 37 'a b' '' --strict
printf '[%s]\n' ./show 37 'a b' '' --strict >expected
grep '^\[' out | diff expected - || fail "other arguments"
leakslope 143 run -- ./show k
! grep LD_PRELOAD out || fail "preloads without need"
"$command" --options >options
while IFS='	' read -r name flag fallback _; do
  [ "$fallback" != none ] || fallback=somewhere
  [ "$name" != CK_LEAK_JUDGED ] || fallback=90%
  leakslope 0 run "$flag" "$fallback" -- ./show
  expect_in out "^$name=$fallback\$"
done <options

# As the program checks them, and before it is started.
refused "CK_LEAK_ITERATIONS='7' is not valid" run --iterations 7 -- ./show
refused "CK_LEAK_WARMUP='two' is not valid" run --warmup=two -- ./show
refused '--strict needs a value' run --strict -- ./show
refused '--strict= needs a value' run --strict= -- ./show
CK_LEAK_FOO=1 refused 'CK_LEAK_FOO is not an option' run -- ./show
CK_LEAK_STRICT=1 refused "CK_LEAK_STRICT='1' is not valid" run -- ./show

# Found as a shell does.
PATH=$WORK:$PATH leakslope 1 run -- gated
refused 'gated is not found in PATH' run -- gated
refused './missing: No such file' run -- ./missing
cp gated closed
chmod a-x closed
refused './closed cannot be started: Permission denied' run -- ./closed

# The library was moved: it is taken from beside the command.
readelf -d gated | grep -q 'R.*PATH' || skip "installed among the system's"
cp -R "$PREFIX" second
# shellcheck disable=SC2046 # lists of words
PKG_CONFIG_PATH=$(dirname "$(find second -name leakslope-check.pc)") \
  gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" $(
    PKG_CONFIG_PATH=$(dirname "$(find "$WORK/second" -name leakslope-check.pc)") \
      pkg-config --cflags --libs leakslope-check) -o orphan
rm -r second
! ./orphan >/dev/null 2>&1 || fail "it runs without"
leakslope 1 run -- ./orphan
expect_in out "$leak"
leakslope 0 run --leak report -- ./show
status_of out "$command" run -- env true
[ "$status" -eq 2 ] || fail "env is no Check program"
mkdir alone
cp "$command" alone
command=$WORK/alone/leakslope
[ -e "$(pkg-config --variable=libdir leakslope 2>/dev/null)" ] ||
  refused 'there is no .*libleakslope.so to preload' run -- ./orphan
command=$PREFIX/bin/leakslope

# An allocator in front is put behind.
cat >other.c <<'END'
#include <stddef.h>
void *__libc_malloc(size_t);
void *malloc(size_t n) { return __libc_malloc(n); }
END
gcc -shared -fPIC -fno-builtin other.c -o libother.so
build front leakslope-check -Wl,--no-as-needed -L. -lother "-Wl,-rpath,$PWD"
status_of out ./front
expect_in out "not armed: malloc is libother\.so's, in front of libleakslope; .leakslope run. puts"
leakslope 1 run -- ./front
expect_in out "test_add:0: $leak"
expect_in out '^66%: Checks: 3, Failures: 1'
gcc -shared -fPIC -x c -o libmore.so - </dev/null
LD_PRELOAD=$WORK/libmore.so:$WORK/libother.so leakslope 0 run -- ./show
expect_in out "^LD_PRELOAD=.*/libleakslope.so:$WORK/libmore.so:$WORK/libother.so"
LD_PRELOAD=$WORK/libother.so leakslope 1 run -- ./gated
expect_in out "test_add:0: $leak"

# What cannot be gated is not run, unless nothing is to be gated.
# shellcheck disable=SC2016 # it says how to expand it
refused './plain is not run.*statically, without leakslope; relink it: \$(pkg' \
  run -- ./plain
leakslope 0 run --leak no -- ./plain
expect_in out '^100%: Checks: 3'
CK_LEAK=no leakslope 0 run -- ./plain
refused '.*/true is not run.*not a Check program' run -- true
printf '#!/bin/sh\n./gated\n' >script
chmod a+x script
refused './script is not run.*a script: name the program' run -- ./script
# shellcheck disable=SC2046 # a list of words
if gcc -static "$SOURCES/test_store.c" "$SOURCES/store.c" -o static \
  $(pkg-config --cflags --libs --static check) 2>static.log; then
  refused './static is not run.*linked statically' run -- ./static
fi
if build asan leakslope-check -fsanitize=address 2>asan.log; then
  leakslope 1 run -- ./asan
  expect_in out ':F:.*: leak: '
fi
