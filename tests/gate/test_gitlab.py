# SPDX-License-Identifier: MIT
"""The page that GitLab links to each test that failed."""
import os
import re

import gate
from gate import check, equal, run
from test_report import report

ATTACHMENT = r"\[\[ATTACHMENT\|(.+?)\]\]"


def attached(result):
    """The file by the test's name, as GitLab finds it."""
    found = {}
    for case in result.cases:
        match = re.search(ATTACHMENT, case.state)
        found[case.name] = match and match.group(1)
    return found


def job(name="leak", **env):
    env.setdefault("GITLAB_CI", "true")
    env.setdefault("CI_PROJECT_DIR", gate.TMP)
    return run(name, CK_LEAK_ITERATIONS="20", **env)


def test_page():
    result = job(CK_LEAK_HTML_FILE_NAME="reports/",
                 CK_LEAK_JSON_FILE_NAME="reports/")
    equal(attached(result),
          {"test_clean": None, "test_leaks": "reports/TEST-leak_gated.html"},
          "attached", result)
    state = result.case("test_leaks").state
    check(state.startswith("leak: +1 block/iteration"), state, result)


def test_json_where_there_is_no_page():
    result = job(CK_LEAK_JSON_FILE_NAME="a.json")
    equal(attached(result)["test_leaks"], "a.json", "attached", result)


def test_folders_by_other_names():
    """A symbolic link, and a program that runs in a folder of its own."""
    os.makedirs(os.path.join(gate.TMP, "project", "tests"))
    link = os.path.join(gate.TMP, "link")
    os.symlink("project", link)
    result = job(CI_PROJECT_DIR=link, cwd=os.path.join(gate.TMP, "project",
                                                       "tests"),
                 CK_LEAK_HTML_FILE_NAME="../a.html")
    equal(attached(result)["test_leaks"], "a.html", "attached", result)


def test_nothing_elsewhere():
    outside = os.path.join(gate.TMP, "project")
    os.makedirs(outside)
    page = {"CK_LEAK_HTML_FILE_NAME": "a.html"}
    for env in (dict(page, GITLAB_CI=None), dict(page, GITLAB_CI="false"),
                dict(page, CI_PROJECT_DIR=None), {},
                dict(page, CI_PROJECT_DIR=outside),
                dict(page, CI_PROJECT_DIR="/nonexistent"),
                {"CK_LEAK_HTML_FILE_NAME": "a]]b.html"}):
        result = job(**env)
        equal(attached(result), {"test_clean": None, "test_leaks": None},
              str(env), result)


def test_command():
    job(CK_LEAK_JSON_FILE_NAME="a.json")
    os.environ.update(GITLAB_CI="true", CI_PROJECT_DIR=gate.TMP)
    result = report("a.json", "--junit", "joined.xml", "--html", "all.html")
    equal(attached(result)["test_leaks"], "all.html", "attached", result)
    result = report("a.json", "--junit", "joined.xml")
    equal(attached(result)["test_leaks"], None, "no page", result)
