# SPDX-License-Identifier: MIT
autoreconf -i
