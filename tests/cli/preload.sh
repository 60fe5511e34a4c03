#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope run on a program whose libcheck is a shared library: it is gated as
# it is, with the Check layer preloaded.
. "$(dirname "$0")/lib.sh"
needs gcc pkg-config
shared_check
with_check="-Wl,-rpath,$WORK -L. -l:libcheck.so.0"
[ -e libcheck.so.0 ] || with_check=$(pkg-config --libs check)
layer=$(find "$PREFIX" -name libleakslope_check_preload.so)
tracer=$(find "$PREFIX" -name libleakslope.so)

# shellcheck disable=SC2086 # a list of words
gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" -o plain $with_check
build gated leakslope-check
status_of plain.out ./plain
[ "$status" -eq 0 ] || fail "$(cat plain.out)"

# What it says is what the relinked program says, but for its name.
for setting in CK_FORK=yes CK_FORK=no CK_VERBOSITY=verbose STORE_MOOD=bad \
  CK_TAP_LOG_FILE_NAME=- CK_LEAK_LIST=yes CK_RUN_CASE=none CK_LEAK_SCOPE=suite \
  CK_RUN_SUITE=Store CK_LEAK=report; do
  status_of expected.out env CK_LEAK_ITERATIONS=200 "$setting" ./gated
  expected=$status
  status_of out env CK_LEAK_ITERATIONS=200 "$setting" "$command" run -- ./plain
  [ "$status" -eq "$expected" ] || fail "$setting: exit status $status"
  for file in out out.err; do
    sed 's|leakslope run -- \./plain|./gated|' $file |
      diff "expected.$file" - || fail "$setting: $file differs"
  done
done
leakslope 1 run --junit reports/ -- ./plain
expect_in reports/TEST-plain.xml 'type="leak"'
[ "$(grep -c '<testcase' reports/TEST-plain.xml)" -eq 3 ] || fail "three tests"
expect_in out "repeat: .* leakslope run -- ./plain"
for fork in yes no; do
  CK_FORK=$fork leakslope 0 run --leak no -- ./plain
  cmp out plain.out || fail "CK_LEAK=no differs"
done

# Its processes: those on the way to it, and those that it starts.
cat >starts.c <<'END'
#include <check.h>
#include <stdlib.h>
START_TEST(test_starts) {
  ck_assert_int_eq(system("echo \"child: [$LD_PRELOAD]\""), 0);
}
END_TEST
int main(void) {
  Suite *suite = suite_create("Starts");
  TCase *core = tcase_create("Core");
  tcase_add_test(core, test_starts);
  suite_add_tcase(suite, core);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
END
# shellcheck disable=SC2086 # a list of words
gcc -g starts.c -o starts $with_check
for fork in yes no; do
  CK_FORK=$fork leakslope 0 run --iterations 10 -- ./starts
  expect_in out '^child: \[\]$'
  expect_in out.err '1 test: 1 judged'
done
gcc -shared -fPIC -x c -o libmore.so - </dev/null
LD_PRELOAD=$WORK/libmore.so leakslope 0 run --iterations 10 -- ./starts
expect_in out "^child: \[$WORK/libmore.so\]\$"
# By the file's own name, which has the version behind.
LD_PRELOAD="$(readlink -f "$tracer"):$layer" CK_LEAK_ITERATIONS=10 \
  ./starts >out 2>out.err || fail "$(cat out out.err)"
expect_in out '^child: \[\]$'
expect_in out.err '1 test: 1 judged'
# All is bound at once, and there is no Check in a shell.
# shellcheck disable=SC2016 # the inner shell's
LD_BIND_NOW=1 LD_PRELOAD="$tracer:$layer" sh -c 'echo "[$LD_PRELOAD]"' >out 2>&1
[ "$(cat out)" = "[$tracer:$layer]" ] || fail "a shell: $(cat out)"
mkdir .libs
cp plain .libs/check_x
cat >check_x <<'END'
#!/bin/sh
# check_x - temporary wrapper script for .libs/check_x
exec "${0%/*}/.libs/check_x" "$@"
END
chmod a+x check_x
leakslope 1 run -- ./check_x
expect_in out "$leak"

# Relinked, and the layer preloaded by hand: gated once.
build twice leakslope-check -Wl,--no-as-needed -L. "-Wl,-rpath,$WORK" \
  -l:libcheck.so.0 2>log || cp gated twice
for fork in yes no; do
  status_of out env CK_FORK=$fork LD_PRELOAD="$layer" ./twice
  [ "$status" -eq 1 ] || fail "exit status $status"
  expect_in out '^66%: Checks: 3, Failures: 1'
  [ "$(sed 's/; what is clean.*//' out.err)" = "leakslope: 3 tests: 3 judged, 1 leak" ] ||
    fail "$(cat out.err)"
  [ "$(grep -c ": leak: " out)" -eq 1 ] || fail "$(cat out)"
done

# The suite, and Check itself, in a library.
cat >main.c <<'END'
int suites_run(void);
int main(void) { return suites_run(); }
END
sed 's/int main(void)/int suites_run(void)/' "$SOURCES/test_store.c" >suites.c
# shellcheck disable=SC2086 # a list of words
gcc -g -shared -fPIC -I"$SOURCES" suites.c "$SOURCES/store.c" \
  -o libsuites.so $with_check
gcc main.c -o main -L. -lsuites "-Wl,-rpath,$WORK" "-Wl,-rpath-link,$WORK"
leakslope 1 doctor ./main
expect_in out 'can be gated without relinking: leakslope run'
leakslope 1 run -- ./main
expect_in out "$leak"

# A suite in a library, Check in the program: relinking does not reach it.
cat >runs.c <<'END'
#include <check.h>
Suite *store_suite(void);
int main(void) {
  SRunner *runner = srunner_create(store_suite());
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
END
sed '/SRunner \*runner/,/^}/d; s/int main(void)/Suite *store_suite(void)/' \
  "$SOURCES/test_store.c" >suite.c
echo '  return suite; }' >>suite.c
sed -i '1i Suite *store_suite(void);' suite.c
sed -i '1i #include <check.h>' suite.c
gcc -g -shared -fPIC -I"$SOURCES" suite.c "$SOURCES/store.c" -o libsuite.so
flags() { # module
  PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name leakslope-check.pc)") \
    pkg-config --libs "$1"
}
# shellcheck disable=SC2046 # lists of words
if gcc -fuse-ld=lld runs.c -o runs -L. -lsuite "-Wl,-rpath,$WORK" \
  $(flags leakslope-check) 2>log; then
  leakslope 1 doctor ./runs
  expect_in out 'is not wholly gated: .*libsuite\.so registers.*leakslope shim'
  leakslope 0 run -- ./runs
  expect_in out.err 'the gate sees 0 of 3 tests: .*leakslope shim'
fi
# Other linkers say so themselves.
# shellcheck disable=SC2046 # lists of words
if ! gcc -fuse-ld=bfd runs.c -o runs -L. -lsuite "-Wl,-rpath,$WORK" \
  $(flags leakslope-check) 2>log; then
  expect_in log "__wrap_tcase_create.* is referenced by DSO"
  expect_in "$TROUBLESHOOTING" "__wrap_tcase_create. is referenced by DSO"
fi
if [ -e libcheck.so.0 ]; then
  # shellcheck disable=SC2046,SC2086 # lists of words
  if gcc -fuse-ld=lld runs.c -o runs -L. -lsuite \
    $(flags leakslope-check | sed 's/-lcheck[^ ]*//') $with_check 2>log; then
    leakslope 1 doctor ./runs
    expect_in out 'is not wholly gated: .*since libcheck is shared'
  fi
  # shellcheck disable=SC2046,SC2086 # lists of words
  gcc runs.c -o runs -L. -lsuite "-Wl,-rpath,$WORK" $with_check
  leakslope 1 run -- ./runs
  expect_in out "$leak"
  expect_in out.err '^leakslope: 3 tests: 3 judged, 1 leak'
fi

# Where that cannot be: the reason.
if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1; then
  cp plain private
  chown nobody private
  chmod u+s private
  refused './private is not run.*it is setuid.*preloaded; relink it' \
    run -- ./private
  leakslope 1 doctor ./private
  expect_in out 'is not gated: it is setuid'
fi
mkdir -p half/bin half/lib
cp "$command" half/bin
cp "$tracer" half/lib
command=$WORK/half/bin/leakslope
refused 'there is no .*libleakslope_check_preload.so to preload' run -- ./plain
command=$PREFIX/bin/leakslope

# In front of an allocator that is linked or preloaded.
if gcc -shared -fPIC -x c -o none.so - -ljemalloc </dev/null 2>log; then
  # shellcheck disable=SC2086 # a list of words
  gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" -o other \
    -Wl,--no-as-needed -ljemalloc $with_check
  leakslope 1 run -- ./other
  expect_in out "test_add:0: $leak"
  jemalloc=$(ldd other | sed -n 's/.*=> \(.*jemalloc[^ ]*\) .*/\1/p')
  LD_PRELOAD=$jemalloc leakslope 1 run -- ./plain
  expect_in out "test_add:0: $leak"
  status_of out env LD_PRELOAD="$jemalloc:$tracer:$layer" ./plain
  [ "$status" -eq 1 ] || fail "passes, unseen"
  expect_in out "not armed: malloc is jemalloc's, in front of libleakslope"
fi
