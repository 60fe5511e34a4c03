# SPDX-License-Identifier: MIT
"""Curves as SVG, light and dark."""

STYLE = """
text { font: 12px sans-serif; fill: #1f2328; }
.small { font-size: 10px; fill: #59636e; }
.frame { fill: none; stroke: #d1d9e0; }
.startup { fill: #818b98; fill-opacity: .15; }
.curve { fill: none; stroke: #0969da; stroke-width: 1.5; }
.thin { fill: none; stroke: #818b98; } .dense { stroke-width: .6; }
.leak { stroke: #cf222e; } .clean { stroke: #1a7f37; }
.saturating { stroke: #9a6700; }
text.leak { fill: #cf222e; stroke: none; } .low { fill: #0969da; }
text.clean { fill: #1a7f37; stroke: none; }
text.saturating { fill: #9a6700; stroke: none; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small { fill: #9198a1; } .frame { stroke: #3d444d; }
.curve { stroke: #4493f8; } .low { fill: #4493f8; }
.leak { stroke: #f85149; } .clean { stroke: #3fb950; }
.saturating { stroke: #d29922; } text.leak { fill: #f85149; }
text.clean { fill: #3fb950; } text.saturating { fill: #d29922; }
}
"""
MOST_VERTICES = 1000
MANY = 50  # falls: their lines are thin


def number(value):
    return f"{value:.1f}".removesuffix(".0")


def text(x, y, words, kind="", anchor="start"):
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor != "start" else ""
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{number(x)}" y="{number(y)}"{kind}{anchor}>{words}</text>'


def document(width, height, title, parts):
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} '
            f'{height}" width="{width}" height="{height}" role="img" '
            f'aria-label="{title}">\n<title>{title}</title>\n'
            f"<style>{STYLE}</style>\n{body}\n</svg>\n")


def vertices(values):
    """(i, value) where the direction changes, thinned out where they are many.
    """
    last = len(values) - 1
    kept = [i for i in range(len(values)) if i in (0, last) or
            values[i] - values[i - 1] != values[i + 1] - values[i]]
    step = -(-len(kept) // MOST_VERTICES)
    kept = kept[::step] + ([last] if (len(kept) - 1) % step else [])
    return [(i, values[i]) for i in kept]


class Panel:
    """A frame with axes from 0 to the number of values and to the highest."""

    def __init__(self, x, y, width, height, values, top=None):
        self.x, self.y, self.width, self.height = x, y, width, height
        self.values = values
        self.top = top or max(max(values), 1)

    def at(self, i, value):
        x = self.x + self.width * i / max(len(self.values) - 1, 1)
        y = self.y + self.height * (1 - value / self.top)
        return f"{number(x)},{number(y)}"

    def frame(self):
        return (f'<rect class="frame" x="{self.x}" y="{self.y}" '
                f'width="{self.width}" height="{self.height}"/>')

    def startup(self):
        """The part that is not judged."""
        return (f'<rect class="startup" x="{self.x}" y="{self.y}" '
                f'width="{number(self.width / 8)}" height="{self.height}"/>')

    def line(self, points, kind):
        path = " ".join(self.at(i, value) for i, value in points)
        return f'<polyline class="{kind}" points="{path}"/>'

    def curve(self, kind="curve"):
        points = vertices(self.values)
        falls = sum(b < a for a, b in zip(self.values, self.values[1:]))
        return self.line(points, f"{kind} dense" if falls > MANY else kind)
