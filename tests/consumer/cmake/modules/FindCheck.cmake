# SPDX-License-Identifier: MIT
find_library(CHECK_LIBRARIES NAMES check_pic check)
set(CHECK_FOUND TRUE)
set(Check_FOUND TRUE)
