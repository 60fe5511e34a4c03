# SPDX-License-Identifier: MIT
"""Each rule finds what breaks it, and nothing in what keeps it."""
import contextlib
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

import format as layout
import rules
import tidy

HERE = pathlib.Path(__file__).parent
GOOD = """/* SPDX-License-Identifier: MIT */
/* Adds numbers up for whoever asks. */
int add(int a, int b) { return a + b; }
"""


class Lint(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source = pathlib.Path(self.folder.name)
        (self.source / "src").mkdir()
        self.file = self.source / "src/add.c"
        self.file.write_text(GOOD)
        for name, text in {"tests/README.md": "| `a` | question |\n",
                           "tests/a/CMakeLists.txt": "", ".ci/run": "",
                           "README.md": "`cmake --workflow --preset all`\n",
                           ".github/ci.yml": "--preset all\n",
                           "CMakePresets.json":
                               '{"testPresets": [{"name": "all"}]}'}.items():
            path = self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def tearDown(self):
        self.folder.cleanup()

    def said(self, rule, exceptions=None):
        """What rules.py says; "" where the rule is kept."""
        path = self.source / "exceptions.txt"
        arguments = ["rules.py", rule, str(self.source)]
        if exceptions is not None:
            path.write_text(exceptions)
            arguments.append(str(path))
        said = io.StringIO()
        with unittest.mock.patch.object(sys, "argv", arguments), \
                contextlib.redirect_stdout(said):
            code = rules.main()
        self.assertEqual(code != 0, bool(said.getvalue().strip()))
        return said.getvalue().strip()

    def test_what_keeps_the_rules(self):
        for rule in rules.RULES:
            self.assertEqual(self.said(rule), "")

    def test_no_sources(self):
        self.file.unlink()
        for rule in rules.RULES:
            self.assertIn("the rule checks nothing", self.said(rule))

    def test_purpose(self):
        for begin in ("", "/* Numbers. */\n", "/* the sum of all numbers */\n",
                      "#include <a.h>\n/* Adds numbers up for all. */\n"):
            self.file.write_text(GOOD.replace(
                "/* Adds numbers up for whoever asks. */\n", begin))
            self.assertIn("src/add.c", self.said("purpose"))

    def test_length(self):
        self.file.write_text(GOOD + "\n" * (rules.MOST_LINES - 3))
        self.assertEqual(self.said("length"), "")
        self.file.write_text(GOOD + "\n" * (rules.MOST_LINES - 2))
        self.assertIn("src/add.c: 501 lines", self.said("length"))

    def of_complexity(self, n):
        ifs = "  if (a > b) a--;\n" * (n - 1)
        self.file.write_text(GOOD.replace("{ return", "{\n" + ifs + "  return"))

    def test_complexity(self):
        self.of_complexity(rules.MOST_COMPLEX)
        self.assertEqual(self.said("complexity"), "")
        self.of_complexity(rules.MOST_COMPLEX + 1)
        self.assertIn("src/add.c:add: line 3: complexity 16",
                      self.said("complexity"))

    def test_exceptions(self):
        row = "complexity | src/add.c:add | a table\n"
        self.of_complexity(rules.MOST_COMPLEX + 1)
        self.assertEqual(self.said("complexity", row), "")
        self.of_complexity(rules.MOST_COMPLEX)
        self.assertIn("strike the exception", self.said("complexity", row))
        with self.assertRaisesRegex(SystemExit, "is no exception"):
            self.said("complexity", "complexity | src/add.c:add |\n")

    def test_map(self):
        (self.source / "tests/b").mkdir()
        (self.source / "tests/b/CMakeLists.txt").write_text("")
        self.assertIn("no row for the folder", self.said("map"))
        (self.source / "tests/README.md").write_text("| `b` |\n| `c` |\n")
        self.assertIn("tests/a: tests/README.md has no row", self.said("map"))
        self.assertIn("tests/c: tests/README.md has a row", self.said("map"))

    def test_presets(self):
        (self.source / ".github/ci.yml").write_text("- run: x --preset some\n")
        self.assertIn("no preset some", self.said("presets"))

    def test_what_counts(self):
        """As pmccabe counts it."""
        text = """
          #define IF(x) if (x) {
          struct s { int a; } s = {1};
          static const char *const names[] = {"if (a) {", NULL};
          static inline __attribute__((always_inline)) int f(int a)
          {
            /* if (a) && */ char c = '{';
            for (;;) while (a) do { a--; } while (a && c || !c);
            switch (a) { case 1: case 2: return a ? 1 : 2; default: break; }
            return a;
          }
          START_TEST(g) {
          #ifdef A
            if (a) {
          #else
            if (b) {
          #endif
            }
          }
          END_TEST
        """
        self.assertEqual([(name, n) for name, _, n in rules.functions(text)],
                         [("f", 9), ("g", 2)])

    def test_format(self):
        if not layout.program():
            self.skipTest("there is no such clang-format")
        shutil.copy(HERE.parent.parent / ".clang-format", self.source)
        run = [sys.executable, HERE / "format.py", self.source]
        self.assertEqual(subprocess.run(run).returncode, 0)
        self.file.write_text(GOOD.replace("a + b", "a+b"))
        self.assertEqual(subprocess.run(run, stderr=subprocess.DEVNULL)
                         .returncode, 1)
        subprocess.run(run + ["--in-place"], check=True)
        self.assertEqual(self.file.read_text(), GOOD)

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.source, "-c", "user.name=a",
                        "-c", "user.email=a@example.org", *arguments],
                       check=True, stdout=subprocess.DEVNULL)

    @unittest.skipUnless(shutil.which("git"), "there is no git")
    def test_what_has_changed(self):
        self.assertIsNone(tidy.changed(self.source))
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")
        self.assertIsNone(tidy.changed(self.source))
        (self.source / "src/sum.h").write_text("int sum;\n")
        (self.source / "src/sum.c").write_text('#include "sum.h"\n')
        self.git("add", ".")
        self.git("commit", "-q", "-m", "second")
        (self.source / "src/new.c").write_text(GOOD)
        names = tidy.changed(self.source)
        self.assertEqual(names, {"src/sum.h", "src/sum.c", "src/new.c"})
        self.assertEqual([f.name for f in tidy.wanted(self.source, names)],
                         ["new.c", "sum.c"])
        self.assertEqual([f.name for f in tidy.wanted(self.source,
                                                      {"src/sum.h"})],
                         ["sum.c"])

    @unittest.skipUnless(shutil.which("clang-tidy"), "there is no clang-tidy")
    def test_tidy(self):
        shutil.copy(HERE.parent.parent / ".clang-tidy", self.source)
        (self.source / "compile_commands.json").write_text(json.dumps([
            {"directory": str(self.source), "file": str(self.file),
             "command": f"cc -fno-tree-loop-vectorize -c {self.file}"}]))
        for text, code in (GOOD, 0), (GOOD.replace("return a", "int *p = 0; "
                                                   "return *p + a"), 1):
            self.file.write_text(text)
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(tidy.check(shutil.which("clang-tidy"),
                                            self.source, [self.file]), code)


if __name__ == "__main__":
    unittest.main()
