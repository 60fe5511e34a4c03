# SPDX-License-Identifier: MIT
# Nothing: the snippet runs make.
