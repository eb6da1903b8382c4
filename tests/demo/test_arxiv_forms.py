"""What the stand-in of arXiv sends has the form of the documents that arXiv's own code wrote.

Each sample is read, its papers become the stand-in's, and what the stand-in answers at the sample's
address must be the same document: elements, attributes and words, white space apart.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from arxiv_watch.arxiv.sources.listing import parse_listing
from arxiv_watch.arxiv.taxonomy import CATEGORIES
from arxiv_watch.demo.arxiv_server import Request, Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Paper
from stand_ins import arxiv_pages
from stand_ins.arxiv_pages import answer as answer_pages
from stand_ins.arxiv_world import Submission, Version, World

GENERATED = "facts/arxiv_samples/listing_generated"

# Matches an entry of a page.
ENTRY = re.compile(r"<dt>.*?</dd>", re.DOTALL)
# Matches the link to a paper as HTML; whether a paper has one is nothing that the stand-in knows.
HTML_LINK = re.compile(r', <a href="https://arxiv.org/html/[^>]*>html</a>')
# Matches the parts of "<a name='item7'>[7]</a>"; the samples number papers in an order of their own.
NUMBER = re.compile(r"<a name=item\d+|\[\d+\]")


class Skeleton(HTMLParser):
    """A page as the list of its tags, with their attributes, and of its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(" ".join([f"<{tag}", *(f"{name}={value}" for name, value in attrs)]))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts += data.split()


def outline(page: str) -> list[str]:
    """What surrounds the entries, each of which is one word in it."""
    return Skeleton(ENTRY.sub(" an-entry ", page)).parts


def entries(page: str) -> dict[str, list[str]]:
    found = {}
    for entry in ENTRY.findall(HTML_LINK.sub("", page)):
        parts = [part for part in Skeleton(entry).parts if not NUMBER.fullmatch(part)]
        found[next(part for part in parts if part.startswith("arXiv:"))] = parts
    return found


def submission(paper: Paper, kind: AnnounceType, day: date) -> Submission:
    """A paper with the versions that make it what a page of that day says it is."""
    if kind in {AnnounceType.NEW, AnnounceType.CROSS}:
        return Submission.of(replace(paper, announced=day))
    days = [day - timedelta(weeks=back) for back in reversed(range(paper.id.version or 2))]
    versions = tuple(
        Version(datetime(each.year, each.month, each.day, tzinfo=UTC), each) for each in days[1:]
    )
    return replace(Submission.of(replace(paper, announced=days[0])), replacements=versions)


@pytest.mark.parametrize(
    ("name", "address", "query", "following"),
    [
        ("catchup_cs.DC_2026-06-18_abs", "/catchup/cs.DC/2026-06-18", {"abs": "True"}, 19),
        ("catchup_cs.DC_2026-06-18_noabs", "/catchup/cs.DC/2026-06-18", {}, 19),
        ("catchup_cs.OS_2026-06-20_none", "/catchup/cs.OS/2026-06-20", {"abs": "True"}, 21),
        ("list_new_cs.DC_2026-06-18", "/list/cs.DC/new", {}, None),
        ("list_new_cs.OS_2026-06-18_none", "/list/cs.OS/new", {}, None),
    ],
)
def test_a_page_is_the_document_that_arxivs_templates_write(
    shared: Path, name: str, address: str, query: dict[str, str], following: int | None
) -> None:
    sample = page_of(shared, name)
    answered = answer(shared, address, query, following)

    assert outline(answered) == outline(sample)
    assert entries(answered) == entries(sample)


@pytest.mark.parametrize("page", ["1", "2"])
def test_a_page_of_several_counts_and_links_as_arxivs_do(
    shared: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arxiv_pages, "PAGE_SIZE", 13)
    sample = page_of(shared, f"catchup_cs.DC_2026-06-18_paged_{page}")
    answered = answer(shared, "/catchup/cs.DC/2026-06-18", {"abs": "True", "page": page}, 19)

    assert outline(answered) == outline(sample)
    assert len(entries(answered)) == len(entries(sample))


def page_of(shared: Path, sample: str) -> str:
    """A sample from its body on, with categories named by their ids, as the stand-in names them."""
    page = (shared / GENERATED / f"{sample}.html").read_text(encoding="utf-8")
    names = json.loads((shared / "facts/arxiv_taxonomy.json").read_text(encoding="utf-8"))
    for about in names["categories"]:
        name, category = about["name"], about["id"]
        page = page.replace(f"{name} ({category})", f"{category} ({category})")
        page = page.replace(f"<h1>{name}</h1>", f"<h1>{category}</h1>")
    return page[page.index("<body") :]


def answer(shared: Path, address: str, query: dict[str, str], following: int | None) -> str:
    """The stand-in's page of an address, of a world with the samples' papers of 18 June."""
    day = date(2026, 6, 18)
    body = (shared / GENERATED / "catchup_cs.DC_2026-06-18_abs.html").read_bytes()
    items = parse_listing(body, "cs.DC").items if "cs.DC" in address else ()
    submissions = [submission(item.paper, item.type, day) for item in items]
    if following is not None:
        later = Paper(ArxivId("2606.20001"), "Later", categories=("math.NT",))
        submissions.append(submission(later, AnnounceType.NEW, date(2026, 6, following)))
    moment = datetime(2026, 6, following or 18, 23, 30, tzinfo=UTC)
    response = answer_pages(World(submissions), Request(Role.PAGES, address, query, {}, moment), CATEGORIES)
    assert response.status == 200
    page = response.body.decode()
    return page[page.index("<body") :]
