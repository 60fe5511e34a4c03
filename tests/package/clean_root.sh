#!/bin/sh
# SPDX-License-Identifier: MIT
# The package in a Debian that has nothing else: it installs, the README's
# example says there what the README says, and it goes without a trace.
# usage: clean_root.sh SOURCE_DIR FOLDER
# As root; DEBIAN_MIRROR and DEBIAN_SUITE say which Debian, and PACKAGE which
# file, if it is not to be built.
self=$(readlink -f "$0")
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "debootstrap and chroot need root"
needs cmake cpack gcc dpkg-shlibdeps debootstrap chroot unshare
[ "${ALONE:-}" ] || {
  # What is mounted goes with the namespace, however this ends.
  status=0
  ALONE=yes unshare --mount sh "$self" "$sources" "$work" || status=$?
  rm -rf "$work/root"
  [ $status -ne 0 ] || rm -rf "$work"
  exit $status
}
. /etc/os-release
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
suite=${DEBIAN_SUITE:-$VERSION_CODENAME}
root=$work/root

say "The package"
deb=${PACKAGE:-}
[ -n "$deb" ] || {
  build_package "$sources" "$work/build"
  deb=$(echo "$work"/build/leakslope_*.deb)
}
echo "$deb"
if command -v lintian >/dev/null 2>&1; then
  lintian "$deb" 2>&1 | tee lintian.out
  ! grep -q '^E:' lintian.out || fail "lintian has errors"
else
  echo "lintian is not installed: not asked"
fi

say "A clean root: $suite of $mirror"
logged debootstrap.log debootstrap --variant=minbase "$suite" "$root" "$mirror"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"

inside() { # command
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
install() { # packages
  logged apt.log inside apt-get install -y --no-install-recommends "$@"
}

find "$root/usr" "$root/etc" | sort >before
cp "$deb" "$root/tmp/leakslope.deb"
logged apt.log inside apt-get update
install /tmp/leakslope.deb
inside leakslope --version
version=$(dpkg-deb -f "$deb" Version)
[ "$(inside leakslope --version)" = "leakslope ${version%-*}" ] ||
  fail "its version is not the package's"
inside ldconfig -p | grep libleakslope.so.0 || fail "ldconfig has no library"
for file in /usr/bin/leakslope /usr/libexec/leakslope-symbolize \
  "$(inside sh -c 'echo /usr/lib/*/leakslope/*.so')"; do
  inside ldd "$file" >ldd.out
  ! grep 'not found' ldd.out || fail "$file lacks a library"
done
for file in copyright changelog.gz changelog.Debian.gz; do
  [ -s "$root/usr/share/doc/leakslope/$file" ] || fail "no $file"
done
! find "$root/usr/share/man" -name '*leak*.[0-9]' | grep . ||
  fail "a man page that is not compressed"

say "README's example"
install gcc pkg-config
mkdir -p "$root/example/tests/demo"
cp "$sources"/tests/demo/*.[ch] "$root/example/tests/demo"
cat >"$root/example/build.sh" <<'END'
cd /example && set -e
demo="-g tests/demo/test_cache.c tests/demo/cache.c"
gcc $demo $(pkg-config --cflags --libs check) -o demo_plain
gcc $demo $(pkg-config --cflags check) $(pkg-config --libs leakslope-check) \
  -o demo_gated
eval "$(leakslope shim gated)"
gcc $demo $(pkg-config --cflags --libs check) -o demo_shim
END
inside sh /example/build.sh || fail "the example does not build"

run() { # expected status, program
  status=0
  inside sh -c "cd /example && CK_JUNIT_LOG_FILE_NAME=reports/ ./$2" >"$2.out" \
    2>&1 || status=$?
  cat "$2.out"
  [ "$status" -eq "$1" ] || fail "$2: exit status $status, expected $1"
}
run 0 demo_plain
run 1 demo_gated
grep -q 'type="leak"' "$root/example/reports/TEST-demo_gated.xml" ||
  fail "no JUnit file with a leak"
# From the heading to the end of its block.
sed -n '/^== The same sources, relinked/,/^```/p' "$sources/README.md" |
  sed '1d;$d' >expected
[ "$(wc -l <expected)" -gt 5 ] || fail "README has no such example"
grep -v '^Running suite' demo_gated.out | diff expected - ||
  fail "README (<) and the package (>) say different things"
run 1 demo_shim
grep -q 'leak: +1 block/iteration .* at tests/demo/cache.c:16' demo_shim.out ||
  fail "the shim does not gate"
inside leakslope doctor /example/demo_gated

say "Removed"
logged apt.log inside apt-get purge -y leakslope
find "$root/usr" "$root/etc" -name '*leak*' ! -path '*/lsan*' | sort |
  comm -13 before - | grep . && fail "left behind"
echo "nothing is left"
