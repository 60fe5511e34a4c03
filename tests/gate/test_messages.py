# SPDX-License-Identifier: MIT
"""The text of a failing test fits Check's limits and still tells the leak."""
from gate import check, equal, leaks, run


def failure(result):
    lines = result.out.splitlines()
    begin = [i for i, l in enumerate(lines) if ":F:leaks:test_leaks:0: " in l]
    equal(len(begin), 1, "one failure", result)
    text = [lines[begin[0]].split(":0: ", 1)[1]]
    for line in lines[begin[0] + 1:]:
        if not line.startswith("#"):
            break
        text.append(line)
    return text


def test_whole():
    text = failure(run("leak", CK_LEAK_FIRST_RUNG=1021))
    check(text[0].startswith("leak: +1 block/iteration (+8.0 B) at tests/gate/"
                             "programs/suite.h:"), "first line: %s" % text)
    check(" iterations after 3 warm-ups: live blocks " in text[1], text[1])
    equal(text[2], "# a cache of up to 3,000 entries would have flattened",
          "what it is not")
    functions = [l.split()[2] for l in text[3:-2]]
    equal(functions, ["leak", "keep", "test_leaks_fn"], "traceback")
    equal(text[-2], '# if it is meant: leakslope_bound("^leak$", <most>), or the '
          "suppression leak:^leak$", "what to say")
    check(text[-1].startswith("# repeat: CK_RUN_SUITE='Leak' "
                              "CK_RUN_CASE='leaks' CK_LEAK_TEST='test_leaks' "
                              "CK_LEAK_ITERATIONS="),
          text[-1])


def test_suppression_line_suppresses():
    import os
    import gate
    pattern = failure(run("leak"))[-2].split()[-1]
    path = os.path.join(gate.TMP, "known.supp")
    with open(path, "w") as file:
        file.write(pattern + "\n")
    gate.passes(run("leak", CK_LEAK_SUPPRESSIONS=path))


def test_born_at_a_distance():
    for fork in ("yes", "no"):
        result = run("accept", args=["tenth"], CK_RUN_CASE="tenth",
                     CK_FORK=fork)
        case = leaks(result, "test_tenth")
        born = "born in iterations 4, 14, 24: i mod 10 = 4\n"
        check("\n# " + born in result.out and born in case.text, born, result)
        check("leak: +1 block / 10 iterations" in case.message, "law", result)


def test_repeat_line_repeats():
    import subprocess
    import gate
    result = run("leak")
    line = failure(result)[-1][len("# repeat: "):]
    again = subprocess.run(["sh", "-c", line], env=gate.environment(),
                           cwd=gate.TMP, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
    equal(again.returncode, 1, "exit status")
    check(b": leak: +1 block/iteration" in again.stdout, "the same leak")


def test_repeat_line_runs_that_test_alone():
    """From any folder: by the program's relative name, of one index of a loop,
    and by libtool's script instead of what lies in .libs."""
    import os
    import re
    import shutil
    import subprocess
    import gate
    env = dict(CK_LEAK_ITERATIONS="20")
    for fork in ("yes", "no"):
        for prefix, name in (("./", "parts_gated"), (".libs/", "lt-parts"),
                             (".libs/", "parts")):
            folder = os.path.join(gate.TMP, "it's here", fork, name)
            os.makedirs(os.path.join(folder, ".libs"))
            shutil.copy(gate.program("parts"), os.path.join(folder,
                                                            prefix + name))
            script = os.path.join(folder, "parts")
            with open(script, "w") as file:
                file.write("#!/bin/sh\necho by the script\nexec '%s' \"$@\"\n" %
                           gate.program("parts"))
            os.chmod(script, 0o755)
            said = subprocess.run([prefix + name], cwd=folder, encoding="latin",
                                  env=gate.environment(CK_FORK=fork, **env),
                                  stdout=subprocess.PIPE).stdout
            line = re.search(r":test_loop:2: leak.*?# repeat: (.*?)\n", said,
                             re.S).group(1)
            again = subprocess.run(["sh", "-c", line], cwd="/",
                                   env=gate.environment(CK_FORK=fork),
                                   encoding="latin", stdout=subprocess.PIPE)
            equal(again.returncode, 1, line)
            check("Checks: 1, Failures: 1" in again.stdout and
                  ":test_loop:2: leak: +1 block" in again.stdout,
                  line + again.stdout)
            equal("by the script" in again.stdout, prefix == ".libs/", line)


def limited(limit, args=(), **env):
    result = run("leak", args=args, **env)
    leaks(result, "test_leaks")
    text = failure(result)
    check(text[0].startswith("leak: +1 block/iteration"), "the leak", result)
    check(sum(map(len, text)) + len(text) < limit, "the limit", result)


def test_limit_1024():
    limited(1024, CK_MAX_MSG_SIZE=1024)


def test_limit_300():
    limited(300, CK_MAX_MSG_SIZE=300)


def test_limit_300_nofork():
    limited(300, CK_MAX_MSG_SIZE=300, CK_FORK="no")


def test_limit_set_by_the_program():
    limited(600, ["limit", "600"])


def test_limit_variable_before_program():
    limited(400, ["limit", "4000"], CK_MAX_MSG_SIZE=400)


def test_large_limit():
    check(len(failure(run("leak", CK_MAX_MSG_SIZE=1 << 20))) >= 5, "whole")
