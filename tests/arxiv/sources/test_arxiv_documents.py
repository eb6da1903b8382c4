"""Feeds, listings and OAI-PMH as documents: what is kept as written, and what is refused."""

from __future__ import annotations

from datetime import date
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.arxiv.session import BadDocumentError, RefusalError
from arxiv_watch.arxiv.session.documents import check_html, check_xml, line, text_of_xml, xml
from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.arxiv.sources.listing import parse_listing
from arxiv_watch.arxiv.sources.oai import sets_for
from arxiv_watch.papers import AnnounceType

HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' version="2.0">'
    "<channel><title>cs.LG updates on arXiv.org</title>"
)
TAIL = "</channel></rss>"


def item(
    title: str = "A title", guid: str = "oai:arXiv.org:2611.00001v1", kind: str = "new", extra: str = ""
) -> str:
    text = escape(title, quote=False)
    return (
        f"<item><title>{text}</title><link>https://arxiv.org/abs/2611.00001</link>"
        f"<description>arXiv:2611.00001v1 Announce Type: {kind} \nAbstract: {text}</description>"
        f'<guid isPermaLink="false">{guid}</guid><category>cs.LG</category>'
        f"<arxiv:announce_type>{kind}</arxiv:announce_type>{extra}</item>"
    )


def feed(*items: str) -> bytes:
    return (HEAD + "".join(items) + TAIL).encode()


def test_a_byte_order_mark_is_no_reason_to_refuse() -> None:
    body = b"\xef\xbb\xbf" + feed(item())
    check_xml(body)
    check_html(b"\xef\xbb\xbf<!DOCTYPE html><html></html>")

    assert len(parse_feed(body).items) == 1


@pytest.mark.parametrize(
    "title",
    [
        "$x<y$ and $a>b$",
        "<b>bold</b> claims",
        "AT&amp;T & co",
        "<script>alert(1)</script>",
        r"\emph{Café} with $\omega$",
        "中文标题 – with a dash",
        "{Braces} and ~tildes~",
    ],
)
def test_titles_and_abstracts_are_kept_as_the_authors_wrote_them(title: str) -> None:
    [found] = parse_feed(feed(item(title))).items

    assert found.paper.title == title
    assert found.paper.abstract == title


# Two habits of feedparser stay out of this: it mends UTF-8 that was read as Latin-1, and Windows-1252.
# So does the backslash, after which TeX's accents and letters are decoded.
ascii_characters = st.characters(codec="ascii", exclude_categories=("Cc",), exclude_characters="\\")
printable = st.text(ascii_characters, min_size=1).filter(str.strip)


@given(title=printable)
def test_any_title_is_read_unchanged(title: str) -> None:
    [found] = parse_feed(feed(item(title))).items

    assert found.paper.title == line(title)


def test_runs_of_white_space_become_one_space() -> None:
    [found] = parse_feed(feed(item("  Two \n lines\tof  text "))).items

    assert found.paper.title == "Two lines of text"


@pytest.mark.parametrize(
    ("guid", "base"),
    [
        ("oai:arXiv.org:2611.00001v3", "2611.00001"),
        ("oai:arXiv.org:hep-th/9901001v1", "hep-th/9901001"),
        ("https://arxiv.org/abs/0704.0001", "0704.0001"),
        ("something else", "2611.00001"),  # the link names it
    ],
)
def test_identifiers_are_read_in_every_form(guid: str, base: str) -> None:
    [found] = parse_feed(feed(item(guid=guid))).items

    assert found.paper.id.base == base


def test_a_new_namespace_prefix_changes_nothing() -> None:
    body = feed(item()).replace(b"<arxiv:", b"<ax:").replace(b"</arxiv:", b"</ax:")
    body = body.replace(b"xmlns:arxiv=", b"xmlns:ax=")

    [found] = parse_feed(body).items

    assert found.type is AnnounceType.NEW


def test_items_that_cannot_be_read_are_named() -> None:
    nameless = item(guid="none").replace("abs/2611.00001", "nothing")
    untitled = item(title=" ", guid="oai:arXiv.org:2611.00002v1")
    strange = item(guid="oai:arXiv.org:2611.00003v1", kind="withdrawn")

    found = parse_feed(feed(nameless, untitled, strange, item(guid="oai:arXiv.org:2611.00004v1")))

    assert [each.paper.id.base for each in found.items] == ["2611.00004"]
    assert [text.split(":")[0] for text in found.quarantined] == ["none", "2611.00002v1", "2611.00003v1"]
    assert found.length == 4


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.999])
def test_a_feed_that_is_cut_off_is_refused(cut: float) -> None:
    body = feed(item(), item(guid="oai:arXiv.org:2611.00002v1"))

    with pytest.raises(BadDocumentError):
        parse_feed(body[: int(len(body) * cut)])


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"Rate exceeded.", b"<!DOCTYPE html><html></html>", b"<html>"]
)
def test_what_is_not_xml_means_not_now(body: bytes) -> None:
    with pytest.raises(RefusalError, match="200 with"):
        check_xml(body)


@pytest.mark.parametrize("body", [b"", b"Rate exceeded.", b"<?xml version='1.0'?><rss/>"])
def test_what_is_not_a_page_means_not_now(body: bytes) -> None:
    with pytest.raises(RefusalError, match="200 with"):
        check_html(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE x><rss/>",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><rss>&a;</rss>',
        "<?xml version='1.0'?><rss>ä</rss>".encode("latin-1"),
        "<?xml version='1.0'?><rss/>".encode("utf-16"),
    ],
)
def test_unsafe_documents_are_not_parsed(body: bytes) -> None:
    with pytest.raises(BadDocumentError):
        text_of_xml(body)


def test_broken_xml_says_where() -> None:
    with pytest.raises(BadDocumentError, match="line 1"):
        xml(b"<?xml version='1.0'?><rss><open></rss>")


def page(*sections: str, heading: str = "Showing new listings for Monday, 23 November 2026") -> bytes:
    return f"<!DOCTYPE html><html><body><h3>{heading}</h3>{''.join(sections)}</body></html>".encode()


def section(name: str, count: str, *ids: str) -> str:
    rows = "".join(
        f'<dt><a href ="/abs/{base}" id="{base}">arXiv:{base}</a></dt><dd><div class="list-title mathjax">'
        f'<span class="descriptor">Title:</span> Title of {base}</div>'
        f'<div class="list-subjects">Machine Learning (cs.LG)</div><p>See also arXiv:2101.00001.</p></dd>'
        for base in ids
    )
    return f"<h3>{name} submissions ({count} entries)</h3><dl>{rows}</dl>"


def test_a_page_is_whole_if_it_shows_what_it_declares() -> None:
    whole = parse_listing(page(section("New", "showing 2 of 2", "2611.00001", "2611.00002")), "cs.LG")
    short = parse_listing(page(section("New", "showing first 1 of 2", "2611.00001")), "cs.LG")

    assert (whole.day, whole.is_whole, len(whole.items)) == (date(2026, 11, 23), True, 2)
    assert (short.is_whole, short.declared) == (False, {AnnounceType.NEW: 2})


def test_identifiers_in_abstracts_are_not_entries() -> None:
    listing = parse_listing(page(section("Cross", "showing 1 of 1", "2611.00001")), "cs.CL")

    assert [each.paper.id.base for each in listing.items] == ["2611.00001"]


def test_authors_are_the_links_and_hidden_addresses_are_shown() -> None:
    body = page(section("New", "showing 1 of 1", "2611.00001")).replace(
        b"</div><div class",
        b"</div><div class='list-authors'>for the <a href='/s'>ATLAS Collaboration</a>: "
        b"<a href='/s'>G. Aad Jr.</a> (CERN, Geneva), <a href='/s'>Jos&eacute; &Aacute;lvarez</a></div>"
        b"<div class='list-comments'><span class='descriptor'>Comments:</span> Code at "
        b"<a href='https://example.org/code?a=1&amp;b=2'>this https URL</a>, "
        b"<a href='https://doi.org/10.1/2'>https://doi.org/10.1/2</a></div><div class",
        1,
    )

    [item] = parse_listing(body, "cs.LG").items

    assert item.paper.authors == ("ATLAS Collaboration", "G. Aad Jr.", "José Álvarez")
    assert item.paper.comment == "Code at https://example.org/code?a=1&b=2, https://doi.org/10.1/2"


def test_an_author_list_that_is_unavailable_names_nobody() -> None:
    body = page(section("New", "showing 1 of 1", "2611.00001")).replace(
        b"</div><div class",
        b"</div><div class='list-authors'>(author list is unavailable)</div><div class",
        1,
    )

    assert parse_listing(body, "cs.LG").items[0].paper.authors == ()


def test_replacements_are_reported_apart_by_their_home() -> None:
    body = page(section("Replacement", "showing 1 of 1", "2611.00001"))

    assert parse_listing(body, "cs.LG").items[0].type is AnnounceType.REPLACE
    assert parse_listing(body, "cs.CL").items[0].type is AnnounceType.REPLACE_CROSS


def test_a_page_without_a_date_is_nobodys_day() -> None:
    for heading in ("", "Welcome", "Listing of Monday, 23 November 2026"):
        with pytest.raises(BadDocumentError, match="no heading bears a date"):
            parse_listing(page("<p>No updates today.</p>", heading=heading), "cs.LG")


@pytest.mark.parametrize(
    "text",
    [
        "<h3>Showing new listings for Monday, 23 November 2026</h3>",
        "No updates for Mon, 23 Nov 2026.",
        "Showing new listings for Monday, 23 November 2026. Total of 900 entries",
    ],
)
def test_what_an_abstract_says_is_neither_date_nor_count(text: str) -> None:
    said = section("New", "showing 1 of 1", "2611.00001").replace("See also", text)

    with pytest.raises(BadDocumentError, match="no heading bears a date"):
        parse_listing(page(said, heading="Welcome"), "cs.LG")
    assert parse_listing(page(said), "cs.LG").is_whole


@pytest.mark.parametrize(
    ("heading", "day"),
    [
        ("Showing new listings for Tuesday, 14 October 2025", date(2025, 10, 14)),
        ("Showing new listings for Tue, 14 Oct 2025", date(2025, 10, 14)),
        ("Catchup results for Machine Learning (cs.LG) on Tue, 14 Oct 2025", date(2025, 10, 14)),
        ("Catchup results for Machine Learning (cs.LG) on Tuesday, 14 October 2025", date(2025, 10, 14)),
        ("Catchup results for Machine Learning on Tue, 14 Oct 2025", date(2025, 10, 14)),
        ("Catchup results for Physics on Graphs (on) (cs.LG) on Tue, 14 Oct 2025", date(2025, 10, 14)),
    ],
)
def test_a_date_is_read_in_the_words_of_either_page(heading: str, day: date) -> None:
    assert parse_listing(page("<p>No updates today.</p>", heading=heading), "cs.LG").day == day


@pytest.mark.parametrize("day", ["Saturday, 31 February 2026", "Tue, 14 Okt 2025", "today"])
def test_a_date_that_cannot_be_read_is_named(day: str) -> None:
    with pytest.raises(BadDocumentError, match=rf"its date '{day}' cannot be read"):
        parse_listing(page(heading=f"Showing new listings for {day}"), "cs.LG")


def test_a_page_without_papers_must_say_so() -> None:
    with pytest.raises(BadDocumentError, match='neither papers nor "No updates"'):
        parse_listing(page("<h3>Fresh papers</h3>"), "cs.LG")


def test_a_page_of_another_category_is_refused_and_one_of_its_other_name_is_not() -> None:
    heading = "Catchup results for Systems and Control (eess.SY) on Mon, 23 Nov 2026"
    body = page("<p>No updates for Mon, 23 Nov 2026.</p>", heading=heading)

    nameless = body.replace(b" (eess.SY)", b"")
    linked = nameless.replace(
        b"<p>", b'<a href="/catchup/eess.SY/2026-11-24?abs=True&page=1">Continue</a><p>'
    )

    for whole in (body, nameless, linked):
        assert parse_listing(whole, "cs.SY").items == ()
    for other in (body, linked):
        with pytest.raises(BadDocumentError, match=r"it shows eess\.SY"):
            parse_listing(other, "cs.LG")


def test_a_section_that_begins_on_the_next_page_is_missed_on_the_first() -> None:
    first = page(section("New", "showing 2 of 2", "2611.00001", "2611.00002"), "Total of 3 entries")
    second = page(section("Cross", "showing 1 of 1", "2611.00003"), "Total of 3 entries")

    one = parse_listing(first, "cs.LG")

    assert (one.is_whole, one.expected) == (False, 3)
    assert one.joined(parse_listing(second, "cs.LG")).is_whole


def test_few_categories_are_harvested_by_set_and_many_by_archive() -> None:
    assert sets_for(["cs.LG", "stat.ML"]) == ["cs:cs:LG", "stat:stat:ML"]
    assert sets_for(["cs.LG", "cs.CL", "cs.AI", "cs.DC"]) == ["cs:cs"]
    assert sets_for(["hep-th", "astro-ph.CO"]) == ["physics:astro-ph:CO", "physics:hep-th"]
