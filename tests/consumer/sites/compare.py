# SPDX-License-Identifier: MIT
"""compare.py FOLDER LIST.json SCHEMA [objects]: the sites in the list are those
that comments in the sources name ("site: STATE CALLEE"), with their states; text
and page beside it say the same.  objects: there was no report, so that what
would be gated has only run."""
import json
import os
import re
import sys


def marked(folder):
    sites = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith((".c", ".h")):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                for state, callee in re.findall(r"site: (\w+) (\w+)", line):
                    sites[name, number, callee] = state
    return sites


def without_gate(state):
    return "run" if state == "gated" else state


def main():
    folder, path, schema = sys.argv[1], sys.argv[2], sys.argv[3]
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    expected = marked(folder)
    if "objects" in sys.argv[4:]:
        expected = {key: without_gate(s) for key, s in expected.items()}
    found = {(os.path.basename(s["file"]), s["line"], s["callee"]): s["state"]
             for s in document["sites"]}
    assert len(found) == len(document["sites"]), "a site twice"
    for key in sorted(set(expected) | set(found)):
        assert found.get(key) == expected.get(key), \
            "%s:%d %s is %s, not %s" % (*key, found.get(key), expected.get(key))
    counts = {state: list(found.values()).count(state)
              for state in ("gated", "run", "never")}
    total = document["total"]
    assert {state: total[state] for state in counts} == counts
    assert total["sites"] == len(found) == sum(f["sites"] for f in
                                               document["files"])
    assert abs(total["percent"] - 100 * counts["gated"] / len(found)) < 0.1
    assert document["left_out"] == 1
    try:
        import jsonschema
        with open(schema, encoding="utf-8") as file:
            jsonschema.Draft7Validator(json.load(file)).validate(document)
    except ImportError:
        pass
    beside = os.path.splitext(path)[0]
    with open(beside + ".txt", encoding="utf-8") as file:
        text = file.read()
    with open(beside + ".html", encoding="utf-8") as file:
        page = file.read()
    words = {"gated": "gated", "run": "not gated", "never": "never run"}
    for (name, number, callee), state in found.items():
        row = r"^  %s +\S*%s:%d +%s +in \w+$" % (words[state],
                                                re.escape(name), number,
                                                callee)
        assert bool(re.search(row, text, re.M)) == (state != "gated"), row
        assert re.search(r">%s</span></td><td><b>%d</b> <bdi class=\"n\">%s<"
                         % (words[state], number, callee), page)


main()
