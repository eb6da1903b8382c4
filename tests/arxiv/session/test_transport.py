from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from arxiv_support import november, settings_for, settings_of
from arxiv_watch.arxiv.session import NotNowError, RejectedError
from arxiv_watch.arxiv.session.documents import check_xml
from arxiv_watch.arxiv.session.rate_limiter import RateLimiter, Visit
from arxiv_watch.arxiv.session.transport import Session, redirected, retry_after_seconds
from arxiv_watch.arxiv.sources.api import SearchApi
from arxiv_watch.clock import FOREVER
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.troubles import Trouble, TroubleKind
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv


class Refusing(RateLimiter):
    """RateLimiter that grant no turn and remember who asked for one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.deadline = FOREVER

    @contextmanager
    def turn(self, visit: Visit) -> Iterator[None]:
        self.asked.append((visit.host, visit.api))
        raise NotNowError(Trouble(TroubleKind.REFUSED, about="no turn"))
        yield


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_search_api_is_known_for_itself_whatever_its_scheme(tmp_path: Path, scheme: str) -> None:
    api_url = f"{scheme}://export.arxiv.org/api/query"
    settings = settings_of(tmp_path, api_url=api_url)
    limiter = Refusing()

    with pytest.raises(NotNowError):
        SearchApi(Session(settings, FakeClock(), limiter), api_url).by_ids([ArxivId("2407.12391")])

    assert limiter.asked == [("export.arxiv.org", True)]


@pytest.mark.parametrize(
    ("url", "location", "target"),
    [
        # A page of an alias, and the old addresses of feeds and OAI-PMH.
        (
            "https://arxiv.org/catchup/cs.SY/2026-11-20?abs=True",
            "/catchup/eess.SY/2026-11-20?page=1&abs=True",
            "https://arxiv.org/catchup/eess.SY/2026-11-20?page=1&abs=True",
        ),
        ("https://arxiv.org/rss/cs.LG", "https://rss.arxiv.org/rss/cs.LG", "https://rss.arxiv.org/rss/cs.LG"),
        ("https://export.arxiv.org/oai2", "//oaipmh.arxiv.org/oai", "https://oaipmh.arxiv.org/oai"),
        # arXiv's services write addresses in the clear; they are asked encrypted all the same.
        ("https://arxiv.org/rss/cs.LG", "http://rss.arxiv.org/rss/cs.LG", "https://rss.arxiv.org/rss/cs.LG"),
        ("http://mirror.example:80/a", "http://mirror.example:8080/b", "http://mirror.example:8080/b"),
        ("http://mirror.example/a", "https://mirror.example/a", "https://mirror.example/a"),
    ],
)
def test_redirects_within_arxiv_and_within_a_mirror_are_followed(
    url: str, location: str, target: str
) -> None:
    assert redirected(url, location) == target


@pytest.mark.parametrize(
    ("url", "location", "reason"),
    [
        ("https://arxiv.org/list/cs.LG/new", "https://arxiv.example/list/cs.LG/new", "another site's"),
        ("https://arxiv.org/list/cs.LG/new", "https://arxiv.org.example/", "another site's"),
        ("https://arxiv.org/list/cs.LG/new", "https://notarxiv.org/", "another site's"),
        ("https://arxiv.org/list/cs.LG/new", "https://arxiv.org@example.org/", "another site's"),
        ("https://arxiv.org/list/cs.LG/new", "https://127.0.0.1/list", "another site's"),
        ("https://mirror.example/a", "https://arxiv.org/a", "another site's"),
        ("https://mirror.example/a", "https://other.example/a", "another site's"),
        ("https://mirror.example/a", "http://mirror.example/a", "not encrypted"),
        ("https://arxiv.org/a", "ftp://arxiv.org/a", "another site's"),
        ("https://arxiv.org/a", "https://[arxiv.org/a", "no address"),
    ],
)
def test_redirects_to_anywhere_else_are_not_followed(url: str, location: str, reason: str) -> None:
    with pytest.raises(RejectedError, match=reason):
        redirected(url, location)


def test_a_refusal_after_a_redirect_names_the_host_that_refused(tmp_path: Path) -> None:
    clock = FakeClock()
    limiter = RateLimiter(tmp_path, clock, interval=3.0, floor=60.0, jitter=lambda: 0.5)
    with FaultyArxiv(november(), clock=clock) as server:
        server.fault(Role.RSS, faults.redirect(server.listing_url + "{path}"))
        server.fault(Role.PAGES, faults.refuse(503))
        with (
            closing(Session(settings_for(server, tmp_path), clock, limiter)) as session,
            pytest.raises(NotNowError) as caught,
        ):
            session.fetch(f"{server.rss_url}/rss/cs.LG", check_xml)

        assert caught.value.trouble.host == urlsplit(server.listing_url).netloc
        assert caught.value.trouble.until is not None
        assert [line.request.role for line in server.log] == [Role.RSS, *[Role.PAGES] * 3]


def test_a_moment_beyond_any_calendar_is_no_time_to_wait_for() -> None:
    assert (
        retry_after_seconds("Fri, 20 Nov 99999999999 12:00:00 GMT", datetime(2026, 11, 20, tzinfo=UTC))
        is None
    )
