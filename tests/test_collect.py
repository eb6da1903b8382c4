"""One poll for many lists: arXiv is asked as for one, and a list that cannot be read stops no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from arxiv_watch.arxiv.collected import CollectedArxiv
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.taxonomy import CATEGORIES
from arxiv_watch.arxiv.timetable import listing_day
from arxiv_watch.collect import collect
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.delivery import Deliverables, Delivery, ListState
from arxiv_watch.errors import ForgeError
from arxiv_watch.markdown import parse_list
from arxiv_watch.troubles import Trouble, TroubleKind
from arxiv_watch.watch import run_watches
from fakes import FakeClock
from watch_support import BELONGS, DAY, LISTED, FakeArxiv, announce, coverage, entry, watch

SMALL = "# Papers\n\n" + "".join(entry(listed) for listed in LISTED[:3])
FIELDS = [name for name in sorted(CATEGORIES) if name.startswith("cs.")][:20]


@dataclass
class Shelf:
    """Lists of one content, but for those of a repository that lets nobody in."""

    requests: int = 0
    marks_handled: bool = True
    closed: set[str] = field(default_factory=set)
    text: str = SMALL

    def read(self, watch: WatchConfig) -> ListState:
        self.requests += 1
        if watch.name in self.closed:
            raise ForgeError("404 Not Found")
        return ListState(parse_list({"README.md": self.text.encode()}))

    def deliver(self, _watch: WatchConfig, _state: ListState, batch: Deliverables) -> Delivery:
        return Delivery(proposals=tuple(batch.proposals))


def test_a_thousand_watches_of_twenty_fields_ask_arxiv_what_one_of_them_asks() -> None:
    one, thousand = FakeArxiv(announce(BELONGS)), FakeArxiv(announce(BELONGS))
    watches = [watch(name=f"w{n}", repository=f"lab/l{n}", categories=FIELDS) for n in range(1000)]

    collect(watches[:1], one, Shelf(), FakeClock())
    collected, errors = collect(watches, thousand, Shelf(), FakeClock())

    assert (one.requests, one.polled) == (thousand.requests, thousand.polled)
    assert {paper.id for paper in collected.metadata} == {paper.id for paper in LISTED[:3]}
    assert errors == ()


def test_a_collected_file_claims_no_more_days_than_were_polled() -> None:
    """Catch-up pages reach 90 days back, however early `--since` is."""
    clock = FakeClock()
    collected, _ = collect([watch()], FakeArxiv(), Shelf(), clock, since=date(2020, 1, 1))

    assert collected.first == listing_day(clock.now()) - timedelta(days=90)


def test_a_file_that_was_begun_before_midnight_is_of_the_day_that_was_polled() -> None:
    """Just before midnight in New York a poll waits for the new day; one begun earlier may run into it."""
    clock = FakeClock(datetime(2025, 11, 20, 4, 55, tzinfo=UTC))

    class Waiting(FakeArxiv):
        def poll(self, *args: Any, **others: Any) -> Poll:
            clock.sleep(900)
            return super().poll(*args, **others)

    waited, _ = collect([watch()], Waiting(coverage=[coverage()]), Shelf(), clock)
    clock.moment = datetime(2025, 11, 21, 4, 49, 30, tzinfo=UTC)
    ran_over, _ = collect([watch()], Waiting(coverage=[coverage()]), Shelf(), clock)

    assert [listing_day(each.made) for each in (waited, ran_over)] == [DAY, DAY]
    assert waited.first == DAY - timedelta(days=7)


def test_papers_that_arxiv_does_not_know_are_named_unless_it_refused() -> None:
    arxiv, refusing = FakeArxiv(), FakeArxiv()
    refusing.trouble = "503 Service Unavailable"
    shelf = Shelf()
    shelf.text = SMALL + "- [Gone](https://arxiv.org/abs/2501.00001)\n"

    assert [one.base for one in collect([watch()], arxiv, shelf, FakeClock())[0].unknown] == ["2501.00001"]
    assert collect([watch()], refusing, shelf, FakeClock())[0].unknown == ()


def test_a_background_and_metadata_that_arxiv_did_not_give_are_told() -> None:
    arxiv = FakeArxiv(announce(BELONGS), background_trouble=Trouble(TroubleKind.REFUSED, "oai", "503"))
    arxiv.trouble = "503 Service Unavailable"

    _, errors = collect([watch()], arxiv, Shelf(), FakeClock())

    assert [error.exit_code for error in errors] == [4, 4]
    assert ["background" in errors[0].message, "listed papers" in errors[1].message] == [True, True]


def test_a_list_that_cannot_be_read_is_told_and_stops_no_other() -> None:
    watches = [watch(name="open"), watch(name="shut")]

    collected, errors = collect(
        watches, FakeArxiv(announce(BELONGS), coverage=[coverage()]), Shelf(closed={"shut"}), FakeClock()
    )

    assert [error.exit_code for error in errors] == [6]
    assert collected.metadata
    again = run_watches(watches, CollectedArxiv(collected, FakeClock()), Shelf(closed={"shut"}), FakeClock())
    assert [run.name for run in again.watches] == ["open", "shut"]
    assert 6 in {error.exit_code for error in again.errors}
