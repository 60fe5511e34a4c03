# SPDX-License-Identifier: MIT
mkdir reports
