# SPDX-License-Identifier: MIT
! make check >log 2>&1 || exit 9
cat log
grep 'leak: +1 block/iteration' log
