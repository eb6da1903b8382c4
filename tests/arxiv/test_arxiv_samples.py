"""The real documents that lie beside the checkout are read as they are."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from arxiv_watch.arxiv.feeds import parse_feed
from arxiv_watch.arxiv.listing import Listing, parse_listing
from arxiv_watch.arxiv.refusals import BadDocumentError
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

    def read(name: str) -> Listing:
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
