# SPDX-License-Identifier: MIT
"""The same sources with and without leakslope say the same."""
import re
import resource

from gate import check, equal, run, stored


def both(name, args=(), **env):
    plain = run(name, "plain", args, **env)
    gated = run(name, "gated", args, **env)
    equal(gated.status, plain.status, "exit status", gated)
    equal(gated.out, plain.out, "stdout", gated)
    return plain, gated


def off(**env):
    plain = run("transparency", "plain", **env)
    gated = run("transparency", "gated", junit=False, CK_LEAK="no", **env)
    check(plain.status != 0 and "to stdout" in plain.out,
          "the suite prints and fails", plain)
    equal(gated.status, plain.status, "exit status")
    equal(gated.out, plain.out, "stdout")
    equal(gated.err, plain.err, "stderr")


def test_off_fork():
    off()


def test_off_nofork():
    off(CK_FORK="no")


def test_off_ignores_other_options():
    plain = run("transparency", "plain")
    gated = run("transparency", CK_LEAK="no", CK_LEAK_WARMUP="none",
                CK_JUNIT_LOG_FILE_NAME="/nonexistent/x.xml")
    equal((gated.status, gated.out, gated.err),
          (plain.status, plain.out, plain.err), "what is seen")


def on(args=(), **env):
    plain, gated = both("transparency", args, **env)
    equal(gated.own_err(), plain.err, "stderr", gated)
    check("leakslope: " in gated.err, "it was gated", gated)


def test_on_fork():
    on()


def test_on_nofork():
    on(CK_FORK="no")


def test_on_buffered_fork():
    on(["buffered"])


def test_on_buffered_nofork():
    on(["buffered"], CK_FORK="no")


def test_on_verbose():
    on(CK_VERBOSITY="verbose")


def normal(xml):
    xml = re.sub(r"<duration>[-0-9.]+</duration>", "<duration/>", xml)
    return re.sub(r"<datetime>[^<]+</datetime>", "<datetime/>", xml)


def logs(name, flavour, fork):
    names = {kind: "%s_%s.%s" % (name, flavour, kind)
             for kind in ("tap", "xml", "log")}
    run(name, flavour, CK_FORK=fork, CK_TAP_LOG_FILE_NAME=names["tap"],
        CK_XML_LOG_FILE_NAME=names["xml"], CK_LOG_FILE_NAME=names["log"])
    return {kind: normal(stored(path)) for kind, path in names.items()}


def same_logs(fork):
    plain, gated = [logs("transparency", f, fork) for f in ("plain", "gated")]
    check("ok 1 " in plain["tap"] and "<test " in plain["xml"], "logs exist")
    for kind in plain:
        equal(gated[kind], plain[kind], kind)


def test_logs_fork():
    same_logs("yes")


def test_logs_nofork():
    same_logs("no")


def test_durations_are_of_one_pass():
    run("leak", CK_XML_LOG_FILE_NAME="leak.xml", CK_RUN_CASE="clean")
    seconds = re.findall(r"<duration>([-0-9.]+)</duration>",
                         stored("leak.xml").split("<test ")[1])
    check(0 <= float(seconds[0]) < 0.05, "one pass is short: %s" % seconds)


def test_stdout_to_a_file():
    """Nothing that was buffered at the fork is written twice."""
    from gate import program, TMP, environment
    import subprocess
    texts = []
    for flavour in ("plain", "gated"):
        path = "%s/%s.txt" % (TMP, flavour)
        with open(path, "w") as out:
            subprocess.run([program("transparency", flavour), "buffered"],
                           stdout=out, stderr=subprocess.DEVNULL,
                           env=environment())
        texts.append(stored(path))
    check("to stdout" in texts[0], "something is printed")
    equal(texts[1], texts[0], "what is in the file")


def page_faults(flavour, **env):
    def so_far():
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt

    before = so_far()
    result = run("faults", flavour, junit=False, **env)
    equal(result.status, 0, "exit status", result)
    return so_far() - before


def test_off_touches_few_pages():
    """What forking costs grows with the pages that each child touches: a
    program of fifty tests that is switched off touches no more than the plain
    one, whatever a library more costs when it starts."""
    plain = min(page_faults("plain") for _ in range(5))
    off_too = min(page_faults("gated", CK_LEAK="no") for _ in range(5))
    check(off_too <= plain,
          "%d page faults, %d without leakslope" % (off_too, plain))
