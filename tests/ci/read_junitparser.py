# SPDX-License-Identifier: MIT
"""What junitparser sees of a JUnit file, as JSON."""
import json
import sys

import junitparser


def case(element):
    seen = {"classname": element.classname, "name": element.name,
            "time": element.time, "out": element.system_out, "problem": None}
    results = element.result
    for result in results if isinstance(results, list) else [results]:
        if result is not None:
            seen["problem"] = {"kind": type(result).__name__.lower(),
                               "type": result.type, "text": result.text,
                               "message": result.message}
    return seen


report = junitparser.JUnitXml.fromfile(sys.argv[1])
print(json.dumps([
    {"name": suite.name, "tests": suite.tests, "failures": suite.failures,
     "errors": suite.errors, "cases": [case(element) for element in suite]}
    for suite in report]))
