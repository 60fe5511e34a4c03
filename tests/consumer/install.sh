#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the build for the other tests.
set -eu
rm -rf "$PREFIX"
unset DESTDIR
"$CMAKE" --install "$BUILD" --prefix "$PREFIX"
