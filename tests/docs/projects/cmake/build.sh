# SPDX-License-Identifier: MIT
cmake -S . -B build
cmake --build build
! ctest --test-dir build --output-on-failure >log 2>&1 || exit 9
cat log
grep 'leak: +1 block/iteration' log
