#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope_discover_tests(): each test case a CTest test, whatever its name.
# usage: discover.sh GENERATOR TOOL
. "$(dirname "$0")/lib.sh"
generator=$1
type=-DCMAKE_BUILD_TYPE=Debug
case $generator in *Multi*) type= ;; esac
needs "$2" pkg-config gcc
ctest=${CMAKE%cmake}ctest
cp -R "$here/discover" project

configure() { # folder, cache entries
  folder=$1
  shift
  "$CMAKE" -G "$generator" -S project -B "$folder" \
    -DCMAKE_PREFIX_PATH="$PREFIX" ${type:+"$type"} \
    --warn-uninitialized -Werror=dev "$@" >"$folder.log" 2>&1
}
build() { # target
  # What is set around a build chooses nothing.
  status_of build.log env CK_RUN_CASE=Core CK_LEAK=no \
    "$CMAKE" --build "a build" --config Debug --target "$1"
}
configure "a build" || fail "$(cat "a build.log")"
! grep -A5 'CMake Warning' "a build.log" || fail "CMake warns"
cd "a build"
status_of list.out "$ctest" -C Debug -N
expect_in list.out 'check_names_NOT_BUILT'
cd ..
build all
[ "$status" -eq 0 ] || fail "$(cat build.log build.log.err)"

# All of them, and no other.
program=$(find "$PWD/a build" -name check_names -type f)
cd "a build"
status_of list.out "$ctest" -C Debug -N -L '^mine$'
sed -n 's/^ *Test *#[0-9]*: //p' list.out >found
cat >expected <<'END'
check_names.One.Core
check_names.Two.Core
check_names.two words.x y  z
check_names.semi;colon.a;b
check_names."quoted".it's
check_names.$HOME ${x} $(id).`id`
check_names.back\slash.end\
check_names.[open.close]
check_names.]=].a]=
check_names.a.b/c
check_names.a/b.c
check_names.#hash.%s @x@
check_names.<&>.*?~!
check_names.café.-E
check_names.=.A=B
END
diff expected found || fail "expected (<) and found (>) differ"
n=$(wc -l <found)

# Together they are what the program is; at the same time, too.
status_of run.out "$ctest" -C Debug -j4 -V -L '^mine$'
[ "$status" -ne 0 ] || fail "the leaks pass"
expect_in run.out "2 tests failed out of $n"
for name in 'check_names.Two.Core' 'check_names.a.b/c'; do
  grep -F -A9 'tests FAILED' run.out | grep -qF -- "- $name (Failed)" ||
    fail "$name does not fail"
done
expect_in run.out '50 of 50 iterations'
tests() {
  sed -n 's/.*<testcase classname="\([^"]*\)" name="\([^"]*\)".*/\1 \2/p' "$@"
}
tests reports/*.xml | sort >parts
[ "$(find reports -name '*.xml' | wc -l)" -eq "$n" ] || fail "$(ls reports)"
CK_JUNIT_LOG_FILE_NAME=whole.xml CK_LEAK_ITERATIONS=50 "$program" 'an argument' \
  >whole.out 2>&1 && fail "the program passes"
tests whole.xml | sort >whole
[ "$(wc -l <whole)" -eq "$((n * 3 + 2))" ] || fail "$(cat whole)"
diff whole parts || fail "the program (<) and its parts (>) differ"
"$ctest" -C Debug -R '^again ' -j2 >again.out || fail "$(cat again.out)"
expect_in again.out "100% tests passed, 0 tests failed out of $n"
grep -q 'TIMEOUT 77\|TIMEOUT.*77' ./*.leakslope1.tests*.cmake ||
  fail "properties are lost"

# As the program is, after each build.
cd ..
sed -i 's/{"Two", "Core"}/{"Two", "Heart"}/' project/check_names.c
build all
cd "a build"
"$ctest" -C Debug -N -R 'Two' >list.out
expect_in list.out 'check_names.Two.Heart'
! grep 'Two.Core' list.out || fail "a test that is gone"
cd ..

# What cannot be asked is an error of the build, with what was said.
build check_crash
[ "$status" -ne 0 ] || fail "a crash is no error"
cat build.log build.log.err >said
expect_in said 'does not list'
expect_in said 'there is no server'
for how in none fixed; do
  build check_$how
  [ "$status" -ne 0 ] || fail "$how is no error"
  cat build.log build.log.err | tr -s ' \n' ' ' >said
  expect_in said 'lists no tests that CK_RUN_SUITE and CK_RUN_CASE choose'
done
mistake() { # arguments, message
  ! configure wrong -DMISTAKE="$1" || fail "no error: $1"
  tr -s ' \n' ' ' <wrong.log >wrong.line
  expect_in wrong.line "leakslope_[a-z_]*: $2"
}
mistake "missing" "missing is not a target"
mistake "check_names ROUNDS 5" "what is 'ROUNDS;5'"
mistake "check_names JUNIT" "what is 'JUNIT'"
