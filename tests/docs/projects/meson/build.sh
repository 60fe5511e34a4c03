# SPDX-License-Identifier: MIT
meson setup build
! meson test -C build -v >log 2>&1 || exit 9
cat log
grep 'leak: +1 block/iteration' log
