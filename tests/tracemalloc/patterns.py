# SPDX-License-Identifier: MIT
"""Our patterns beside Python's fnmatch, on random ones.
usage: patterns.py PROGRAM"""
import fnmatch
import random
import subprocess
import sys

PAIRS = 60000
PIECES = ["*", "?", "[", "]", "!", "-", "a", "b", "c", "d", "/", ".", "^",
          "\\", "&", "~", "|", "é", "\u4e2d", "\n",
          "[a-c]", "[!a-c]", "[c-a]", "[!c-a]", "[]a]", "[!]a]", "[a-]",
          "[-a]", "[a-c-d]", "[--/]", "**", "[é-ü]"]
LETTERS = "aabbccdd/.-!]^\\&~|[éü\u4e2d\n"


def pair(draw):
    pattern = "".join(draw.choice(PIECES) for _ in range(draw.randint(0, 7)))
    text = "".join(draw.choice(LETTERS) for _ in range(draw.randint(0, 7)))
    return pattern, text


def main():
    draw = random.Random(7)
    pairs = [pair(draw) for _ in range(PAIRS)]
    request = "".join(f"{p}\0{t}\0" for p, t in pairs).encode()
    ours = subprocess.run([sys.argv[1]], input=request, check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    wrong = matched = 0
    for (pattern, text), answer in zip(pairs, ours, strict=True):
        theirs = fnmatch.fnmatchcase(text, pattern)
        matched += theirs
        if theirs != (answer == "1"):
            wrong += 1
            print(f"{pattern!r} and {text!r}: Python says {theirs}")
    print(f"{PAIRS} pairs, {matched} match, {wrong} wrong")
    if matched < PAIRS // 50:
        sys.exit("too few match: the comparison says little")
    sys.exit(wrong > 0)


main()
