# SPDX-License-Identifier: MIT
gcc -g -Wl,--build-id server.c -o server
mkfifo asks answers
