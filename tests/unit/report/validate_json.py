# SPDX-License-Identifier: MIT
"""validate_json.py SCHEMA FOLDER: the JSON files in a folder are what the
schema says, in strict UTF-8 and without a key twice; damaged ones are not."""
import copy
import glob
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: there is no jsonschema")
    sys.exit(77)


def once(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "a key twice: %s" % keys
    return dict(pairs)


def no_constant(word):
    raise AssertionError(word + " is no JSON")


def load(path):
    with open(path, "rb") as file:
        return json.loads(file.read().decode("utf-8", "strict"),
                          object_pairs_hook=once, parse_constant=no_constant)


def changed(document, change):
    other = copy.deepcopy(document)
    change(other)
    return other


def first_site(document):
    return next(site for test in document["tests"] if test["measured"]
                for site in test["measured"]["sites"])


CHANGES = (
    lambda d: d.update(version=2),
    lambda d: d.update(more=1),
    lambda d: d.pop("program"),
    lambda d: d["tests"][0].update(outcome="fine"),
    lambda d: d["tests"][0].update(position=-1),
    lambda d: first_site(d)["frames"][0].update(offset=7),
    lambda d: first_site(d)["curve"].append([1, 2]),
    lambda d: first_site(d).update(fingerprint="x"),
)


def main():
    schema = load(sys.argv[1])
    check = jsonschema.Draft7Validator
    check.check_schema(schema)
    validator = check(schema)
    paths = sorted(glob.glob(os.path.join(sys.argv[2], "*.json")))
    assert len(paths) >= 3, paths
    for path in paths:
        for error in validator.iter_errors(load(path)):
            raise AssertionError("%s: %s" % (path, error))
    document = load(os.path.join(sys.argv[2], "full.json"))
    for number, change in enumerate(CHANGES):
        assert not validator.is_valid(changed(document, change)), number


main()
