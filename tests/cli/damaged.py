# SPDX-License-Identifier: MIT
"""Asks doctor of a program with a byte altered, or cut off, in many places: any
answer will do, and a crash will not.

usage: damaged.py PROGRAM COMMAND
"""
import os
import random
import subprocess
import sys

HEADERS = 1024  # where most of what is read first lies


def damaged(data):
    """(What was done, the bytes) for each kind of damage."""
    chance = random.Random(7)
    size = len(data)
    places = [(chance.randrange(size if i % 2 else HEADERS),
               chance.randrange(256)) for i in range(150)]
    places += [(i, byte) for i in range(64) for byte in (255, 0)]
    places += [(size - i * 16, 255) for i in range(1, 120)]
    for at, byte in places:
        yield ("byte %d is %d" % (at, byte),
               data[:at] + bytes([byte]) + data[at + 1:])
    for part in (0, 1, 3, 16, 40, 63, 64, 100, 1000, 5000, size // 2, size - 1):
        yield "cut at %d" % part, data[:part]


def main():
    program, command = sys.argv[1:]
    with open(program, "rb") as file:
        data = file.read()
    for what, content in damaged(data):
        with open("damaged", "wb") as file:
            file.write(content)
        os.chmod("damaged", 0o755)
        status = subprocess.call([command, "doctor", "damaged"],
                                 stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        if not 0 <= status <= 2:
            print("%s: exit status %d" % (what, status))
            return 1
    return 0


sys.exit(main())
