#!/bin/sh
# SPDX-License-Identifier: MIT
# In the place of the real one: takes folded stacks, and nothing else.
awk 'NF < 2 || $NF !~ /^[0-9]+$/ { exit 1 } END { exit NR == 0 }' &&
  echo '<svg xmlns="http://www.w3.org/2000/svg"/>'
