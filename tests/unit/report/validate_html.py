# SPDX-License-Identifier: MIT
"""validate_html.py FILE...: the page is whole, takes nothing from elsewhere,
runs nothing, and holds no markup but ours."""
import html.parser
import re
import sys

VOID = {"meta", "line", "rect", "polyline"}
ALLOWED = {
    "html": {"lang"}, "head": set(), "title": set(), "style": set(),
    "meta": {"charset", "name", "content", "http-equiv"}, "body": set(),
    "header": set(), "main": set(), "footer": set(), "section": set(),
    "article": {"class", "id"}, "h1": set(), "h2": set(), "h3": set(),
    "h4": set(), "p": {"class"}, "ul": {"class"}, "ol": {"class"},
    "li": {"class"}, "span": {"class"}, "bdi": {"class"}, "code": {"class"},
    "strong": set(), "pre": {"class"}, "b": set(), "i": set(),
    "a": {"href"}, "dl": set(), "dt": set(), "dd": set(), "div": {"class"},
    "details": {"open", "class"}, "summary": set(), "figure": set(),
    "figcaption": set(), "table": {"class"}, "thead": set(), "tbody": set(),
    "tr": set(), "th": {"class"}, "td": {"class"},
    "svg": {"viewbox", "role", "aria-label"},
    "line": {"class", "x1", "y1", "x2", "y2"},
    "rect": {"class", "x", "y", "width", "height"},
    "polyline": {"class", "points"}, "text": {"text-anchor", "x", "y"},
}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], [], []

    def start(self, tag, attributes):
        assert tag in ALLOWED, "<%s> at %s" % (tag, self.getpos())
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), "an attribute twice"
        for name, value in attributes:
            assert name in ALLOWED[tag], "%s of <%s>" % (name, tag)
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.links.append(value)
            if name in ("x", "y", "x1", "x2", "y1", "y2", "width", "height"):
                assert re.fullmatch(r"\d+(\.\d)?", value), value
                assert float(value) <= 400, value
            if name == "points":
                assert re.fullmatch(r"(\d+(\.\d)?,\d+(\.\d)? )+", value), value

    def handle_starttag(self, tag, attributes):
        self.start(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.start(tag, attributes)
        assert tag in VOID, tag

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, \
            "</%s> in %s at %s" % (tag, self.open, self.getpos())
        self.open.pop()

    def handle_comment(self, data):
        raise AssertionError("a comment")

    def unknown_decl(self, data):
        raise AssertionError("a declaration")

    handle_pi = handle_comment


def check(path):
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "strict")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", text)
    assert "default-src 'none'" in text
    style = text[text.index("<style>"):text.index("</style>")]
    assert "url(" not in style and "@import" not in style
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open, page.open
    assert len(page.ids) == len(set(page.ids)), "an id twice"
    for link in page.links:
        assert link[0] == "#" and link[1:] in page.ids, link


for name in sys.argv[1:]:
    check(name)
