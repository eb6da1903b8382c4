"""Feeds, OAI-PMH and the search API of the stand-in have the form of what arXiv's own services sent.

Each sample is read, its papers become the stand-in's, and the answer to the sample's request must be the
same document, element by element: names, order, attributes and words. What the stand-in cannot know (when
a feed was rendered, a paper's licence) is left out of the comparison, and listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring

import pytest

from arxiv_watch.arxiv.session.transport import Check
from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.arxiv.sources.oai import Oai, OaiRecord
from arxiv_watch.arxiv.sources.page import Item
from arxiv_watch.arxiv.taxonomy import OAI_SETS
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Paper
from arxiv_watch.tex import decode_accents
from fakes import FakeClock
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import Submission, Version, World

SAMPLES = "facts/arxiv_samples"

# Their words are the moment of rendering, the authors' own spelling, or nothing that a paper of ours holds.
UNCOMPARED = {
    "lastBuildDate",
    "updated",
    "responseDate",
    "creator",
    "rights",
    "authors",
    "author",
    "submitter",
    "size",
    "date",
}
# Matches "oai:arXiv.org:2504.17830v1" and "http://arxiv.org/abs/2104.12255v1". The test databases of arXiv's
# code hold identifiers of no month, such as 1234.5645, which nobody can read.
IDENTIFIER = re.compile(r"(?:oai:arXiv\.org:|arxiv\.org/abs/)(?P<id>(?!1234\.)\S+)")
# Matches "totalResults: 214881", the results of the sample's whole arXiv.
TOTAL = re.compile(r"(totalResults: )\d+")
ATOM, ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"
# Elements that some papers have, and that the stand-in's papers never or always have.
OPTIONAL = {
    "license",
    "proxy",
    "msc-class",
    "acm-class",
    "report-no",
    "source_type",
    "affiliation",
    "description",
}


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def form(element: Element, depth: int = 0) -> list[str]:
    """An element and all that is in it, one a line: name, attributes, words."""
    name = local(element)
    # A paper of ours holds "Hölder" where the authors wrote "H\\"older".
    words = "" if name in UNCOMPARED else decode_accents(" ".join((element.text or "").split()))
    children = [
        form(child, depth + 1)
        for child in element
        if name in {"channel", "item"} or local(child) not in OPTIONAL
    ]
    if name == "skipDays":  # a set in arXiv's code: in either order
        children.sort()
    attributes = "".join(f" {key}={value!r}" for key, value in element.attrib.items())
    return [
        f"{' ' * depth}{element.tag}{attributes}: {words}",
        *(line for child in children for line in child),
    ]


def root(document: bytes) -> Element:
    return fromstring(document.decode("utf-8").partition("?>")[2])  # noqa: S314 - our own and a sample


def without(document: bytes, tag: str) -> list[str]:
    """The form of a document apart from its entries."""
    whole = root(document)
    for parent in list(whole.iter()):
        for child in [each for each in parent if local(each) == tag]:
            parent.remove(child)
    return form(whole)


def each(document: bytes, tag: str) -> dict[str, list[str]]:
    """The form of each entry, by the first identifier in it."""
    return {
        found["id"]: form(element)
        for element in root(document).iter()
        if local(element) == tag and (found := IDENTIFIER.search(" ".join(element.itertext())))
    }


def namespaces(document: bytes) -> set[str]:
    # Matches 'xmlns:dc="http://purl.org/dc/elements/1.1/"' in the first element.
    return set(re.findall(r"xmlns(?::\w+)?=\S+", document.decode().partition("?>")[2].partition(">")[0]))


def ask(submissions: Iterable[Submission], role: Role, target: str, moment: datetime) -> tuple[int, bytes]:
    server = FaultyArxiv(World(submissions), clock=FakeClock(moment))
    response = server.honest(server.request(role, target, {}))
    return response.status, response.body


def submission(item: Item, listed_under: str, day: date) -> Submission:
    """A paper with the versions and cross-lists that make it what a feed of that day says it is."""
    paper, number = item.paper, item.paper.id.version or 1
    is_first = item.type is AnnounceType.NEW or (item.type is AnnounceType.CROSS and number == 1)
    if is_first:
        return Submission.of(replace(paper, announced=day))
    last = day if item.type.value.startswith("replace") else day - timedelta(weeks=1)
    days = [last - timedelta(weeks=back) for back in reversed(range(number))]
    versions = tuple(Version(datetime.combine(each, time(), UTC), each) for each in days[1:])
    crosses = {listed_under: day} if item.type is AnnounceType.CROSS else {}
    return replace(Submission.of(replace(paper, announced=days[0])), replacements=versions, crosses=crosses)


@pytest.mark.parametrize(
    ("name", "target", "under", "day"),
    [
        ("rss/rss_quant-ph_2025-04-28_81items", "/rss/quant-ph", "quant-ph", date(2025, 4, 28)),
        ("rss/atom_cs.AI_2025-08-20", "/atom/cs.AI", "cs.AI", date(2025, 8, 20)),
        ("rss_generated/rss_cs+math_items", "/rss/cs+math", "math.NT", date(2026, 11, 20)),
        ("rss_generated/atom_cs+math_items", "/atom/cs+math", "math.NT", date(2026, 11, 20)),
        ("rss_generated/rss_cs.LG_empty", "/rss/cs.LG", "cs.LG", date(2026, 11, 20)),
        ("rss_generated/atom_cs.LG_empty", "/atom/cs.lg", "cs.LG", date(2026, 11, 20)),
    ],
)
def test_a_feed_is_the_document_that_arxiv_sent(
    shared: Path, name: str, target: str, under: str, day: date
) -> None:
    sample = (shared / SAMPLES / f"{name}.xml").read_bytes()
    items = parse_feed(sample).items
    submissions = [submission(item, under, day) for item in items]

    status, body = ask(submissions, Role.RSS, target, datetime.combine(day, time(12), UTC))

    assert status == 200
    assert namespaces(body) == namespaces(sample)
    tag = "item" if target.startswith("/rss") else "entry"
    assert without(body, tag) == without(sample, tag)
    assert each(body, tag) == each(sample, tag)
    assert {item.event for item in parse_feed(body).items} == {item.event for item in items}


def test_the_papers_of_a_feed_are_in_arxivs_order(shared: Path) -> None:
    sample = (shared / SAMPLES / "rss/rss_quant-ph_2025-04-28_81items.xml").read_bytes()
    submissions = [submission(item, "quant-ph", date(2025, 4, 28)) for item in parse_feed(sample).items]

    _, body = ask(submissions, Role.RSS, "/rss/quant-ph", datetime(2025, 4, 28, 12, tzinfo=UTC))

    assert list(each(body, "item")) == list(each(sample, "item"))


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("atom_error400", "/atom/cs.XX"),
        ("error400_bad_version", "/rss/cs.LG?version=1.0"),
        ("error400_trailing_plus", "/rss/cs.CL+"),
        ("error400_unknown_archive", "/rss/nosuch"),
        ("error400_unknown_category", "/rss/cs.XX"),
    ],
)
def test_an_error_feed_is_the_one_that_arxiv_sends(shared: Path, name: str, target: str) -> None:
    sample = (shared / SAMPLES / "rss_generated" / f"{name}.xml").read_bytes()

    status, body = ask([], Role.RSS, target, datetime(2026, 11, 20, 12, tzinfo=UTC))

    assert status == 400
    assert namespaces(body) == namespaces(sample)
    assert form(root(body)) == form(root(sample))


def test_the_help_page_is_the_one_that_arxiv_sends(shared: Path) -> None:
    sample = (shared / SAMPLES / "rss_generated" / "help_no_category.html").read_text(encoding="utf-8")

    assert ask([], Role.RSS, "/rss", datetime(2026, 11, 20, tzinfo=UTC)) == (200, sample.strip().encode())


class Recorded:
    """A session that has one answer to everything."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def fetch(self, url: str, check: Check) -> bytes:
        del url, check
        return self._body


def records(sample: bytes) -> list[OaiRecord]:
    return list(Oai(Recorded(sample), "").records("cs", date(2005, 9, 16)))


def archived(record: OaiRecord) -> Submission:
    """A paper whose record was last changed on its datestamp, and which has all its versions by then."""
    stamp = record.datestamp
    announced = [stamp - timedelta(weeks=back) for back in reversed(range(record.paper.id.version or 1))]
    versions = tuple(Version(record.updated, each) for each in announced[1:])
    paper = replace(record.paper, announced=announced[0])
    return Submission(paper, record.submitted, announced[0], replacements=versions)


def test_records_are_those_that_arxiv_sends(shared: Path) -> None:
    sample = (shared / SAMPLES / "oai_generated" / "listrecords_arXivRaw_p1.xml").read_bytes()
    found = records(sample)

    status, body = ask(
        map(archived, found),
        Role.OAI,
        "/oai?verb=ListRecords&metadataPrefix=arXivRaw&set=cs",
        datetime(2026, 11, 21, 1, 30, tzinfo=UTC),
    )

    assert status == 200
    assert without(body, "record") == without(sample, "record")
    assert each(body, "record") == each(sample, "record")
    assert {record.paper for record in records(body)} == {record.paper for record in found}


def test_identifiers_and_tokens_are_those_that_arxiv_sends(shared: Path) -> None:
    sample = (shared / SAMPLES / "oai_generated" / "listidentifiers.xml").read_bytes()
    headers = [
        (ArxivId.parse(header[0].text or ""), date.fromisoformat(header[1].text or ""), header[2].text or "")
        for header in root(sample).iter("{http://www.openarchives.org/OAI/2.0/}header")
    ]
    categories = {oai_set: category for category, oai_set in OAI_SETS.items()}
    server = FaultyArxiv(
        World(
            Submission.of(Paper(identifier, "A title", categories=(categories[oai_set],), announced=stamp))
            for identifier, stamp, oai_set in [*headers, (ArxivId("1102.9999"), date(2012, 3, 1), "cs:cs:AI")]
        ),
        clock=FakeClock(datetime(2026, 11, 21, 1, 30, tzinfo=UTC)),
    )
    server.page_sizes["ListIdentifiers"] = len(headers)
    query = "verb=ListIdentifiers&metadataPrefix=arXiv&from=2012-01-01&until=2013-01-01"
    body = server.honest(server.request(Role.OAI, f"/oai?{query}", {})).body

    assert each(body, "header") == each(sample, "header")
    [ours], [theirs] = (
        [element for element in root(document).iter() if local(element) == "resumptionToken"]
        for document in (body, sample)
    )
    assert ours.attrib == theirs.attrib
    assert unquote(ours.text or "").split("&")[:2] == unquote(theirs.text or "").split("&")[:2]
    assert [part.partition("=")[0] for part in unquote(ours.text or "").split("&")] == [
        part.partition("=")[0] for part in unquote(theirs.text or "").split("&")
    ]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("err_badfrom", "verb=ListRecords&metadataPrefix=arXiv&from=2026-11-19T00:00:00Z"),
        ("err_badset", "verb=ListRecords&metadataPrefix=arXiv&set=cs:LG"),
        ("err_badtoken", "verb=ListRecords&resumptionToken=nonsense"),
        ("err_badverb", "verb=Nonsense"),
        ("err_early", "verb=ListRecords&metadataPrefix=arXiv&from=1999-01-01"),
        ("err_future", "verb=ListRecords&metadataPrefix=arXiv&until=2027-01-01"),
        ("err_noprefix", "verb=ListRecords"),
        ("err_norecords", "verb=ListRecords&metadataPrefix=arXiv&from=2026-11-20"),
        ("listrecords_arXiv_p1", "verb=ListRecords&metadataPrefix=arXiv&set=cs:cs:AI"),
        ("identify", "verb=Identify"),
    ],
)
def test_an_error_of_oai_pmh_is_the_one_that_arxiv_sends(shared: Path, name: str, query: str) -> None:
    sample = (shared / SAMPLES / "oai_generated" / f"{name}.xml").read_bytes()

    status, body = ask([], Role.OAI, f"/oai?{query}", datetime(2026, 11, 21, 1, 30, tzinfo=UTC))

    assert status == 200
    assert form(root(body)) == form(root(sample))


def found(entry: Element) -> Submission:
    """A paper with as many versions as an entry of the search API says, the last of them its own."""
    identifier = ArxivId.parse(entry.findtext(f"{ATOM}id") or "")
    published, updated = (
        datetime.fromisoformat(entry.findtext(f"{ATOM}{field}") or "") for field in ("published", "updated")
    )
    days = [published.date() + timedelta(days=1 + index) for index in range(identifier.version or 1)]
    paper = Paper(
        identifier,
        entry.findtext(f"{ATOM}title") or "",
        entry.findtext(f"{ATOM}summary") or "",
        tuple(name.text or "" for name in entry.iter(f"{ATOM}name")),
        tuple(category.attrib["term"] for category in entry.iter(f"{ATOM}category")),
        comment=entry.findtext(f"{ARXIV}comment") or "",
        journal_ref=entry.findtext(f"{ARXIV}journal_ref") or "",
        doi=entry.findtext(f"{ARXIV}doi") or "",
    )
    versions = tuple(Version(updated, each) for each in days[1:])
    return Submission(paper, published, days[0], replacements=versions)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("id_2104.12255v1_s0_m100_6ae69987ffe1.http200", "id_list=2104.12255v1&max_results=100"),
        ("id_astro-ph_0601001_s0_m100_3150dca9dc76.http200", "id_list=astro-ph/0601001&max_results=100"),
        ("id_0000.0000_s0_m100_8b51d9633a68.http200", "id_list=0000.0000&max_results=100"),
        ("q_testing_s0_m100_cfe7536492ca.http200", "search_query=testing&max_results=100"),
        ("q_testing_s0_m10_bc5a6c384fe9.http200", "search_query=testing"),
    ],
)
def test_an_answer_of_the_search_api_is_the_one_that_arxiv_sent(shared: Path, name: str, target: str) -> None:
    sample = (shared / SAMPLES / "api_query" / f"{name}.xml").read_bytes()
    submissions = [found(entry) for entry in root(sample).iter(f"{ATOM}entry")]

    status, body = ask(submissions, Role.API, f"/api/query?{target}", datetime(2026, 4, 12, 22, tzinfo=UTC))

    assert status == 200
    assert namespaces(body) == namespaces(sample)
    theirs, ours = each(sample, "entry"), each(body, "entry")
    assert len(ours) >= 0.8 * len(theirs)  # arXiv's index knows "tests" for "testing", the stand-in does not
    assert ours == {name: theirs[name] for name in ours}
    assert without(body, "entry") == [
        TOTAL.sub(rf"\g<1>{len(ours)}", line) if len(theirs) > 1 else line
        for line in without(sample, "entry")
    ]


def test_an_error_of_the_search_api_is_the_one_that_arxiv_sent(shared: Path) -> None:
    sample = (shared / SAMPLES / "api_query" / "id_abc_s0_m100_b79c8dcf6bc3.http400.xml").read_bytes()

    status, body = ask([], Role.API, "/api/query?id_list=abc", datetime(2026, 4, 12, 22, tzinfo=UTC))

    assert status == 400
    assert form(root(body)) == form(root(sample))
