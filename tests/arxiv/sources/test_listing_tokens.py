"""Pages are cut into tags and text as the standard parser cuts them, and whatever arrives, in linear time."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from arxiv_support import MORNING, november
from arxiv_watch.arxiv.session import BadDocumentError
from arxiv_watch.arxiv.sources.listing import EndTag, StartTag, parse_listing, tokens
from arxiv_watch.demo.arxiv_server import Role
from fakes import FakeClock
from stand_ins.arxiv_server import FaultyArxiv


class Standard(HTMLParser):
    """What the standard library's parser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[StartTag | EndTag | str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(StartTag(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(EndTag(tag))

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def readable(found: list[StartTag | EndTag | str]) -> list[StartTag | EndTag | str]:
    """Tags and words, whatever pieces the text came in."""
    return [each for token in found for each in (token.split() if isinstance(token, str) else [token])]


def test_pages_are_cut_as_the_standard_parser_cuts_them(shared: Path) -> None:
    pages = [
        path.read_text(encoding="utf-8") for path in (shared / "facts/arxiv_samples").glob("listing*/*.html")
    ]

    assert len(pages) == 8
    for page in pages:
        body = page[page.index("<body") :] if "<body " in page else page
        assert readable(list(tokens(body))) == readable(Standard(body).found)


def test_the_stand_ins_pages_are_cut_as_the_standard_parser_cuts_them() -> None:
    server = FaultyArxiv(november(), clock=FakeClock(MORNING))
    page = server.honest(server.request(Role.PAGES, "/list/cs.LG/new", {})).body.decode()
    page = page[page.index("<body") :]

    assert readable(list(tokens(page))) == readable(Standard(page).found)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("a &lt;b&gt; &amp; c", ["a <b> & c"]),
        ("x<!-- <h1>no</h1> -->y<!-- never closed <p>", ["xy"]),
        ("<a href ='/abs/1' id=x data-y>", [StartTag("a", {"href": "/abs/1", "id": "x"})]),
        ('<BR/><P class="a b">', [StartTag("br"), StartTag("p", {"class": "a b"})]),
        ("1 < 2 </b", ["1 ", "<", " 2 ", "<", "/b"]),
        ("<a title='&quot;1&quot;'></A>", [StartTag("a", {"title": '"1"'}), EndTag("a")]),
    ],
)
def test_tags_text_and_comments(page: str, found: list[StartTag | EndTag | str]) -> None:
    assert list(tokens(page)) == found


# The standard parser needs minutes for some of these: it looks for a tag's end from each of its beginnings.
@pytest.mark.parametrize(
    "unit", ["<", "<a ", '<a href="', "<!--", "<![", "</", "<?", "&#", "<h3>", "<dt>", "<p><br>"]
)
def test_a_page_that_never_comes_to_an_end_is_refused(unit: str) -> None:
    heading = "<h3>Showing new listings for Friday, 20 November 2026</h3><h3>New submissions</h3>"
    page = heading + unit * (2**18 // len(unit))

    with pytest.raises(BadDocumentError):
        parse_listing(page.encode(), "cs.LG")
