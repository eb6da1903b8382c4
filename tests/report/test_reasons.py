"""Why days are missing is told once for each host or source, however many categories and days it spoiled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.report.words import reasons_for
from arxiv_watch.troubles import Trouble, TroubleKind

MONDAY = date(2026, 11, 16)
AGAIN = datetime(2026, 11, 20, 14, tzinfo=UTC)
CATEGORIES = ("cs.AI", "cs.AR", "cs.CL", "cs.DC", "cs.LG", "cs.OS", "cs.PF")


def refusal(host: str, source: str = "rss", until: datetime | None = None) -> Trouble:
    return Trouble(TroubleKind.REFUSED, source, "503 Service Unavailable", host, until)


def failed(category: str, day: date, *troubles: Trouble) -> Coverage:
    return Coverage(category, day, CoverageState.FAILED, troubles=troubles, again=AGAIN)


def test_one_host_that_refuses_all_week_is_one_line() -> None:
    lines = [
        failed(category, MONDAY + timedelta(days=day), refusal("arxiv.org", "catchup", AGAIN))
        for day in range(5)
        for category in CATEGORIES
    ]

    [reason] = reasons_for(lines)

    assert str(reason) == (
        "arxiv.org refused (503 Service Unavailable) and is not asked again until 2026-11-20 14:00 UTC:"
        " cs.AI, cs.AR, cs.CL, cs.DC, cs.LG, cs.OS, cs.PF on 5 days from 2026-11-16 to 2026-11-20;"
        " a poll after 2026-11-20 14:00 UTC reads them again"
    )


def test_the_quiet_hours_are_told_once_whatever_was_to_be_asked() -> None:
    quiet = Trouble(TroubleKind.QUIET_HOURS, until=AGAIN)
    lines = [
        failed(category, MONDAY, quiet, Trouble(TroubleKind.QUIET_HOURS, "listing", until=AGAIN))
        for category in CATEGORIES
    ]

    [reason] = reasons_for(lines)

    assert "arXiv is not asked again until 2026-11-20 14:00 UTC, because it is busy" in str(reason)


def test_each_host_has_its_own_line() -> None:
    line = failed("cs.LG", MONDAY, refusal("rss.arxiv.org"), refusal("arxiv.org", "listing"))

    assert [reason.cause.split()[0] for reason in reasons_for([line])] == ["rss.arxiv.org", "arxiv.org"]


def test_what_was_made_good_is_no_reason() -> None:
    repaired = Coverage("cs.LG", MONDAY, CoverageState.REPAIRED, troubles=(refusal("rss.arxiv.org"),))

    assert reasons_for([repaired]) == []


def test_where_more_came_from_is_no_reason_but_the_day_is_named() -> None:
    added = Trouble(TroubleKind.ADDED, "oai", count=3)
    starved = Coverage("cs.LG", MONDAY, CoverageState.STARVED, troubles=(added,))

    assert [str(reason) for reason in reasons_for([starved])] == [
        "starved, for an unknown reason: cs.LG on 2026-11-16"
    ]
