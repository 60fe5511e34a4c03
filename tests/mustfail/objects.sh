#!/bin/sh
# SPDX-License-Identifier: MIT
# What all mutants have in common, compiled once.
# usage: objects.sh SOURCE_DIR FOLDER
set -eu
. "$(dirname "$0")/compile.sh"
rm -rf "$2"
mkdir -p "$2"
cd "$1"
# shellcheck disable=SC2046 # a list of files
compile "$2" $(sources)
