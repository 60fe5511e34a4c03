# SPDX-License-Identifier: MIT
autoreconf -i
./configure --enable-leak-gate
! make check >log 2>&1 || exit 9
cat log check_store.log
grep 'leak: +1 block/iteration' check_store.log
