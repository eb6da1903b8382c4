"""Every fault that arXiv is known for, as a day on which it strikes, and what must become of that day.

Used by the tests, which assert on it, and by tests/arxiv_tables.py, which prints it as a table.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from arxiv_support import FRIDAY, MORNING, november, open_arxiv
from arxiv_watch.arxiv import Poll
from arxiv_watch.demo.arxiv_server import Request, Response, Role
from arxiv_watch.papers import Coverage
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_police import violations
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import Submission, Version, World

MONDAY = FRIDAY + timedelta(days=3)
TUESDAY = FRIDAY + timedelta(days=4)
CATEGORIES = ("cs.LG", "cs.CL")
SIZE = 40  # papers a day, so that a twentieth of them is more than one


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault on the Monday after a Friday on which all was well.

    Attributes:
        name: What happens, for people.
        strike: Scripts the faults.
        states: What Monday of the first category may be called on Monday.
        said: A part of what the coverage says of it.
        recorded: Whether all of Monday's papers must be known on Monday already.
        moment: When the poll of Monday begins.
        mended: Whether the fault is over on Tuesday.
        categories: What is polled.
        time_limit: Seconds that a poll waits at most.
    """

    name: str
    strike: Callable[[FaultyArxiv], object]
    states: str
    said: str = ""
    recorded: bool = True
    moment: datetime = MORNING + timedelta(days=3)
    mended: bool = True
    categories: tuple[str, ...] = ("cs.LG", "cs.CL")
    time_limit: float = 900.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a scenario.

    Attributes:
        monday: The coverage of the first category on Monday, told on Monday.
        on_monday: Share of Monday's events known on Monday.
        on_tuesday: Share of Monday's events known on Tuesday.
        doubled: Events delivered more than once.
        requests: Requests made on Monday.
        rude: Bad manners, in words.
    """

    monday: Coverage
    on_monday: float
    on_tuesday: float
    doubled: int
    requests: int
    rude: Sequence[str]


Delivered = tuple[str, str, str]


@cache
def world() -> World:
    """Three weeks of batches; on Monday also a replacement, and an old paper that is cross-listed."""
    submissions = [Submission.of(paper) for paper in november(TUESDAY, SIZE)]
    old, replaced = submissions[3], submissions[SIZE]  # of math.NT and of cs.LG
    submitted = datetime(2026, 11, 20, 15, tzinfo=UTC)
    changed = {
        old.id: replace(old, crosses={"cs.LG": MONDAY}),
        replaced.id: replace(replaced, replacements=(Version(submitted, MONDAY),)),
    }
    return World(changed.get(each.id, each) for each in submissions)


def expected(papers: World, day: date, categories: Collection[str] = CATEGORIES) -> set[Delivered]:
    return {
        (listed.submission.id.base, category, listed.type.value)
        for category in categories
        for listed in papers.announced(day, category)
    }


def delivered(poll: Poll) -> list[Delivered]:
    return [
        (announcement.paper.id.base, category, announce_type.value)
        for announcement in poll.announcements
        for category, announce_type in announcement.types.items()
    ]


def run(scenario: Scenario, cache_dir: Path | None = None) -> Outcome:
    """Poll on Friday, on the faulty Monday, and on Tuesday."""
    if cache_dir is None:
        with tempfile.TemporaryDirectory() as folder:
            return run(scenario, Path(folder))
    (cache_dir / "arxiv.sqlite3").write_bytes(fridays_cache(scenario.categories))
    clock, papers = FakeClock(scenario.moment), world()
    with FaultyArxiv(papers, clock=clock) as server:
        scenario.strike(server)
        with open_arxiv(server, cache_dir, clock, time_limit=scenario.time_limit) as arxiv:
            monday = arxiv.poll(scenario.categories)
            arxiv.handled(monday)
            requests = arxiv.requests
        if scenario.mended:
            server.faults.clear()
        clock.moment = max(clock.moment, MORNING + timedelta(days=4))
        with open_arxiv(server, cache_dir, clock) as arxiv:
            tuesday = arxiv.poll(scenario.categories)
        rude = violations(server.log)
    return _outcome(scenario.categories, monday, tuesday, requests, rude)


@cache
def fridays_cache(categories: tuple[str, ...] = CATEGORIES) -> bytes:
    """The cache after a Friday on which all was well."""
    clock = FakeClock(MORNING)
    with tempfile.TemporaryDirectory() as folder:
        with FaultyArxiv(world(), clock=clock) as server, open_arxiv(server, Path(folder), clock) as arxiv:
            arxiv.handled(arxiv.poll(categories))
        return (Path(folder) / "arxiv.sqlite3").read_bytes()


def _outcome(
    categories: Sequence[str], monday: Poll, tuesday: Poll, requests: int, rude: Sequence[str]
) -> Outcome:
    wanted = expected(world(), MONDAY, categories)
    on_monday, on_tuesday = delivered(monday), delivered(tuesday)
    every = [*on_monday, *on_tuesday]
    return Outcome(
        next(row for row in monday.coverage if (row.category, row.day) == (categories[0], MONDAY)),
        len(wanted & set(on_monday)) / len(wanted),
        len(wanted & set(every)) / len(wanted),
        len(every) - len(set(every)),
        requests,
        rude,
    )


def _strike(
    *scripts: tuple[Role, Callable[[FaultyArxiv], faults.Change], str],
) -> Callable[[FaultyArxiv], None]:
    def strike(server: FaultyArxiv) -> None:
        for role, make, path in scripts:
            server.fault(role, make(server), path=path)

    return strike


def _all(
    role: Role, change: faults.Change, path: str = "", times: int | None = None
) -> Callable[[FaultyArxiv], object]:
    return lambda server: server.fault(role, change, path=path, times=times)


def _everywhere(change: faults.Change) -> Callable[[FaultyArxiv], None]:
    def strike(server: FaultyArxiv) -> None:
        for role in Role:
            server.fault(role, change)

    return strike


def _stale_rss(server: FaultyArxiv) -> None:
    server.fault(Role.RSS, faults.stale(server, days=3), path="/rss/cs.LG")


def _stale_feeds(server: FaultyArxiv) -> None:
    server.fault(Role.RSS, faults.stale(server, days=3), path="cs.LG")


def _stale_feeds_and_pages(server: FaultyArxiv) -> None:
    _stale_feeds(server)
    server.fault(Role.PAGES, faults.lag(server, hours=36), path="/list/")


def _stale_everywhere_but_oai(server: FaultyArxiv) -> None:
    _stale_feeds(server)
    server.fault(Role.PAGES, faults.refuse(503, "300"))


def _late_batch(server: FaultyArxiv) -> None:
    for role in (Role.RSS, Role.OAI, Role.PAGES):
        server.fault(role, faults.lag(server, hours=36))
    server.fault(Role.RSS, faults.empty_items())


def _empty_and_alone(server: FaultyArxiv) -> None:
    server.fault(Role.RSS, faults.empty_items())
    server.fault(Role.OAI, faults.refuse(503, "0"))


def _rss_down(server: FaultyArxiv) -> None:
    server.fault(Role.RSS, faults.refuse(503))


def _only_catch_up(server: FaultyArxiv) -> None:
    for role in Role:
        server.fault(role, faults.refuse(503), path="")


def _hole(server: FaultyArxiv) -> None:
    bases = [f"2611.{number:05d}" for number in range(15 * SIZE + 1, 15 * SIZE + 9)]
    for role in (Role.RSS, Role.OAI):
        server.fault(role, faults.drop_ids(*bases))


def _hole_everywhere(server: FaultyArxiv) -> None:
    bases = [f"2611.{number:05d}" for number in range(15 * SIZE + 1, 15 * SIZE + 9)]
    for role in Role:
        server.fault(role, faults.drop_ids(*bases))
    server.fault(Role.API, faults.refuse(503))


def _early(hour: int, minute: int) -> datetime:
    """A moment of Monday on New York's clocks, which are five hours behind."""
    return datetime(2026, 11, 23, 5, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)


def _redated(number: int, day: date) -> faults.Change:
    """Give a paper of November a datestamp, in the lists of identifiers and of records."""
    # Matches "oai:arXiv.org:2611.00012</identifier><datestamp>2026-11-23", with white space between.
    pattern = re.compile(rb"(oai:arXiv\.org:2611\.%05d</identifier>\s*<datestamp>)[\d-]+" % number)

    def change(_request: Request, response: Response) -> Response:
        body = pattern.sub(lambda found: found[1] + day.isoformat().encode(), response.body)
        return replace(response, body=body)

    return change


def _early_datestamps(server: FaultyArxiv) -> None:
    """Let three papers of Monday seem to have been announced in the week before."""
    for place in (12, 20, 33):
        server.fault(Role.OAI, _redated(15 * SIZE + place, FRIDAY - timedelta(days=place % 3)))


def _same_token(server: FaultyArxiv) -> None:
    """Let every page of OAI-PMH end with the token that led to it."""
    server.page_sizes.update(ListRecords=25, ListIdentifiers=25)
    # Matches `<resumptionToken expirationDate="2026-11-24T00:00:00Z">verb%3DListRecords%26skip%3D25`.
    token, first = re.compile(rb"(<resumptionToken[^>]*>)[^<]+"), dict[str, bytes]()

    def change(request: Request, response: Response) -> Response:
        found = token.search(response.body)
        if not found:
            return response
        kept = first.setdefault(request.query["verb"], found[0])
        return replace(response, body=token.sub(lambda _: kept, response.body))

    server.fault(Role.OAI, change)


def _oai_alone(server: FaultyArxiv) -> None:
    for role in (Role.RSS, Role.PAGES):
        server.fault(role, faults.refuse(503))


def _undated_listing(server: FaultyArxiv) -> None:
    server.fault(Role.RSS, faults.empty_items())
    server.fault(
        Role.PAGES, faults.substitute(b"Monday, 23 November 2026", b"Mon, 23rd of November"), path="/list/"
    )


def _packed(server: FaultyArxiv) -> None:
    """A feed of 40 kB that unpacks to 40 MB."""
    bomb = gzip.compress(b"<rss>" + b" " * (40 << 20), compresslevel=9, mtime=0)
    server.fault(
        Role.RSS,
        lambda _request, response: replace(response, body=bomb, headers={"Content-Encoding": "gzip"}),
        path=LG,
    )


def _oai_redirected(server: FaultyArxiv) -> None:
    target = server.listing_url + "/nowhere-else"
    server.fault(Role.OAI, faults.redirect(target))


def _bad_token(server: FaultyArxiv) -> None:
    server.page_sizes.update(ListRecords=25)
    server.fault(Role.OAI, faults.substitute(b"skip%3D", b"skip%3Dx"))


NO_RECORDS = (
    b"<?xml version='1.0'?><OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>"
    b"<error code='noRecordsMatch'>none</error></OAI-PMH>"
)
LG = "/rss/cs.LG"
SCENARIOS: Sequence[Scenario] = (
    Scenario("no fault", lambda _: None, "fresh"),
    # Feeds
    Scenario(
        "RSS of one category holds the last batch under today's dates",
        _stale_rss,
        "repaired",
        "announced before",
    ),
    Scenario("RSS and Atom hold the last batch", _stale_feeds, "repaired", "announced before"),
    Scenario(
        "feeds stale, and the listing still shows Friday",
        _stale_feeds_and_pages,
        "repaired",
        "it shows 2026-11-20",
    ),
    Scenario(
        "feeds stale, pages refuse; OAI-PMH alone is right",
        _stale_everywhere_but_oai,
        "repaired",
        "OAI-PMH",
        recorded=False,
    ),
    Scenario("RSS empty on a working day", _all(Role.RSS, faults.empty_items(), LG), "repaired", "no items"),
    Scenario("RSS and Atom empty all day", _all(Role.RSS, faults.empty_items()), "repaired", "no items"),
    Scenario("the batch is not published anywhere", _late_batch, "waiting", "is not out", recorded=False),
    Scenario("RSS empty, OAI-PMH down", _empty_and_alone, "repaired", "no items"),
    Scenario(
        "RSS holds a twelfth of the batch",
        _all(Role.RSS, faults.drop_items(lambda index, _: index % 12 == 0), LG),
        "repaired",
        "OAI-PMH lists",
    ),
    Scenario(
        "RSS lacks its lowest new papers, one of twenty",
        _all(Role.RSS, faults.drop_items(lambda index, _: index > 0), LG),
        "repaired",
        "from OAI-PMH",
    ),
    Scenario("RSS is cut off in the middle", _all(Role.RSS, faults.truncate(), LG), "repaired", "cut off"),
    Scenario("RSS breaks off while it is sent", _all(Role.RSS, faults.cut_short(), LG, times=1), "fresh"),
    Scenario(
        "one item of RSS is not XML",
        _all(Role.RSS, faults.damage_first_item(), LG),
        "repaired",
        "cannot be read",
    ),
    Scenario(
        "one item of RSS and Atom is not XML",
        _all(Role.RSS, faults.damage_first_item()),
        "repaired",
        "cannot be read",
    ),
    Scenario("an item comes twice", _all(Role.RSS, faults.duplicate_first_item(), LG), "fresh"),
    Scenario(
        "announce types are missing",
        _all(Role.RSS, faults.substitute(b"arxiv:announce_type", b"arxiv:other"), LG),
        "fresh",
    ),
    Scenario(
        "creators and rights are missing", _all(Role.RSS, faults.substitute(b"dc:", b"dc:no"), LG), "fresh"
    ),
    Scenario(
        "publication dates are a day behind",
        _all(Role.RSS, faults.substitute(b"23 Nov", b"22 Nov"), LG),
        "fresh",
    ),
    Scenario("RSS is Latin-1", _all(Role.RSS, faults.latin_1(), LG), "repaired", "not UTF-8"),
    Scenario("RSS holds an entity bomb", _all(Role.RSS, faults.entity_bomb(), LG), "repaired", "declares"),
    Scenario(
        "RSS names a file of ours", _all(Role.RSS, faults.external_entity(), LG), "repaired", "declares"
    ),
    Scenario(
        "RSS is an error feed with status 400",
        _all(Role.RSS, faults.say(b"<rss/>", "application/xml", 400), LG),
        "repaired",
        "400",
    ),
    Scenario(
        "RSS has moved",
        lambda server: server.fault(Role.RSS, faults.redirect(f"{server.rss_url}/atom/cs.LG"), path=LG),
        "fresh",
    ),
    Scenario(
        "RSS redirects to another site",
        _all(Role.RSS, faults.redirect("https://example.org{path}"), LG),
        "repaired",
        "another site's",
    ),
    # Refusals
    Scenario(
        "429 once, without Retry-After",
        _all(Role.RSS, faults.refuse(429, body=b"Rate exceeded."), LG, times=1),
        "fresh",
    ),
    Scenario("406 with an empty body, twice", _all(Role.RSS, faults.refuse(406), LG, times=2), "fresh"),
    Scenario("503 with Retry-After 0", _all(Role.RSS, faults.refuse(503, "0"), LG, times=1), "fresh"),
    Scenario(
        "503 with Retry-After as a date",
        _all(Role.RSS, faults.refuse(503, "Mon, 23 Nov 2026 12:05:00 GMT"), LG, times=1),
        "fresh",
    ),
    Scenario(
        "503 with Retry-After of a day",
        _all(Role.RSS, faults.refuse(503, "86400"), LG),
        "repaired",
        "not asked again",
    ),
    Scenario(
        '200 with "Rate exceeded."',
        _all(Role.RSS, faults.say(b"Rate exceeded.", "text/plain"), LG, times=1),
        "fresh",
    ),
    Scenario("200 with an empty body", _all(Role.RSS, faults.say(b""), LG, times=1), "fresh"),
    Scenario(
        "200 with a page in place of a feed",
        _all(Role.RSS, faults.say(b"<html><body>Welcome</body></html>"), LG, times=1),
        "fresh",
    ),
    Scenario("requests without Accept are refused", _everywhere(faults.refuse_without_accept()), "fresh"),
    Scenario("the connection is reset", _all(Role.RSS, faults.reset(), LG, times=1), "fresh"),
    Scenario("the first byte takes 183 s", _all(Role.RSS, faults.slow(183), LG, times=1), "fresh"),
    Scenario(
        "RSS sends a byte now and then",
        _all(Role.RSS, faults.drip(82, 3.0)),
        "repaired",
        "not finished after",
    ),
    Scenario("RSS refuses all day", _rss_down, "repaired", "refused"),
    Scenario("RSS answers 403", _all(Role.RSS, faults.block()), "repaired", "403"),
    Scenario(
        "nine of ten requests get 406",
        _everywhere(faults.refuse_sometimes(406, 0.9, seed=3)),
        "failed waiting stale starved repaired",
        recorded=False,
    ),
    Scenario(
        "nothing answers at all", _everywhere(faults.refuse(503)), "failed", "A poll after", recorded=False
    ),
    # Second sources
    Scenario("OAI-PMH is down", _all(Role.OAI, faults.refuse(503)), "fresh"),
    Scenario(
        "OAI-PMH says noRecordsMatch all day",
        _all(
            Role.OAI,
            faults.say(
                NO_RECORDS,
                "text/xml",
            ),
        ),
        "fresh",
    ),
    Scenario("OAI-PMH rejects its own token", _bad_token, "fresh"),
    Scenario(
        "OAI-PMH pages end with an empty token",
        lambda server: server.page_sizes.update(ListRecords=25, ListIdentifiers=25),
        "fresh",
    ),
    Scenario(
        "OAI-PMH lags a day behind", lambda server: server.fault(Role.OAI, faults.lag(server, 36)), "fresh"
    ),
    Scenario("OAI-PMH redirects into nothing", _oai_redirected, "fresh"),
    Scenario(
        "the listing declares more papers than it shows",
        _strike(
            (Role.RSS, lambda _: faults.empty_items(), ""),
            (Role.PAGES, lambda _: faults.wrong_counts(), "/list/"),
        ),
        "repaired",
        "of",
    ),
    Scenario(
        "the listing answers 503 with Retry-After 300",
        _strike(
            (Role.RSS, lambda _: faults.empty_items(), ""),
            (Role.PAGES, lambda _: faults.refuse(503, "300"), "/list/"),
        ),
        "repaired",
        "OAI-PMH",
        recorded=False,
    ),
    Scenario(
        "the listing's classes have other names",
        _strike(
            (Role.RSS, lambda _: faults.empty_items(), ""),
            (Role.PAGES, lambda _: faults.substitute(b"mathjax", b"tex"), ""),
        ),
        "repaired",
    ),
    Scenario(
        "eight identifiers are missing from feeds and OAI-PMH",
        _hole,
        "repaired",
        "search API",
        recorded=False,
    ),
    Scenario(
        "eight identifiers are missing everywhere",
        _hole_everywhere,
        "starved",
        "in no source yet",
        recorded=False,
    ),
    Scenario("OAI-PMH sends the same token again and again", _same_token, "fresh"),
    Scenario("three records bear datestamps of the week before", _early_datestamps, "fresh"),
    Scenario("the listing's date cannot be read", _undated_listing, "repaired", "cannot be read"),
    # Small categories
    Scenario("a category has no paper", lambda _: None, "quiet", categories=("cs.OS", "cs.LG")),
    Scenario(
        "a category has no paper, and OAI-PMH alone answers",
        _oai_alone,
        "quiet",
        "refused",
        recorded=False,
        categories=("cs.OS", "cs.LG"),
    ),
    Scenario(
        "a category has no paper, and OAI-PMH is down",
        _all(Role.OAI, faults.refuse(503)),
        "starved",
        "no items",
        categories=("cs.OS", "cs.LG"),
    ),
    # Sizes
    Scenario(
        "RSS holds 17 MB of items",
        _all(
            Role.RSS, faults.say(b"<rss>" + b"<item><title>A paper</title></item>" * 520_000, "text/xml"), LG
        ),
        "repaired",
        "MB",
    ),
    Scenario("RSS unpacks to 40 MB", _packed, "repaired", "MB"),
    # Moments
    Scenario(
        "the poll starts at 23:55 in New York and may wait a minute",
        lambda _: None,
        "failed",
        "busy at this hour",
        recorded=False,
        moment=_early(23, 55),
        time_limit=60.0,
    ),
    Scenario("the poll starts at 23:55 in New York", lambda _: None, "fresh", moment=_early(-1, 55)),
    Scenario("the poll starts at 00:10 in New York", lambda _: None, "fresh", moment=_early(0, 10)),
    Scenario(
        "the poll starts at 21:00 in New York, the next batch in the listing",
        _all(Role.RSS, faults.empty_items()),
        "repaired",
        "it shows 2026-11-24",
        moment=_early(21, 0),
    ),
)
