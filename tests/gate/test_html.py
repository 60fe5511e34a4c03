# SPDX-License-Identifier: MIT
"""The page of a run, as people and browsers see it."""
import copy
import json
import os
import re
import subprocess
import sys

import gate
from gate import check, equal, run
from test_report import command, files, report, whole

ROOT = os.path.join(gate.HERE, "..", "..")


def page(path):
    """The page's text, after it was found whole and harmless."""
    path = os.path.join(gate.TMP, path)
    child = subprocess.run(
        [sys.executable, "-B", os.path.join(ROOT, "tests", "unit", "report",
                                            "validate_html.py"), path],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(child.returncode, 0, child.stdout.decode())
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_leak():
    for fork in ("yes", "no"):
        result = run("leak", CK_LEAK_ITERATIONS=50, CK_FORK=fork, cwd=ROOT,
                     CK_LEAK_HTML_FILE_NAME=os.path.join(gate.TMP, "a.html"))
        text = page("a.html")
        case = result.case("test_leaks")
        for words in (case.message, case.properties["leak.fingerprint"],
                      "<code class=\"copy\">leak:^leak$</code>",
                      "live blocks 4 -&gt; 54, linear",
                      "CK_LEAK_ITERATIONS=50 ", "2 tests: 2 judged, 1 leak",
                      "aria-label=\"live blocks: 4 to 54 in 50 iterations\"",
                      "aria-label=\"live bytes: 32.0 B to 432.0 B in 50",
                      "3 warm-ups before the baseline"):
            check(words in text, words, result)
        points = re.findall("points=\"([^\"]*)\"", text)
        equal([len(p.split()) for p in points], [51, 51], "points", result)
        # The line that leaks, from the source.
        check(re.search(r"<b><i> +\d+ </i>  struct kept \*one = malloc\(sizeof "
                        r"\*one\);</b>", text), "the excerpt", result)


def test_every_outcome():
    result = whole(CK_LEAK_HTML_FILE_NAME="a.html")
    text = page("a.html")
    for words in ("<h2>Leaks</h2>", "<h2>Failed by themselves</h2>",
                  "<h2>Not decided</h2>", "<h2>Not judged</h2>",
                  "not gated: tagged leakslope:off", "not repeatable: ended in",
                  "Allocated by 2 paths", "path 1: +2 blocks/iteration",
                  "path 2: +1 block/iteration", "unchecked &lt;set-up&gt; fails",
                  "&lt;script&gt;alert('1')&lt;/script&gt;",
                  "a/b \"c\" &amp; \\x1b[31m\\xff ../.."):
        check(words in text, words, result)
    rows = text[text.index("<h2>All tests</h2>"):]
    equal(rows.count("<td class=\"st\">"), 14, "rows", result)


def test_descriptors_have_no_bytes():
    run("exhaust", CK_LEAK_HTML_FILE_NAME="a.html")
    text = page("a.html")
    check("live descriptors" in text and "fds" in text, "descriptors")


def test_from_json():
    """What the command makes of the JSON is what the program wrote."""
    result = run("parts", CK_LEAK_ITERATIONS=20, cwd=ROOT,
                 CK_LEAK_JSON_FILE_NAME=os.path.join(gate.TMP, "a.json"),
                 CK_LEAK_HTML_FILE_NAME=os.path.join(gate.TMP, "a.html"))
    report("a.json", "--html", "b.html", "--sources", ROOT)
    equal(page("b.html"), page("a.html"), "the same", result)
    report("a.json", "--html", "c.html")
    check("struct kept *one" not in page("c.html"), "no sources are there")
    report("a.json", "--html", "/nonexistent/a.html", expected=2)


def test_no_other_files_are_shown():
    """A report from elsewhere may name any file."""
    whole()
    document = json.loads(gate.stored(files("whole", "json")[0]))
    secret = os.path.join(gate.TMP, "secret")
    with open(secret, "w") as file:
        file.write("hush\n" * 9)
    for test in document["tests"]:
        for site in (test["measured"] or {"sites": []})["sites"]:
            for frame in site["frames"]:
                frame.update(file=secret, line=2)
    with open(os.path.join(gate.TMP, "bad.json"), "w") as file:
        json.dump(document, file)
    report("bad.json", "--html", "a.html")
    check("hush" not in page("a.html"), "nothing of it is shown")


def test_settings_of_parts():
    for n, budget in enumerate(("2", "8", "2")):
        run("leak", CK_LEAK_ITERATIONS=10, CK_LEAK_BUDGET=budget,
            CK_RUN_CASE="clean", CK_LEAK_JSON_FILE_NAME="%d.json" % n)
    report("0.json", "1.json", "2.json", "--html", "a.html")
    check("<dt><code>CK_LEAK_BUDGET</code></dt><dd><code>2, 8</code></dd>" in
          page("a.html"), "both")


def test_folder_and_setter():
    run("leak", CK_LEAK_ITERATIONS=10, CK_LEAK_HTML_FILE_NAME="here/")
    page("here/TEST-leak_gated.html")
    result = run("api", args=["html", "own/"], CK_LEAK_HTML_FILE_NAME="e.html")
    check(not os.path.exists(os.path.join(gate.TMP, "e.html")), "one", result)
    page("own/TEST-api_gated.html")
    result = run("leak", junit=False, CK_LEAK_HTML_FILE_NAME="/dev/full")
    equal(result.status, 2, "exit status", result)
    check("CK_LEAK_HTML_FILE_NAME='/dev/full' cannot be written" in result.err,
          "it is said", result)


MEASURE = """<body><script>
function look(frame) {
  let page = frame.contentDocument, style = getComputedStyle(page.body);
  document.title += [page.documentElement.scrollWidth <= frame.width,
    page.querySelectorAll('article').length, style.backgroundColor,
    [...page.querySelectorAll('svg')].every(s => s.clientHeight > 90),
    [...page.querySelectorAll('svg text')].every(t => t.getBBox().x >= 0)
  ].join(';') + '|';
}
</script>
<iframe src=a.html width=390 height=800 onload=look(this)></iframe>
<iframe src=a.html width=1280 height=800 onload=look(this)></iframe>
"""


def browse(*flags):
    with open(os.path.join(gate.TMP, "measure.html"), "w") as file:
        file.write(MEASURE)
    child = subprocess.run(
        [gate.tool("chromium"), "--headless=new", "--no-sandbox",
         "--disable-gpu", "--allow-file-access-from-files", "--dump-dom",
         "--user-data-dir=" + os.path.join(gate.TMP, "profile")] +
        list(flags) + ["file://" + os.path.join(gate.TMP, "measure.html")],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=100)
    found = re.search("<title>(.*)\\|</title>", child.stdout.decode())
    check(found, child.stdout.decode()[:2000])
    return [part.split(";") for part in found.group(1).split("|")]


def grown(measured, times):
    """The same with more blocks, for which a graph has less room."""
    measured = copy.deepcopy(measured)
    for site in (measured or {"sites": []})["sites"]:
        site["curve"] = [[iteration, count * times, size * times]
                         for iteration, count, size in site["curve"]]
    return measured


def test_in_a_browser():
    """Nothing is wider than a phone, and dark is dark: 1 leak, 200 tests."""
    gate.tool("chromium")
    whole()
    document = json.loads(gate.stored(files("whole", "json")[0]))
    tests = document["tests"]
    for n in (1, 200):
        document["tests"] = []
        for i in range(n):
            one = dict(tests[(i + 1) % len(tests)], position=i, suite="x" * 99)
            one["test"] = "test_%d_%s" % (i, "long" * (i % 30))
            one["measured"] = grown(one["measured"], 977 ** (1 + i % 4))
            document["tests"].append(one)
        with open(os.path.join(gate.TMP, "many.json"), "w") as file:
            json.dump(document, file)
        report("many.json", "--html", "a.html", "--sources", ROOT)
        articles = page("a.html").count("<article")
        light, dark = browse(), browse("--force-dark-mode")
        for frames, colour in ((light, "rgb(255, 255, 255)"),
                               (dark, "rgb(21, 24, 27)")):
            equal(frames, [["true", str(articles), colour, "true", "true"]] * 2,
                  "%d tests" % n)


def test_suites_of_many_tests():
    """Each says what it has; those that are clean need not be looked at."""
    whole()
    document = json.loads(gate.stored(files("whole", "json")[0]))
    tests = {t["test"]: t for t in document["tests"]}
    for n, folded in ((25, 0), (26, 1)):
        document["tests"] = [
            dict(tests["test_clean"], position=i, test="t%d" % i,
                 suite=("Good", "Bad")[i % 2]) for i in range(2 * n - 3)]
        document["tests"] += [dict(tests[name], position=1000 + i, suite="Bad")
                              for i, name in enumerate(
                                  ("test_paths", "test_fails", "test_once"))]
        with open(os.path.join(gate.TMP, "many.json"), "w") as file:
            json.dump(document, file)
        report("many.json", "--html", "a.html")
        text = page("a.html")
        equal(text.count("<details class=\"suite\">"), folded, "folded")
        equal(text.count("<details open class=\"suite\">"), 2 - folded, "open")
        good, bad = re.findall("<details[^>]* class=\"suite\"><summary>(.*?)"
                               "</summary>", text, re.S)
        states = re.compile("<span class=\"s \\w+\">(.*?)</span>")
        equal(states.findall(good), ["%d clean" % (n - 1)], "Good")
        equal(states.findall(bad), ["1 failed", "1 leak", "1 not repeatable",
                                    "%d clean" % (n - 2)], "Bad")


def test_command_line():
    for flag in ("--html", "--sources"):
        check(flag + " needs a value" in command("report", "a", flag,
                                                 expected=2).err, flag)


def shown(name, case, **env):
    """The page of a test case, which the command makes of JSON too."""
    run(name, CK_RUN_CASE=case, CK_LEAK_HTML_FILE_NAME="a.html",
        CK_LEAK_JSON_FILE_NAME="a.json", **env)
    text = page("a.html")
    report("a.json", "--html", "b.html")
    equal(page("b.html"), text, "of JSON it is the same")
    return text


def has(text, *all_words):
    for words in all_words:
        check(words in text, words, text)


def stored(name, text):
    path = os.path.join(gate.TMP, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def test_accepted():
    """With law and traceback, and by what."""
    supp = stored("known.supp", "leak:leak_here\n")
    text = shown("accept", "here", CK_LEAK_SUPPRESSIONS=supp)
    has(text, "<h2>Accepted</h2>", "<h4>suppressed by leak:leak_here: +1 block",
        "1 judged, 1 suppressed", "<dt>law</dt>", "test_here_fn",
        "<a href=\"#t")
    check("<dt>suppress</dt>" not in text, "nothing to suppress", text)
    shown("accept", "here")
    path = os.path.join(gate.TMP, "known")
    command("baseline", "--update", "--baseline", path, "a.json")
    text = shown("accept", "here", CK_LEAK_BASELINE=path)
    has(text, "<h2>Accepted</h2>", "<h4>in the baseline: +1 block/iteration")


def test_accepted_beside_a_leak():
    supp = stored("known.supp", "leak:leak_here\n")
    text = shown("accept", "both", CK_LEAK_SUPPRESSIONS=supp,
                 CK_LEAK_FIRST_RUNG=1021)
    has(text, "<h2>Leaks</h2>", "<h4>suppressed by leak:leak_here: +1 block",
        "<dt>for a baseline</dt>", " 1021 +1/+8 Accept/both/test_both # +1 block")
    check("<h2>Accepted</h2>" not in text, "it is with the leak", text)


def test_stale():
    """It fails the test, clean as it is."""
    path = stored("known", "0123456789abcdef 61 Accept/clean/test_clean\n")
    text = shown("accept", "clean", CK_LEAK_BASELINE=path)
    has(text, "<h2>Stale in the baseline</h2>", "<span class=\"s bad\">stale",
        "<span class=\"s bad\">1 stale</span>", "take out " + path + ":1")
    check("clean</span>" not in text, "not as a clean one", text)


def test_born_and_callers():
    has(shown("accept", "tenth", args=["tenth"]), "born in iterations ", ": i mod 10 = ")
    has(shown("accept", "both"), "Allocated by 2 paths",
        "<p>by leak_here (+", "leak_there (+")


def test_places_without_frames():
    text = shown("untraced_fds", "received")
    has(text, "+1 fd/iteration without a traced call: socket:[..]",
        "<dt>domain</dt><dd>fd</dd>", "live descriptors: ")
    check("live bytes" not in text, "no more", text)
    has(shown("tracked", "climbs"), "of gauge '", "<dt>domain</dt><dd>gauge")


def test_other_domains():
    has(shown("tracked", "handle"), "<dt>domain</dt><dd>tracked</dd>",
        "aria-label=\"live objects: ", "<h4>Made by</h4>")
    has(shown("untraced", "raw_mmap"), "and no traced call explains it")
