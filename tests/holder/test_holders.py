# SPDX-License-Identifier: MIT
"""What the gate says still points at the blocks of each labelled leak."""
import json
import os
import re

import gate
from gate import check, equal, run

HOLDER = re.compile(r"^(held by|lost:|lost with).*", re.M)


def said_of(*tests, **env):
    """Each test's lines on what holds its blocks."""
    env.setdefault("CK_LEAK_HOLDERS", "yes")
    env.setdefault("CK_LEAK_ITERATIONS", "101")
    lines = {}
    for test in tests:
        result = run("holders", CK_LEAK_TEST=test, **env)
        case = result.case(test)
        equal(case.verdict, "leak", test + " leaks", result)
        lines[test] = [m.group(0) for m in HOLDER.finditer(case.text)]
    return lines if len(tests) > 1 else lines[tests[0]]


def is_held(lines, blocks="101 of 101 blocks", by=None, how=""):
    check(len(lines) == 1, "one line", lines)
    check(lines[0].startswith("held by " + (by or "")), "held", lines)
    check(": " + blocks in lines[0], blocks, lines)
    check(lines[0].endswith(how), how, lines)


def is_lost(lines, blocks="101 of 101 blocks"):
    equal(lines, ["lost: no pointer to them was found: " + blocks], "lost")


def test_lists_and_trees_are_held():
    for test, lines in said_of("list", "tree").items():
        is_held(lines)


def test_entries_and_keys_of_a_map_grow_from_its_buckets():
    lines = said_of("hash_map")
    equal(len(lines), 2, "entries and keys: %s" % lines)
    for line in lines:
        check("101 of 101 blocks" in line, "all of each", lines)
        check("grows from the block of map_new" in line, "the buckets", lines)


def test_elements_of_an_array_that_grows():
    lines = said_of("grown_array")
    check("101 of 101 blocks" in lines[0], "all", lines)


def test_a_buffer_is_one_block():
    is_held(said_of("buffer"), "1 of 1 block")


def test_slots_of_an_array_are_one():
    is_held(said_of("static_array"), how="[]: 101 of 101 blocks")


def test_a_working_set_is_told_from_what_is_lost():
    lines = said_of("lost_beside_ring")
    equal(len(lines), 1, "one line: %s" % lines)
    check(lines[0].startswith(
        "lost: no pointer to them was found: 91 of 101 blocks; the other 10 "
        "are in use: a global at "), "both", lines)


def test_storage_of_the_thread():
    lines = said_of("local_to_thread", "thread_key")
    is_held(lines["local_to_thread"])
    check("thread-local" in lines["local_to_thread"][0], "its kind", lines)
    is_held(lines["thread_key"], by="thread-specific data")


def test_the_kernel_holds():
    lines = said_of("epoll_data", "timer_value")
    is_held(lines["epoll_data"], by="the kernel: epoll on descriptor ")
    is_held(lines["timer_value"], by="the kernel: the value of a timer")


def test_both_blocks_of_tsearch():
    lines = said_of("tsearched")
    equal(len(lines), 2, "nodes and keys: %s" % lines)
    for line in lines:
        check("101 of 202 blocks" in line, "half each", lines)
        check("+0x8/+0x10 repeatedly" in line, "both sides", lines)


def test_pointers_in_another_form():
    lines = said_of("tag_below", "tag_above", "packed", "to_end")
    is_held(lines["tag_below"])
    is_held(lines["tag_above"], how="(by tagged pointers)")
    is_held(lines["packed"], how="(by pointers that are not aligned)")
    is_held(lines["to_end"], how="(by pointers to their ends)")


def test_an_encoded_pointer_is_a_limit():
    is_lost(said_of("xor_list"))


def test_lost():
    is_lost(said_of("lost"))
    is_lost(said_of("thread_ended"))


def test_the_last_one_is_no_holder_of_all():
    is_lost(said_of("keeps_last"), "100 of 101 blocks")


def test_blocks_that_point_at_each_other_are_lost():
    is_lost(said_of("circle"), "202 of 202 blocks")


def test_lost_with_the_block_that_pointed_at_them():
    lines = said_of("lost_with")
    check("lost: no pointer to them was found: 101 of 101 blocks" in lines,
          "the struct", lines)
    check(any("lost with the block of jwks_new (" in line and
              "which nothing points at: 101 of 101 blocks" in line
              for line in lines), "the name", lines)


def test_stale_addresses_in_reused_memory_hold_nothing():
    is_lost(said_of("stale"))


def test_no_changes_nothing():
    equal(said_of("list", CK_LEAK_HOLDERS="no"), [], "no line")


def test_verdicts_are_those_without():
    kinds = [
        {(c.name, c.verdict) for c in run(
            "holders", CK_LEAK_ITERATIONS="61", CK_LEAK_HOLDERS=holders).cases}
        for holders in ("yes", "no")]
    equal(kinds[0], kinds[1], "verdicts")


def test_a_search_that_cannot_be_made_is_said():
    result = run("holders", CK_LEAK_TEST="no_child", CK_LEAK_HOLDERS="yes",
                 CK_LEAK_ITERATIONS="101")
    case = result.case("no_child")
    equal(case.verdict, "leak", "the verdict stays", result)
    check("holders: the search ended early\n" in case.text, "a note", result)
    check("held by" not in case.text and "lost:" not in case.text, "no line",
          result)


def test_reports_carry_it():
    path = os.path.join(gate.TMP, "report.json")
    result = run("holders", CK_LEAK_TEST="lost", CK_LEAK_HOLDERS="yes",
                 CK_LEAK_ITERATIONS="101", CK_LEAK_JSON_FILE_NAME=path,
                 CK_LEAK_HTML_FILE_NAME=path + ".html")
    case = result.case("lost")
    equal(case.properties["leak.holder"],
          "lost: no pointer to them was found: 101 of 101 blocks", "JUnit",
          result)
    with open(path + ".html") as file:
        check("<p>lost: no pointer to them was found: 101 of 101 blocks"
              in file.read(), "HTML", result)
    with open(path) as file:
        site = json.load(file)["tests"][0]["measured"]["sites"][0]
    holder = site["holders"][0]
    equal((holder["kind"], holder["by"], holder["blocks"], holder["of"]),
          ("lost", "pointer", 101, 101), "JSON")
