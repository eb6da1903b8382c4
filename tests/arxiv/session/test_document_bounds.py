"""Whatever arrives is refused, or read as far as it is a paper, before it costs seconds or gigabytes.

Each document is as large as an answer may be. What is refused is not parsed, which is what keeps these fast.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from arxiv_support import FRIDAY, MORNING, november, open_arxiv
from arxiv_watch.arxiv.session import BadDocumentError
from arxiv_watch.arxiv.session.documents import check_marks
from arxiv_watch.arxiv.session.transport import MAX_BYTES
from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.papers import CoverageState
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv

HEAD = b'<?xml version="1.0"?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel>'
TAIL = b"</channel></rss>"


def item(number: int, title: bytes = b"A title", more: bytes = b"") -> bytes:
    return (
        b"<item><title>%s</title><guid>oai:arXiv.org:2611.%05dv1</guid>"
        b"<arxiv:announce_type>new</arxiv:announce_type>%s</item>" % (title, number, more)
    )


def filled(unit: bytes) -> bytes:
    return unit * (MAX_BYTES // len(unit))


@pytest.mark.parametrize(
    "unit",
    [b"<a/>", b"<item>", b"<a>", b"</a>", b"<!-- -->", b"&lt;", b"x\n", b'b="c" ', b"<![CDATA[x]]>"],
)
def test_a_document_with_more_markup_than_any_of_arxiv_is_not_parsed(unit: bytes) -> None:
    with pytest.raises(BadDocumentError, match="more"):
        check_marks(HEAD + filled(unit) + TAIL)


@pytest.mark.parametrize("attribute", [b"b ", b"b=c ", b'b=">" '])
def test_a_tag_with_more_attributes_than_a_page_is_not_parsed(attribute: bytes) -> None:
    with pytest.raises(BadDocumentError, match="more"):
        check_marks(HEAD + b"<a " + attribute * 210_000 + b"/>" + TAIL)


def test_documents_of_arxiv_are_well_within_bounds(shared: Path) -> None:
    for path in (shared / "facts" / "arxiv_samples").rglob("*.xml"):
        check_marks(path.read_bytes() * 10)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (b"<item/>" * 2000, "much more than its items"),
        (b"<a>" * 1000 + b"</a>" * 1000 + item(1), "much more than its items"),
        (b"x" * 2**17 + item(1), "much more than its items"),
        (b"".join(map(item, range(1, 2002))), "2001 items, more than 2000"),
        (item(1, more=b"<a/>" * 150) * 1999, "many more elements"),
        (b"<item>" * 1000, "much more than its items|not well-formed"),
    ],
    ids=["empty items", "depth", "length", "items", "elements", "open items"],
)
def test_a_feed_with_more_than_a_feed_holds_is_refused(inside: bytes, message: str) -> None:
    with pytest.raises(BadDocumentError, match=message):
        parse_feed(HEAD + inside + TAIL)


@pytest.mark.parametrize(
    "odd",
    [
        item(2, title=b"x" * 2**20),
        item(2, more=b"<category>a</category>" * 150),
        item(2, more=b"<a>" * 150 + b"</a>" * 150),
        item(2, title=b"R&D"),
    ],
    ids=["length", "elements", "depth", "not XML"],
)
def test_an_item_that_is_no_paper_s_is_put_aside_and_the_others_are_read(odd: bytes) -> None:
    feed = parse_feed(HEAD + item(1) + odd + item(3) + TAIL)

    assert [each.paper.id.base for each in feed.items] == ["2611.00001", "2611.00003"]
    assert feed.length == 3
    assert len(feed.quarantined) == 1
    assert "2611.00002" in feed.quarantined[0]


def test_the_next_source_is_asked_in_place_of_a_document_without_measure(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server:
        server.fault(Role.RSS, faults.say(HEAD + b"<item/>" * 700_000 + TAIL, "text/xml"))
        with open_arxiv(server, tmp_path, clock) as arxiv:
            poll = arxiv.poll(["cs.LG"])

    [today] = [row for row in poll.coverage if row.day == FRIDAY]
    assert (today.state, today.source) == (CoverageState.REPAIRED, "listing")
    assert "more than 600000" in today.detail
