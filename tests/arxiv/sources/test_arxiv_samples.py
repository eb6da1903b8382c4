"""The real documents that lie beside the checkout are read as they are."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from arxiv_watch.arxiv.session import BadDocumentError, MalformedError, RejectedError
from arxiv_watch.arxiv.session.transport import Check
from arxiv_watch.arxiv.sources.api import SearchApi
from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.arxiv.sources.listing import parse_listing
from arxiv_watch.arxiv.sources.oai import Oai
from arxiv_watch.arxiv.sources.page import Page
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType

SAMPLES = "facts/arxiv_samples"


def test_the_real_rss_day_is_read_whole(shared: Path) -> None:
    body = (shared / SAMPLES / "rss" / "rss_quant-ph_2025-04-28_81items.xml").read_bytes()

    feed = parse_feed(body)

    assert (feed.length, len(feed.items), feed.quarantined) == (81, 81, ())
    first = feed.items[0]
    assert first.paper.id == ArxivId("2504.17830")
    assert first.paper.id.version == 1
    assert first.type is AnnounceType.NEW
    assert first.paper.title == "Self-Adjoint Time Operator in a Weighted Energy Space"
    assert first.paper.authors == ("Radmir Kokoulin",)
    assert first.paper.categories == ("quant-ph",)
    assert "Announce Type" not in first.paper.abstract
    assert all(item.paper.abstract and item.paper.authors for item in feed.items)


def test_the_real_atom_extract_is_read_whole(shared: Path) -> None:
    feed = parse_feed((shared / SAMPLES / "rss" / "atom_cs.AI_2025-08-20.xml").read_bytes())

    assert (feed.length, len(feed.items)) == (7, 7)
    assert feed.items[0].paper.categories == ("cs.CL", "cs.AI")
    assert feed.items[0].type is AnnounceType.CROSS


def test_error_feeds_say_why(shared: Path) -> None:
    for path in (shared / SAMPLES / "rss_generated").glob("*error*.xml"):
        with pytest.raises(BadDocumentError, match=r"Bad|Invalid|Unsupported"):
            parse_feed(path.read_bytes())


def test_the_real_listing_is_read_with_its_counts(shared: Path) -> None:
    body = (shared / SAMPLES / "listing" / "list_cs.AI_new_2026-08-12_excerpt.html").read_bytes()

    listing = parse_listing(body, "cs.AI")

    assert listing.day == date(2026, 8, 12)
    assert listing.is_whole
    assert [(str(item.paper.id), item.type.value) for item in listing.items] == [
        ("2608.09949v1", "new"),
        ("2608.09967v1", "new"),
        ("2505.11635v2", "cross"),
        ("2607.28646", "cross"),
        ("2112.07752v5", "replace"),
        ("2505.23399v2", "replace"),
    ]
    assert listing.items[1].paper.authors == ("Tamar Gozlan", "Claudia V. Goldman")
    assert listing.items[2].paper.categories == ("cs.LG", "cs.AI")


GENERATED = {
    "catchup_cs.DC_2026-06-18_abs.html": (date(2026, 6, 18), {"new": 17, "cross": 9, "replace": 1}, 27),
    "catchup_cs.DC_2026-06-18_noabs.html": (date(2026, 6, 18), {"new": 17, "cross": 9, "replace": 1}, 27),
    "catchup_cs.DC_2026-06-18_paged_1.html": (date(2026, 6, 18), {"new": 13}, 27),
    "catchup_cs.DC_2026-06-18_paged_2.html": (date(2026, 6, 18), {"new": 4, "cross": 9}, 27),
    "catchup_cs.OS_2026-06-20_none.html": (date(2026, 6, 20), {}, 0),
    "list_new_cs.DC_2026-06-18.html": (date(2026, 6, 18), {"new": 17, "cross": 9, "replace": 1}, 27),
    "list_new_cs.OS_2026-06-18_none.html": (date(2026, 6, 18), {}, 0),
}


def test_every_generated_page_is_read_whole(shared: Path) -> None:
    pages = {path.name: path.read_bytes() for path in (shared / SAMPLES / "listing_generated").iterdir()}

    assert pages.keys() == GENERATED.keys()
    for name, (day, types, total) in GENERATED.items():
        listing = parse_listing(pages[name], next(part for part in name.split("_") if "." in part))
        assert (listing.day, listing.total, listing.quarantined) == (day, total, ()), name
        assert Counter(item.type.value for item in listing.items) == types, name
        assert listing.is_whole == (sum(types.values()) == total), name
        for item in listing.items:
            assert item.paper.title, name
            assert item.paper.authors, name
            assert item.paper.categories, name
            assert "cs.DC" in item.paper.categories, name
            assert bool(item.paper.abstract) == ("noabs" not in name), name


def test_the_generated_pages_bear_versions_and_the_pages_of_a_day_are_one_day(shared: Path) -> None:
    folder = shared / SAMPLES / "listing_generated"

    def read(name: str) -> Page:
        return parse_listing((folder / f"catchup_cs.DC_2026-06-18_{name}.html").read_bytes(), "cs.DC")

    whole = read("abs")
    assert [str(item.paper.id) for item in whole.items if item.type is AnnounceType.REPLACE] == [
        "2506.22175v5"
    ]
    assert whole.items[0].paper.id.version == 1
    assert whole.items[0].paper.categories == ("cs.DC", "cs.LG", "math.NA", "stat.ML")
    assert whole.items[-1].paper.comment == "11 pages, accepted at IPDPS 2023"
    two = read("paged_1").joined(read("paged_2"))
    assert [item.event for item in two.items] == [item.event for item in whole.items[:26]]
    assert (two.is_whole, two.expected) == (False, 27)


class Recorded:
    """A session that has one answer to everything; a token asks in vain."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def fetch(self, url: str, check: Check) -> bytes:
        if "resumptionToken" in url:
            raise BadDocumentError("the sample is the first page alone")
        check(self._body)
        return self._body


def test_every_answer_of_the_search_api_is_read_whole(shared: Path) -> None:
    answers = sorted((shared / SAMPLES / "api_query").glob("*.http200.xml"))

    assert len(answers) == 19
    for path in answers:
        body = path.read_bytes()
        size = body.count(b"<entry>")
        api = SearchApi(Recorded(body), "https://example.org")
        papers = api.by_ids([ArxivId(f"2611.{number:05d}") for number in range(max(1, size))])
        assert len(papers) == size, path.name
        assert all(paper.title and paper.abstract and paper.authors for paper in papers.values())
        assert all(paper.categories and paper.published for paper in papers.values())


def test_the_error_of_the_search_api_says_why(shared: Path) -> None:
    [path] = (shared / SAMPLES / "api_query").glob("*.http400.xml")

    with pytest.raises(MalformedError, match="incorrect id format for abc"):
        SearchApi(Recorded(path.read_bytes()), "").by_ids([ArxivId("2611.00001")])


def test_every_answer_of_oai_pmh_is_read_or_says_why_not(shared: Path) -> None:
    reasons = {
        "err_badfrom": "badArgument: .*YYYY-MM-DD",
        "err_badset": "badArgument: .*Set does not exist",
        "err_badtoken": "badResumptionToken",
        "err_badverb": "badVerb",
        "err_early": "badArgument: .*too early",
        "err_future": "badArgument: .*too late",
        "err_id": "idDoesNotExist",
        "err_noprefix": "badArgument: .*metadataPrefix required",
    }
    for name, reason in reasons.items():
        with pytest.raises(RejectedError, match=reason):
            oai(shared, name).identifiers(date(2026, 11, 20))
    for name in ("err_norecords", "listrecords_arXiv_p1"):
        assert list(oai(shared, name).records("cs", date(2026, 11, 20))) == []
    for name in ("identify", "listsets", "listmetadataformats"):
        with pytest.raises(BadDocumentError, match="answered without ListIdentifiers"):
            oai(shared, name).identifiers(date(2026, 11, 20))


def test_the_records_of_oai_pmh_are_read_with_their_versions(shared: Path) -> None:
    records = list(oai(shared, "listrecords_arXivRaw_p1").records("cs", date(2005, 9, 16)))

    first = records[0]
    assert str(first.paper.id) == "0704.0046v1"
    assert first.paper.categories == ("quant-ph", "cs.IT", "math.IT")
    assert first.paper.authors == ("I. Csiszar", "F. Hiai", "D. Petz")
    assert (first.submitted.isoformat(), first.datestamp) == ("2007-04-01T16:37:36+00:00", date(2009, 11, 13))
    assert first.paper.journal_ref == "J. Math. Phys. 48(2007), 092102."
    assert all(record.paper.title and record.paper.abstract and record.paper.authors for record in records)


def test_a_record_whose_latest_version_has_no_source_is_withdrawn(shared: Path) -> None:
    body = (shared / SAMPLES / "oai_generated" / "listrecords_arXivRaw_p1.xml").read_bytes()
    session = Recorded(body.replace(b"<source_type>D<", b"<source_type>I<"))
    records = Oai(session, "https://example.org").records("cs", date(2005, 9, 16))

    assert [record.paper.id.base for record in records if record.paper.withdrawn] == ["1008.3222"]


def oai(shared: Path, name: str) -> Oai:
    body = (shared / SAMPLES / "oai_generated" / f"{name}.xml").read_bytes()
    return Oai(Recorded(body), "https://example.org")
