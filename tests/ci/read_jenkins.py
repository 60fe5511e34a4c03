# SPDX-License-Identifier: MIT
"""As Jenkins' junit step reads a JUnit file, as JSON: a test is found by its
class, whose package is what stands before the last dot; the message is shown
in one place, the text in another."""
import json
import sys
import xml.dom.minidom


def texts(element):
    return "".join(node.data for node in element.childNodes)


def case(element):
    seen = {"classname": element.getAttribute("classname"),
            "name": element.getAttribute("name"), "problem": None,
            "time": float(element.getAttribute("time").replace(",", "")),
            "out": texts(element.getElementsByTagName("system-out")[0])}
    package, _, name = seen["classname"].rpartition(".")
    seen["package"], seen["class"] = package or "(root)", name
    for kind in ("error", "failure"):
        for found in element.getElementsByTagName(kind)[:1]:
            seen["problem"] = {"kind": kind, "text": texts(found),
                               "type": found.getAttribute("type"),
                               "message": found.getAttribute("message")}
    seen["properties"] = {
        one.getAttribute("name"): one.getAttribute("value")
        for one in element.getElementsByTagName("property")}
    return seen


root = xml.dom.minidom.parse(sys.argv[1]).documentElement
assert root.tagName == "testsuites", root.tagName
print(json.dumps([
    {"name": suite.getAttribute("name"),
     "cases": [case(e) for e in suite.getElementsByTagName("testcase")]}
    for suite in root.getElementsByTagName("testsuite")]))
