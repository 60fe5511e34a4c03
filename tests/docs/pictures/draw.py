# SPDX-License-Identifier: MIT
"""The pictures of verdict.md, from recorded series and the verdicts that the
page shows."""
import re

import svg

WINDOWS = 64


def series_of(text):
    """name -> values, of what record.c prints."""
    found = {}
    for line in text.splitlines():
        name, *steps = line.split()
        values, last = [], 0
        for step in steps:
            size, _, times = step.partition("*")
            for _ in range(int(times or 1)):
                last += int(size)
                values.append(last)
        found[name] = values
    return found


def verdicts_of(page):
    """name -> (iterations, verdict), as the page shows the program's output."""
    rows = re.findall(r"^(\w+): (\d+) iterations\n  (\w+):", page, re.M)
    return {name: (int(n), word) for name, n, word in rows}


def shapes(series, verdicts):
    parts = []
    for place, (name, (iterations, verdict)) in enumerate(verdicts.items()):
        x, y = 10 + place % 2 * 370, 26 + place // 2 * 150
        panel = svg.Panel(x, y, 350, 90, series[name][:iterations])
        parts += [svg.text(x, y - 8, name),
                  svg.text(x + 350, y - 8, verdict, verdict, "end"),
                  panel.startup(), panel.frame(),
                  panel.curve(f"curve {verdict}"),
                  svg.text(x, y + 104, f"0 to {panel.top} blocks", "small"),
                  svg.text(x + 350, y + 104, f"{iterations} repetitions",
                           "small", "end")]
    x, y = 400, 26 + len(verdicts) // 2 * 150
    parts += [f'<rect class="startup" x="{x}" y="{y + 10}" width="30" '
              'height="20"/>',
              svg.text(x + 40, y + 24, "start-up: not judged"),
              svg.text(x, y + 54, "Live blocks of one call site at the end of"),
              svg.text(x, y + 70, "each repetition, recorded by leakslope.")]
    return svg.document(740, 26 + (len(verdicts) + 1) // 2 * 150,
                        "Seven shapes of growth and their verdicts", parts)


def how_long(series):
    lengths = (61, 251, 1021, 4093)
    names = ("leak", "lru_cache", "batch_free", "late_init")
    parts = [svg.text(105 + column * 160 + 70, 16, f"after {n}", "", "middle")
             for column, n in enumerate(lengths)]
    for row, name in enumerate(names):
        y = 26 + row * 98
        parts.append(svg.text(5, y + 40, name))
        for column, n in enumerate(lengths):
            panel = svg.Panel(105 + column * 160, y, 145, 75, series[name][:n])
            parts += [panel.frame(), panel.curve(),
                      svg.text(panel.x, y + 86,
                               f"{max(panel.values)} blocks", "small")]
    return svg.document(740, 26 + len(names) * 98,
                        "Four growth curves at four lengths", parts)


def floor_of(lows):
    """The lowest of each window and of all later ones."""
    floor = lows[:]
    for i in range(len(floor) - 2, -1, -1):
        floor[i] = min(floor[i], floor[i + 1])
    return floor


def floor(series):
    values = series["forgetful_batch"][:1021]
    width = -(-len(values) // WINDOWS)
    starts = range(0, len(values), width)
    lows = [min(values[i:i + width]) for i in starts]
    panel = svg.Panel(10, 30, 720, 200, values)
    steps = []
    for start, value in zip(starts, floor_of(lows)):
        steps += [(start, value), (min(start + width, len(values) - 1), value)]
    parts = [panel.startup(), panel.frame(), panel.curve("thin"),
             panel.line(steps, "curve leak")]
    for start, low in zip(starts, lows):
        x, y = panel.at(min(start + width / 2, len(values) - 1), low).split(",")
        parts.append(f'<circle class="low" cx="{x}" cy="{y}" r="2.5"/>')
    parts += [svg.text(10, 20, "forgetful_batch"),
              svg.text(730, 20, f"{len(values)} repetitions, "
                       f"{len(lows)} windows", "small", "end"),
              '<line class="thin" x1="10" y1="246" x2="34" y2="246"/>',
              svg.text(40, 250, "live blocks"),
              '<circle class="low" cx="152" cy="246" r="2.5"/>',
              svg.text(162, 250, "lowest in each window"),
              '<line class="curve leak" x1="320" y1="246" x2="344" y2="246"/>',
              svg.text(350, 250, "floor: never given back"),
              '<rect class="startup" x="520" y="238" width="24" height="14"/>',
              svg.text(550, 250, "start-up: not judged")]
    return svg.document(740, 260, "The floor of a queue that forgets", parts)


def pictures(series_text, page):
    series, verdicts = series_of(series_text), verdicts_of(page)
    return {"shapes.svg": shapes(series, verdicts),
            "how-long.svg": how_long(series), "floor.svg": floor(series)}
