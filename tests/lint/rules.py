# SPDX-License-Identifier: MIT
"""Rules that hold for each source file, one per call:

  complexity  no function has a cyclomatic complexity over 15
  length      no file is longer than 500 lines
  purpose     each .c file of the product begins with a sentence that says what
              the file is for, behind the line with the licence
  map         tests/README.md has a row for each folder of tests
  presets     presets that the workflow and the pages name are there

usage: rules.py RULE SOURCE [EXCEPTIONS]

EXCEPTIONS names what is excused, with the reason.  An exception that nothing
needs any more is an error, too.
"""
import json
import pathlib
import re
import sys

MOST_COMPLEX, MOST_LINES, FEWEST_WORDS = 15, 500, 4
PRODUCT, ALL = ("src", "check_ext"), ("src", "check_ext", "tests")

# A comment or a literal, a line of the preprocessor, a word, an operator.
SKIPPED = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                     r"|'(?:\\.|[^'\\\n])*'", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
TOKEN = re.compile(r"\w+|&&|\|\||[?(){};=,]")
NO_NAME = {"__attribute__", "__asm__", "_Alignas", "_Atomic", "__typeof__"}
SENTENCE = re.compile(r"\b([A-Z].*?[.?])(?:\s|$)", re.S)
DECISION = {"if", "for", "while", "case", "catch", "&&", "||", "?"}


def blank(match):
    """Nothing to read, in as many lines."""
    text = match.group()
    return ('""' if text[0] == '"' else " ") + "\n" * text.count("\n")


def one_branch(match):
    """A directive; what an #else or #elif begins is dropped by `plain`."""
    word = re.match(r"\s*#\s*(\w*)", match.group()).group(1)
    mark = {"else": "\x01", "elif": "\x01", "endif": "\x02"}.get(word, "")
    if word in ("if", "ifdef", "ifndef"):
        mark = "\x03"
    return mark + "\n" * match.group().count("\n")


def plain(text):
    """C without comments, literals, directives, and any but the first branch
    of each #if: the branches may open the same brace."""
    text = DIRECTIVE.sub(one_branch, SKIPPED.sub(blank, text))
    kept, dropped = [], [False]
    for piece in re.split(r"([\x01\x02\x03\n])", text):
        if piece == "\x03":
            dropped.append(False)
        elif piece == "\x01":
            dropped[-1] = True
        elif piece == "\x02":
            dropped.pop()
        elif piece == "\n" or not any(dropped):
            kept.append(piece)
    return "".join(kept)


def name_of(head):
    """The name of the function that such tokens declare, or None."""
    if "=" in head or "(" not in head:
        return None
    depth, name = 0, None
    for token, following in zip(head, head[1:] + [""]):
        if following == "(" and depth == 0 and re.match(r"[A-Za-z_]\w*$", token) \
                and token not in NO_NAME:
            name = token
        depth += (token == "(") - (token == ")")
    if name in ("START_TEST", "END_TEST"):
        return head[head.index(name) + 2]
    return name


def functions(text):
    """(name, line, complexity) of each function of a C file."""
    text = plain(text)
    depth, head, function = 0, [], None
    for match in TOKEN.finditer(text):
        token = match.group()
        if function and token in DECISION:
            function[2] += 1
        if token == "{":
            name = None if function else name_of(head)
            if name:
                function, inside = \
                    [name, text.count("\n", 0, match.start()) + 1, 1], depth
            depth += 1
        elif token == "}":
            depth -= 1
            if function and depth == inside:
                yield tuple(function)
                function = None
        if token in "{};":
            head = []
        else:
            head.append(token)
    if depth:
        raise ValueError("braces that do not match")


def files(source, folders, endings):
    return [f for folder in folders for ending in endings
            for f in sorted((source / folder).rglob("*" + ending))]


def complexity(source):
    for file in files(source, ALL, (".c", ".h")):
        for name, line, n in functions(file.read_text("utf-8")):
            if n > MOST_COMPLEX:
                yield (f"{file.relative_to(source)}:{name}",
                       f"line {line}: complexity {n}, over {MOST_COMPLEX}: "
                       "divide the function")


def length(source):
    for file in files(source, ALL, (".c", ".h", ".cc", ".py", ".sh", ".cmake")):
        n = file.read_text("utf-8").count("\n")
        if n > MOST_LINES:
            yield (str(file.relative_to(source)),
                   f"{n} lines, over {MOST_LINES}: divide the file")


def purpose(source):
    for file in files(source, PRODUCT, (".c",)):
        text = file.read_text("utf-8")
        comment = re.match(r"/\* SPDX[^\n]*\n/\*(.*?)\*/", text, re.S)
        sentences = SENTENCE.findall(comment.group(1)) if comment else []
        if not any(len(words.split()) >= FEWEST_WORDS for words in sentences):
            yield (str(file.relative_to(source)),
                   "the comment behind the licence does not say in a sentence "
                   "what the file is for")


def map_of_tests(source):
    page = (source / "tests/README.md").read_text("utf-8")
    rows = set(re.findall(r"^\| `([\w-]+)`", page, re.M))
    folders = {f.parent.relative_to(source / "tests").parts[0]
               for f in (source / "tests").rglob("CMakeLists.txt")
               if f.parent != source / "tests"}
    for folder in sorted(folders - rows):
        yield f"tests/{folder}", "tests/README.md has no row for the folder"
    for row in sorted(rows - folders):
        yield (f"tests/{row}",
               "tests/README.md has a row, and there is no such folder")


def presets(source):
    known = json.loads((source / "CMakePresets.json").read_text("utf-8"))
    names = {preset["name"] for kind in known.values() if isinstance(kind, list)
             for preset in kind}
    pages = [source / "README.md", source / "tests/README.md",
             source / ".ci/run", *sorted((source / ".github").rglob("*.*"))]
    for page in pages:
        for name in re.findall(r"--preset\s+(\w+)", page.read_text("utf-8")):
            if name not in names:
                yield (str(page.relative_to(source)),
                       f"there is no preset {name}")


RULES = {"complexity": complexity, "length": length, "purpose": purpose,
         "map": map_of_tests, "presets": presets}


def excused(rule, path):
    """What of this rule is excused: lines of `rule | file[:function] | why`."""
    lines = path.read_text("utf-8").splitlines() if path else []
    rows = [[cell.strip() for cell in line.split("|")] for line in lines
            if line.strip() and not line.startswith("#")]
    for row in rows:
        if len(row) != 3 or row[0] not in RULES or not row[2]:
            sys.exit(f"{path}: '{' | '.join(row)}' is no exception")
    return {row[1] for row in rows if row[0] == rule}


def main():
    rule, source = sys.argv[1], pathlib.Path(sys.argv[2])
    exceptions = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    broken, allowed = dict(RULES[rule](source)), excused(rule, exceptions)
    wrong = [f"{where}: {what}" for where, what in broken.items()
             if where not in allowed]
    wrong += [f"{exceptions.name}: {where} keeps the rule '{rule}': strike "
              "the exception" for where in sorted(allowed - set(broken))]
    if not files(source, ALL, (".c",)):
        wrong.append(f"{source} has no sources: the rule checks nothing")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
