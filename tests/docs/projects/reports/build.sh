# SPDX-License-Identifier: MIT
# Three parts of one program have run.
make check_store
export CK_LEAK_JSON_FILE_NAME=reports/
./check_store || true
CK_RUN_SUITE=Store ./check_store || true
CK_RUN_CASE=Core ./check_store || true
