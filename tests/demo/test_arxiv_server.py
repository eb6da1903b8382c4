"""The stand-in of arXiv behaves as arXiv is known to behave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pytest

from arxiv_support import FRIDAY, MORNING, november
from arxiv_watch.demo.arxiv_server import Request, Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Paper
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_feeds import lines
from stand_ins.arxiv_police import violations
from stand_ins.arxiv_query import QueryCrashError, QueryError, adapt, parse
from stand_ins.arxiv_server import FaultyArxiv, Logged
from stand_ins.arxiv_world import Submission, Version, World

ATOM = "{http://www.w3.org/2005/Atom}"
OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture
def server() -> Iterator[FaultyArxiv]:
    with FaultyArxiv(november(), clock=FakeClock(MORNING)) as server:
        yield server


def get(url: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        with urlopen(url) as response:  # noqa: S310 - the stand-in's own address
            return response.status, response.read(), dict(response.headers)
    except HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers)


def test_a_feed_holds_one_day_with_types_relative_to_the_query(server: FaultyArxiv) -> None:
    _, alone, _ = get(f"{server.rss_url}/rss/cs.lg")
    _, both, _ = get(f"{server.rss_url}/rss/cs.LG+cs.DC")

    assert alone.count(b"<arxiv:announce_type>cross<") == 3
    assert both.count(b"<arxiv:announce_type>cross<") == 0
    assert both.count(b"<item>") == 6


def test_the_feeds_real_elements_are_all_there(server: FaultyArxiv, shared: Path) -> None:
    real = (shared / "facts/arxiv_samples/rss/rss_quant-ph_2025-04-28_81items.xml").read_bytes()
    _, body, headers = get(f"{server.rss_url}/rss/cs.LG")

    def tags(document: bytes) -> set[str]:
        return {element.tag for element in ET.fromstring(document).iter()}  # noqa: S314 - our own and a sample

    assert tags(body) <= tags(real) | {"{http://arxiv.org/schemas/atom}DOI"}
    assert tags(real) - tags(body) <= {
        "{http://arxiv.org/schemas/atom}DOI",
        "{http://arxiv.org/schemas/atom}journal_reference",
    }
    assert not headers["ETag"].startswith('"')
    assert headers["Cache-Control"].startswith("max-age=")


def test_the_cut_drops_the_new_papers_with_the_lowest_identifiers() -> None:
    papers = [
        Paper(
            ArxivId(f"2611.{number:05d}"),
            "T",
            categories=("cs.LG",) if number % 2 else ("cs.CL", "cs.LG"),
            announced=FRIDAY,
        )
        for number in range(1, 4201)
    ]

    shown = lines(World.of(papers), ["cs.LG"], FRIDAY)

    assert len(shown) == 2000
    assert {listed.type for listed in shown} == {AnnounceType.CROSS}
    assert shown[0].submission.id == ArxivId("2611.00202")


def test_late_replacements_are_hidden_and_old_cross_lists_shown() -> None:
    paper = Paper(ArxivId("2511.00001"), "T", categories=("cs.CL",), announced=date(2025, 11, 3))
    submitted = datetime(2026, 11, 19, tzinfo=UTC)
    five = tuple(Version(submitted, FRIDAY - timedelta(days=7 - number)) for number in range(4))
    base = Submission.of(paper)
    sixth = replace(base, replacements=(*five, Version(submitted, FRIDAY)))
    crossed = replace(base, crosses={"cs.LG": FRIDAY})

    assert lines(World([sixth]), ["cs.CL"], FRIDAY) == []
    assert [listed.type.value for listed in lines(World([crossed]), ["cs.LG"], FRIDAY)] == ["cross"]


@pytest.mark.parametrize("path", ["/rss/cs.XX", "/atom/nosuch", "/rss/cs.CL+"])
def test_a_bad_category_is_an_error_feed_with_400(server: FaultyArxiv, path: str) -> None:
    status, body, _ = get(server.rss_url + path)

    assert status == 400
    assert b"Feed error for query" in body


def test_a_feed_without_an_archive_says_so(server: FaultyArxiv) -> None:
    assert get(f"{server.rss_url}/rss")[1].startswith(b"No archive specified")


def test_the_status_page_says_good(server: FaultyArxiv) -> None:
    assert get(f"{server.rss_url}/feed/status")[1].startswith(b"Status: GOOD")


def test_batches_appear_at_eight_in_listings_at_half_past_ten_in_oai_and_at_midnight_in_feeds() -> None:
    clock = FakeClock(datetime(2026, 11, 20, 0, 59, tzinfo=UTC))  # 19:59 in New York on Thursday
    with FaultyArxiv(november(), clock=clock) as server:

        def friday_is_in(url: str) -> bool:
            return b"2611.00169" in get(url)[1]

        listing = f"{server.listing_url}/list/cs.LG/new?show=2000"
        oai = f"{server.oai_url}?verb=ListIdentifiers&metadataPrefix=arXiv&from=2026-11-18"
        feed = f"{server.rss_url}/rss/cs.LG"
        seen = []
        for minutes in (0, 1, 150, 90):
            clock.moment += timedelta(minutes=minutes)
            seen.append([friday_is_in(url) for url in (listing, oai, feed)])

    assert seen == [
        [False, False, False],
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("id_list=abc", 400),
        ("search_query=all:paper&start=x", 400),
        ("search_query=all:paper&start=-1", 400),
        ("", 400),
        ("search_query=all:paper&max_results=0", 500),
        ("search_query=all:paper&start=9990&max_results=20", 500),
        ("search_query=submittedDate:[* TO 2026]", 500),
        ("search_query=all:paper AND", 400),
        ("search_query=paper&raw=1", 400),
        ("id_list=2611.00001,2511.99999", 200),
    ],
)
def test_the_api_answers_as_arxivs_does(server: FaultyArxiv, query: str, status: int) -> None:
    found, body, _ = get(f"{server.api_url}?{query.replace(' ', '+')}")

    assert found == status
    if status == 400:
        [entry] = ET.fromstring(body).findall(f"{ATOM}entry")  # noqa: S314 - our own
        assert entry.findtext(f"{ATOM}title") == "Error"
        assert entry.find(f"{ATOM}published") is None


def test_ten_results_are_the_default_and_unknown_identifiers_are_left_out(server: FaultyArxiv) -> None:
    ids = ",".join(f"2611.{number:05d}" for number in range(1, 21))

    assert get(f"{server.api_url}?id_list={ids}")[1].count(b"<entry>") == 10
    assert get(f"{server.api_url}?id_list=2611.00001,2511.99999")[1].count(b"<entry>") == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("cat:cs.LG", 3),
        ("cat:cs.*", 4),
        ("cat:cs.LG AND ti:alpha", 1),
        ("cat:cs.LG ANDNOT ti:alpha", 2),
        ("ti:beta OR cat:cs.LG AND ti:alpha", 2),  # beta OR (LG AND alpha)
        ("cat:cs.LG AND ti:alpha OR ti:beta", 1),  # LG AND (alpha OR beta)
        ("alpha beta", 2),  # a missing operator is OR
        ('ti:"alpha one"', 1),
        ("ti:(alpha beta)", 2),
        ("submittedDate:[20261101 TO 20261102]", 2),
        ("au:ada_lovelace", 1),
    ],
)
def test_queries_mean_what_arxivs_grammar_says(query: str, count: int) -> None:
    def paper(number: int, title: str, categories: tuple[str, ...], day: int, author: str) -> Submission:
        one = Paper(
            ArxivId(f"2611.{number:05d}"), title, "", (author,), categories, announced=date(2026, 11, day + 1)
        )
        return replace(Submission.of(one), submitted=datetime(2026, 11, day, tzinfo=UTC))

    submissions = [
        paper(1, "Alpha one", ("cs.LG",), 1, "Ada Lovelace"),
        paper(2, "Beta two", ("cs.CL",), 2, "Emmy Noether"),
        paper(3, "Gamma", ("cs.LG", "math.NT"), 3, "X"),
        paper(4, "Delta", ("stat.ML", "cs.LG"), 4, "Y"),
        paper(5, "Epsilon", ("math.NT",), 5, "Z"),
    ]
    match = parse(adapt(query))

    assert sum(map(match, submissions)) == count


@pytest.mark.parametrize(
    ("query", "adapted"),
    [
        # From the tests of arXiv's own service.
        ("", ""),
        ("a", "all:a"),
        ("AND AND AND", "AND"),
        ("a AND AND AND b", "all:a AND all:b"),
        ("a AND au:", "all:a AND"),
        (
            "a submittedDate:[1991 TO 2022] b",
            'all:a OR submittedDate:"199101010000 TO 202212312359" OR all:b',
        ),
        # What its code makes of others.
        ("(cat:cs.LG) AND lastUpdatedDate:[202602 TO 202602]", '(cat:cs.LG) AND submittedDate:"{} TO {}"'),
        ('title:"x y" AND NOT abs:(a b)', 'ti:"x y" ANDNOT (abs:a OR abs:b)'),
        ("ti:((a AND b) c)", "( (ti:a AND ti:b) OR ti:c)"),
        ("au:del_maestro AND ti:x", 'au:"del maestro" AND ti:x'),
        ("(au:del_maestro)", "(au:del_maestro)"),
        ("ti:a_b AND au:smith", 'ti:a_b AND au:"a b"'),
        ("x\nAND y", "all:x AND all:y"),
        ('ti:"open', "ti:open"),
    ],
)
def test_queries_are_rewritten_as_arxivs_service_does(query: str, adapted: str) -> None:
    assert adapt(query) == adapted.format("202602010000", "202602282359")


@pytest.mark.parametrize("query", ["(cat:cs.LG", "AND", "cat:cs.LG)", "a", "ti:", "foo:a", 'ti:"a'])
def test_a_query_that_arxiv_cannot_parse_is_an_error(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


@pytest.mark.parametrize("query", ["submittedDate:[2026-01-01 TO 2026]", "submittedDate:[* TO 2026]"])
def test_a_date_that_arxiv_cannot_read_is_an_internal_error(query: str) -> None:
    with pytest.raises(QueryCrashError):
        parse(adapt(query))


def test_oai_pages_with_tokens_that_go_on_from_the_last_date(server: FaultyArxiv) -> None:
    server.page_sizes["ListIdentifiers"] = 50
    url, seen, pages = f"{server.oai_url}?verb=ListIdentifiers&metadataPrefix=arXiv&from=2026-11-02", [], 0
    while url:
        root = ET.fromstring(get(url)[1])  # noqa: S314 - our own
        seen += [element.text for element in root.iter(f"{OAI}identifier")]
        token, pages = root.find(f".//{OAI}resumptionToken"), pages + 1
        assert token is not None
        url = f"{server.oai_url}?verb=ListIdentifiers&resumptionToken={token.text}" if token.text else ""

    assert pages == 4
    assert len(seen) == len(set(seen)) == len(november())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("verb=Nonsense", "badVerb"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&set=cs:LG", "badArgument"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&from=1999-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&from=2026-11-19T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&from=2026-11-21", "badArgument"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&until=2026-11-23", "badArgument"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&set=math:math:AG", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=nonsense", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&colour=red", "badArgument"),
        ("verb=ListRecords&resumptionToken=nonsense", "badResumptionToken"),
    ],
)
def test_oai_errors_bear_status_200(server: FaultyArxiv, query: str, code: str) -> None:
    status, body, _ = get(f"{server.oai_url}?{query}")
    error = ET.fromstring(body).find(f"{OAI}error")  # noqa: S314 - our own

    assert status == 200
    assert error is not None
    assert error.get("code") == code


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/list/cs.LG/new", 200),
        ("/list/cs.LG/new?show=7", 400),
        ("/list/cs.XX/new", 400),
        ("/lists/cs.LG/new", 404),
        ("/catchup/cs.XX/2026-11-19", 400),
        ("/catchup/cs.LG/2026-11-19?abs=True", 200),
        ("/catchup/cs.LG/2026-11-19?abs=True&skip=1", 400),
        ("/catchup/cs.LG/2026-11-25?abs=True", 400),
        ("/catchup/cs.LG/2026-11-19?abs=1", 400),
        ("/catchup/cs.LG/2026-11-19?page=0", 400),
        ("/catchup/cs.LG/2026-01-05?abs=True", 400),
        ("/catchup/cs.LG/yesterday", 400),
    ],
)
def test_pages_answer_as_arxivs_do(server: FaultyArxiv, path: str, status: int) -> None:
    found, body, _ = get(server.listing_url + path)

    assert found == status
    assert (b'<h1 class="title is-size-1">' in body) == (status != 200)


def test_a_page_of_an_alias_redirects_and_a_listing_of_one_does_not(server: FaultyArxiv) -> None:
    request = server.request(Role.PAGES, "/catchup/cs.SY/2026-11-19?abs=True", {})

    assert server.honest(request).status == 301
    assert server.honest(request).headers["Location"] == "/catchup/eess.SY/2026-11-19?page=1&abs=True"
    assert b'id="recent-eess.SY"' in get(f"{server.listing_url}/list/cs.SY/new")[1]


def test_a_stale_feed_bears_todays_dates(server: FaultyArxiv) -> None:
    server.fault(Role.RSS, faults.stale(server))
    _, body, _ = get(f"{server.rss_url}/rss/cs.LG")

    assert b"2611.00157" in body  # Thursday's
    assert b"Fri, 20 Nov 2026" in body
    assert b"19 Nov 2026" not in body


def test_a_fault_strikes_as_often_as_it_is_reported(server: FaultyArxiv) -> None:
    server.fault(Role.RSS, faults.refuse(429, "7", b"Rate exceeded."), path="cs.LG", times=2)

    statuses = [get(f"{server.rss_url}/rss/{name}")[0] for name in ("cs.LG", "cs.CL", "cs.LG", "cs.LG")]

    assert statuses == [429, 200, 429, 200]
    assert [line.status for line in server.log] == statuses


def test_a_stand_in_that_is_not_started_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        FaultyArxiv([], clock=FakeClock()).rss_url  # noqa: B018 - a property that raises


def logged(role: Role, seconds: float, *, status: int = 200, in_flight: int = 1, **headers: str) -> Logged:
    polite = {"user-agent": "x/1 (+https://example.org; mailto:a@example.org)", "accept": "text/xml"}
    moment = MORNING + timedelta(seconds=seconds)
    return Logged(Request(role, "/", {}, {**polite, **headers}, moment), status, in_flight)


@pytest.mark.parametrize(
    ("log", "rude"),
    [
        ([logged(Role.RSS, 0), logged(Role.OAI, 3), logged(Role.PAGES, 6), logged(Role.PAGES, 21)], 0),
        ([logged(Role.RSS, 0), logged(Role.OAI, 2.5)], 1),
        ([logged(Role.PAGES, 0), logged(Role.PAGES, 10)], 1),
        ([logged(Role.RSS, 0, in_flight=2)], 1),
        ([logged(Role.RSS, 0, accept="*/*")], 1),
        ([logged(Role.RSS, 0, **{"user-agent": "python-requests"})], 1),
        ([logged(Role.RSS, 0, status=403), logged(Role.RSS, 3600)], 1),
        ([logged(Role.RSS, 16 * 3600 + 3300)], 1),  # 23:55 in New York
        ([logged(Role.API, 13 * 3600)], 1),  # 20:00 in New York
        ([logged(Role.RSS, 10 * number) for number in range(301)], 1),
    ],
)
def test_each_violation_of_the_rate_limits_is_found(log: list[Logged], rude: int) -> None:
    assert len(violations(log)) == rude
