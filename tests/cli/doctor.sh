#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope doctor: what it says of a kind of program, against what the program
# does when it is run.
# usage: doctor.sh KIND
. "$(dirname "$0")/lib.sh"
needs gcc pkg-config

doctor() { # expected exit status, program, lines of the output
  expected=$1
  program=$2
  shift 2
  leakslope "$expected" doctor "$program"
  cp out seen
  tr -s ' ' <seen | sed 's/^ //' >lines
  for line; do expect_in lines "^$line"; done
  [ ! -s out.err ] || fail "$(cat out.err)"
}
gates() { # program
  status_of run.out "$1"
  [ "$status" -eq 1 ] || fail "$1: exit status $status"
  expect_in run.out "$leak"
}
not_armed() { # program, why
  status_of run.out "$1"
  [ "$status" -ne 0 ] || fail "$1 passes"
  expect_in run.out "not armed: $2"
}
# shellcheck disable=SC2016 # it says how to expand it
relink='.*relink it: $(pkg-config --libs leakslope-check)'

case $1 in
  plain)
    build plain check
    doctor 1 ./plain "./plain: is not gated: libcheck is linked statically$relink" \
      'linked dynamically' 'Check in the program' 'leakslope not in it' \
      'malloc .*/libc\.so' 'debug info in the program'
    ;;
  stripped)
    build plain check -s
    doctor 1 ./plain "./plain: is not gated: libcheck is linked statically$relink" \
      'Check in the program' 'debug info none'
    build gated leakslope-check -s
    doctor 0 ./gated './gated: is gated' 'leakslope relinked'
    ;;
  shared)
    shared_check
    gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" -o plain \
      "-Wl,-rpath,$PWD" -L. -l:libcheck.so.0
    ./plain >plain.out || fail "$(cat plain.out)"
    doctor 1 ./plain './plain: can be gated without relinking: leakslope run' \
      'Check a shared library' 'leakslope not in it'
    leakslope 1 run -- ./plain
    expect_in out "$leak"
    build gated leakslope-check "-Wl,-rpath,$PWD" -Wl,--no-as-needed -L. \
      -l:libcheck.so.0
    doctor 0 ./gated 'Check a shared library' 'leakslope relinked'
    gates ./gated
    ;;
  relinked)
    for how in -pie -no-pie -Wl,--as-needed -rdynamic; do
      build gated leakslope-check $how
      doctor 0 ./gated './gated: is gated: run it as it is' \
        'linked dynamically' 'Check in the program' 'leakslope relinked' \
        "tracer .*/libleakslope\.so" "malloc .*/libleakslope\.so"
      gates ./gated
    done
    ln -s gated link
    doctor 0 link
    mkdir folder
    (cd folder && "$command" doctor ../gated) || fail "from another folder"
    ;;
  static)
    for module in check leakslope-check; do
      for how in -static -static-pie; do
        build static "$module" $how -lm 2>static.log || continue
        doctor 1 ./static './static: is not gated: it is linked statically' \
          'linked statically' 'Check in the program'
        # glibc itself stops a static PIE that has an rpath.
        [ "$module$how" != leakslope-check-static ] ||
          not_armed ./static "statically linked"
      done
    done
    echo 'int main(void) { return 0; }' >main.c
    gcc -static main.c -o main 2>main.log || skip "no static libc"
    doctor 1 ./main './main: is not gated: it is not a Check program'
    ;;
  sanitized)
    for cc in gcc clang; do
      for name in address:Address thread:Thread leak:Leak; do
        # shellcheck disable=SC2046 # lists of words
        $cc -g -fsanitize=${name%:*} "$SOURCES/test_store.c" \
          "$SOURCES/store.c" -o sanitized $(
            PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name '*-check.pc')") \
              pkg-config --cflags --libs leakslope-check) 2>log || continue
        if [ "${name%:*}" = thread ]; then
          doctor 1 ./sanitized \
            "./sanitized: is not gated: malloc is ThreadSanitizer's: gate the" \
            'leakslope relinked' "malloc ThreadSanitizer's"
        else
          doctor 0 ./sanitized \
            "./sanitized: .*run it as it is: ${name#*:}Sanitizer tells of its" \
            'leakslope relinked' "malloc ${name#*:}Sanitizer's"
          gates ./sanitized
        fi
        echo "$cc ${name%:*}" >>built
      done
    done
    [ -f built ] || skip "no sanitizers"
    build undefined leakslope-check -fsanitize=undefined
    doctor 0 ./undefined
    gates ./undefined
    ;;
  allocator)
    gcc -shared -fPIC -x c -o none.so - -ljemalloc </dev/null 2>log ||
      skip "no jemalloc"
    build front leakslope-check -Wl,--no-as-needed -ljemalloc
    doctor 1 ./front './front: is not gated as it is: jemalloc is in front' \
      'malloc .*jemalloc' 'allocator jemalloc, in front of libleakslope'
    not_armed ./front "malloc is jemalloc's, in front of libleakslope; .leaks"
    leakslope 1 run -- ./front
    expect_in out "$leak"
    build after leakslope-check
    LD_PRELOAD=$(ldd front | sed -n 's/.*=> \(.*jemalloc[^ ]*\) .*/\1/p') \
      doctor 1 ./after './after: is not gated as it is: jemalloc is in front'
    status_of run.out env LD_PRELOAD="$(ldd front |
      sed -n 's/.*=> \(.*jemalloc[^ ]*\) .*/\1/p')" ./after
    [ "$status" -eq 1 ] || fail "passes with jemalloc in front"
    expect_in run.out "not armed: malloc is jemalloc's"
    # shellcheck disable=SC2046 # lists of words
    gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" $(
      PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name leakslope-check.pc)") \
        pkg-config --libs leakslope-check) \
      -Wl,--no-as-needed -ljemalloc -o behind
    doctor 0 ./behind './behind: is gated' \
      'allocator jemalloc, behind libleakslope'
    gates ./behind
    if build inside leakslope-check -l:libjemalloc_pic.a -lstdc++ -ldl \
      -lpthread -lm 2>log; then
      doctor 1 ./inside "./inside: is not gated: malloc is the program's own" \
        "malloc the program's own: jemalloc"
      not_armed ./inside "malloc is .*link its allocator as a shared library"
    fi
    ;;
  libtool)
    mkdir .libs
    build .libs/check_x leakslope-check
    cat >check_x <<'END'
#!/bin/sh
# check_x - temporary wrapper script for .libs/check_x
exec "${0%/*}/.libs/check_x" "$@"
END
    chmod a+x check_x
    for name in ./check_x check_x "$PWD/check_x"; do
      doctor 0 "$name" "$name: is gated" "program .*\.libs/check_x"
    done
    leakslope 1 run -- ./check_x
    expect_in out "$leak"
    ;;
  debug)
    build gated leakslope-check
    doctor 0 ./gated 'debug info in the program'
    strip --strip-debug gated
    doctor 0 ./gated 'debug info none: no line numbers; build with -g'
    ;;
  damaged)
    # Cut and altered everywhere: any answer, no crash.
    needs python3
    build gated leakslope-check
    strip gated
    python3 "$(dirname "$0")/damaged.py" gated "$command" || fail "see above"
    ;;
  no-program)
    refused './missing: No such file or directory' doctor ./missing
    refused '.*: Is a directory' doctor "$WORK"
    echo text >text
    refused 'text: it is not an ELF file' doctor text
    : >empty
    refused 'empty: it is not an ELF file' doctor empty
    printf '#!/bin/sh\n' >script
    refused 'script: it is a script' doctor script
    refused '/dev/null: it is not an ELF file' doctor /dev/null
    refused '.*libleakslope.so: it is a shared library' \
      doctor "$(find "$PREFIX" -name libleakslope.so)"
    echo 'int main(void) { return 0; }' | gcc -x c -c - -o main.o
    refused 'main.o: it is an object file' doctor main.o
    gcc main.o -o main
    doctor 1 ./main './main: is not gated: it is not a Check program' \
      'Check none'
    printf '\002' | dd of=main bs=1 seek=5 conv=notrunc 2>/dev/null
    refused 'main: it was built for another kind of machine' doctor main
    ;;
  *) fail "what is $1?" ;;
esac
