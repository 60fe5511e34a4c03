#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: storm.sh PROGRAM
set -eu
rm -rf storm
mkdir storm
cd storm
LEAKSLOPE_SNAPSHOT_SIGNAL=USR2 "$1"
