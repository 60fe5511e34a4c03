# SPDX-License-Identifier: MIT
"""compare.py PLAIN.json GATED.json FILE: gcovr's counts of each line and
branch are equal, and those of FILE are among them and not all 0."""
import json
import sys


def counts(path):
    with open(path) as file:
        files = json.load(file)["files"]
    return {(f["file"], line["line_number"]):
            (line["count"], [b["count"] for b in line.get("branches", [])])
            for f in files for line in f["lines"]}


plain, gated = counts(sys.argv[1]), counts(sys.argv[2])
for at in sorted(set(plain) | set(gated)):
    if plain.get(at) != gated.get(at):
        print("%s:%d: plain %s, gated %s" % (*at, plain.get(at),
                                             gated.get(at)))
known = [count for (file, _), (count, _) in plain.items()
         if file == sys.argv[3]]
print("%d lines, %d of %s" % (len(plain), len(known), sys.argv[3]))
sys.exit(plain != gated or not any(known))
