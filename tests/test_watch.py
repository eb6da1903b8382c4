import threading
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from arxiv_watch.config.models import WatchConfig
from arxiv_watch.delivery import Deliverables, Delivery, ListState
from arxiv_watch.errors import (
    ArxivStaleError,
    ArxivUnavailableError,
    EditRefusedError,
    ForgeError,
    ListError,
)
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import ListHistory, parse_list
from arxiv_watch.markdown.history.record import FileVersion
from arxiv_watch.notes import coverage_errors
from arxiv_watch.papers import Announcement, AnnounceType, CoverageState
from arxiv_watch.proposals import Decision, Ledger, Prediction, Verdict
from arxiv_watch.publish import DryRun, LocalFiles, Publisher, write_file
from arxiv_watch.report.values import Run, WatchRun
from arxiv_watch.schedule import StoppableClock, StoppedError
from arxiv_watch.troubles import Trouble, TroubleKind
from arxiv_watch.watch import run_watches
from fakes import FakeClock
from watch_support import (
    BACKGROUND,
    BELONGS,
    DAY,
    LIST,
    LISTED,
    SERVING,
    STRANGER,
    FakeArxiv,
    announce,
    coverage,
    find,
    paper,
    watch,
)

READ = parse_list({"README.md": LIST.encode()})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(LIST)
    return tmp_path


@dataclass
class FakePublisher:
    """A publisher that remembers what it was given."""

    state: ListState
    requests: int = 0
    marks_handled: bool = True
    delivered: list[Verdict] = field(default_factory=list)
    waiting: tuple[Verdict, ...] = ()

    def read(self, _: WatchConfig) -> ListState:
        return self.state

    def deliver(self, _watch: WatchConfig, _state: ListState, batch: Deliverables) -> Delivery:
        self.delivered += batch.proposals
        return Delivery(proposals=tuple(batch.proposals), waiting=self.waiting)


def cycle(arxiv: FakeArxiv, publisher: Publisher, *watches: WatchConfig) -> Run:
    """Run one cycle of these watches, or of one that is all defaults."""
    return run_watches(watches or [watch()], arxiv, publisher, FakeClock(), reader="me")


def cycle_of_one(arxiv: FakeArxiv, publisher: Publisher, *watches: WatchConfig) -> WatchRun:
    """Run one cycle of one watch."""
    [run] = cycle(arxiv, publisher, *watches).watches
    return run


def test_what_belongs_is_proposed_under_its_heading_and_what_does_not_is_counted(repository: Path) -> None:
    arxiv = FakeArxiv(announce(BELONGS), announce(STRANGER), announce(LISTED[0]), coverage=[coverage()])

    outcome = cycle(arxiv, DryRun(repository))

    [run] = outcome.watches
    assert [(proposal.paper.id, proposal.path) for proposal in run.proposals] == [
        (BELONGS.id, ("Papers", "Serving"))
    ]
    assert run.counts["listed"] == 1
    assert run.counts["irrelevant"] == 1
    assert f"+- [{BELONGS.title}]({BELONGS.id.abs_url})" in run.diff
    assert outcome.errors == ()


def test_papers_that_wait_are_named_with_how_long_polls_look_at_them_again() -> None:
    waiting = Verdict(
        replace(BELONGS, announced=date(2025, 11, 20)),
        Prediction(BELONGS.id),
        Decision.PROPOSE,
        "relevant",
        ("Papers", "Serving"),
    )
    state = ListState(READ)

    outcome = cycle(FakeArxiv(), FakePublisher(state, waiting=(waiting,)))

    [run] = outcome.watches
    [note] = run.notes
    assert note.startswith(f"waiting: {BELONGS.id.base}; polls look at them again until 2025-11-27")
    assert note.endswith("--since 2025-11-20")


def test_a_list_that_has_just_lost_most_of_itself_is_put_off_and_nothing_is_taken_for_handled() -> None:
    today = FakeClock().now().date()
    history = ListHistory(changed=today, versions=(FileVersion(date(2026, 11, 1), 5000, 50),))
    state = ListState(READ, history=history)
    arxiv, publisher = FakeArxiv(announce(BELONGS)), FakePublisher(state)

    outcome = cycle(arxiv, publisher)

    assert [error.exit_code for error in outcome.errors] == [3]
    assert publisher.delivered == []
    assert arxiv.handled_by == []


def test_a_dry_run_writes_nothing_and_applying_writes_exactly_its_diff(repository: Path) -> None:
    arxiv = FakeArxiv(announce(BELONGS))

    dry = cycle(arxiv, DryRun(repository))
    untouched = (repository / "README.md").read_text()
    applied = cycle(arxiv, LocalFiles(repository))
    again = cycle(arxiv, LocalFiles(repository))

    assert untouched == LIST
    assert applied.watches == dry.watches
    added = [
        line for line in (repository / "README.md").read_text().splitlines() if line not in LIST.splitlines()
    ]
    assert added == [f"- [{BELONGS.title}]({BELONGS.id.abs_url})"]
    assert again.watches[0].diff == ""
    assert again.watches[0].counts["listed"] == 1


def test_one_poll_serves_all_watches(repository: Path) -> None:
    arxiv = FakeArxiv()
    second = watch(name="second", categories=["cs.AR", "cs.DC"], queries=["all:x"])

    run_watches([watch(), second], arxiv, DryRun(repository), FakeClock(), since=DAY)

    assert arxiv.polled == [(["cs.AR", "cs.DC"], ["all:x"], DAY)]


def test_with_nothing_new_nothing_is_asked_and_nothing_learned(repository: Path) -> None:
    arxiv = FakeArxiv(announce(LISTED[0]), announce(LISTED[1]))

    outcome = cycle(arxiv, DryRun(repository))

    assert arxiv.requests == 1
    assert outcome.watches[0].operating_point is None


def test_what_was_dealt_with_is_reported_as_handled_and_nothing_else_is(repository: Path) -> None:
    dry, applied, failed = FakeArxiv(), FakeArxiv(), FakeArxiv()

    cycle(dry, DryRun(repository))
    cycle(applied, LocalFiles(repository))
    cycle(failed, LocalFiles(repository), watch(list="absent.md"))

    assert (dry.handled_by, applied.handled_by, failed.handled_by) == ([], ["me"], [])


def test_a_replacement_or_another_watchs_category_is_not_a_candidate(repository: Path) -> None:
    arxiv = FakeArxiv(announce(BELONGS, AnnounceType.REPLACE), announce(STRANGER, category="q-bio.PE"))

    run = cycle_of_one(arxiv, DryRun(repository))

    assert run.proposals == ()
    assert run.counts["replacement"] == 1
    assert sum(run.counts.values()) == 1


@pytest.mark.parametrize(
    ("found", "takes"),
    [
        (find(BELONGS, "abs:bar"), [0, 1]),
        (find(BELONGS, "ti:foo", types={"cs.CV": AnnounceType.NEW}), [1, 1]),
        (find(BELONGS, "ti:foo"), [1, 0]),
        (find(BELONGS, types={"cs.CV": AnnounceType.NEW}), [0, 1]),
        (find(BELONGS, "ti:foo", types={"cs.DC": AnnounceType.REPLACE}), [1, 0]),
        (find(BELONGS, types={"stat.ML": AnnounceType.NEW}), [0, 0]),
    ],
)
def test_a_watch_takes_what_its_own_categories_or_its_own_queries_name(
    repository: Path, found: Announcement, takes: list[int]
) -> None:
    watches = [
        watch(name="a", queries=["ti:foo"]),
        watch(name="b", categories=["cs.CV"], queries=["abs:bar"]),
    ]

    background = tuple(replace(each, categories=("cs.DC", "cs.CV")) for each in BACKGROUND)

    outcome = cycle(FakeArxiv(found, background=background), DryRun(repository), *watches)

    assert [len(run.proposals) for run in outcome.watches] == takes


def test_a_watch_proposes_the_same_alone_and_beside_watches_of_other_fields(repository: Path) -> None:
    """One poll serves all watches; what other fields did not list says nothing of this one (issue 17)."""
    others = tuple(
        paper(f"2510.{number:05}", f"Serving in Pictures {number}", f"{SERVING} in pictures {number}")
        for number in range(1, 60)
    )
    neighbours = tuple(replace(each, categories=("cs.CV",)) for each in others)
    runs = [
        cycle(
            FakeArxiv(announce(BELONGS), background=(*BACKGROUND, *found)),
            DryRun(repository),
            watch(name="a"),
            *more,
        ).watches[0]
        for more, found in (([], ()), ([watch(name="b", categories=["cs.CV"])], neighbours))
    ]

    alone, beside = ([(each.paper.id, each.prediction) for each in run.proposals] for run in runs)
    assert alone == beside
    assert [paper_id for paper_id, _ in alone] == [BELONGS.id]


def test_a_query_is_reported_where_it_was_asked(repository: Path) -> None:
    arxiv = FakeArxiv(coverage=[coverage(), coverage(category="all:serving")])
    watches = [watch(), watch(name="asking", queries=["all:serving"])]

    outcome = cycle(arxiv, DryRun(repository), *watches)

    assert [len(run.coverage) for run in outcome.watches] == [1, 2]


REFUSED = Trouble(TroubleKind.REFUSED, "oai", "503 Service Unavailable", host="oaipmh.arxiv.org")
NOT_WHOLE = [state for state in CoverageState if not state.is_whole]


class TestWhatCouldNotBeJudgedIsNotTakenForHandled:
    """Each input that can be missing: what is proposed without it, what is said, and that it comes back."""

    def test_with_everything_there_it_is_handled(self, repository: Path) -> None:
        arxiv = FakeArxiv(announce(BELONGS), announce(STRANGER), coverage=[coverage()])

        run = cycle_of_one(arxiv, LocalFiles(repository))

        assert (arxiv.handled_by, run.notes) == (["me"], ())

    def test_without_a_background_the_nearest_are_shown_and_none_is_proposed(self, repository: Path) -> None:
        arxiv = FakeArxiv(announce(BELONGS), background=(), background_trouble=REFUSED)

        run = cycle_of_one(arxiv, LocalFiles(repository))

        assert ([each.paper for each in run.unsure], run.proposals) == ([BELONGS], ())
        assert "oaipmh.arxiv.org refused" in run.notes[0]
        assert "looks at all of these papers again" in run.notes[1]
        assert arxiv.handled_by == []

    def test_a_background_that_could_not_be_read_is_told_once_and_ends_the_run_with_4(
        self, repository: Path
    ) -> None:
        several = [watch(name="a"), watch(name="b")]
        unread = FakeArxiv(announce(BELONGS), background_trouble=REFUSED)
        stale = Trouble(TroubleKind.STALE, "rss", "an old batch")
        worse = FakeArxiv(
            announce(BELONGS),
            background_trouble=REFUSED,
            coverage=[replace(coverage(CoverageState.STALE), troubles=(stale,))],
        )

        told = [cycle(arxiv, DryRun(repository), *several) for arxiv in (unread, worse)]

        assert [[error.exit_code for error in outcome.errors] for outcome in told] == [[4], [5]]
        assert "oaipmh.arxiv.org refused" in str(told[0].errors[0])

    def test_without_a_background_a_days_budget_holds(self, repository: Path) -> None:
        many = [announce(replace(BELONGS, id=ArxivId(f"2511.1{n:04}"), title=f"Paper {n}")) for n in range(9)]

        run = cycle_of_one(FakeArxiv(*many, background=()), LocalFiles(repository))

        assert len(run.unsure) == watch().budget.per_day

    def test_with_a_part_of_the_background_papers_are_proposed_and_looked_at_again(
        self, repository: Path
    ) -> None:
        arxiv = FakeArxiv(announce(BELONGS), background_trouble=REFUSED)

        run = cycle_of_one(arxiv, LocalFiles(repository))

        assert [each.paper for each in run.proposals] == [BELONGS]
        assert "with a part of it" in run.notes[0]
        assert arxiv.handled_by == []

    def test_a_lack_of_metadata_is_reported(self, repository: Path) -> None:
        arxiv = FakeArxiv(announce(BELONGS))
        arxiv.trouble = "127.0.0.1 refused: 429"

        run = cycle_of_one(arxiv, LocalFiles(repository))

        assert run.notes == (
            "some listed papers were learned from by title only, because 127.0.0.1 refused: 429",
            "the next poll looks at all of these papers again",
        )
        assert arxiv.handled_by == []

    @pytest.mark.parametrize("state", NOT_WHOLE)
    def test_while_a_day_is_not_whole_nothing_is_handled(
        self, repository: Path, state: CoverageState
    ) -> None:
        arxiv = FakeArxiv(announce(BELONGS), coverage=[coverage(), coverage(state, "cs.AR")])

        cycle_of_one(arxiv, LocalFiles(repository))

        assert arxiv.handled_by == []

    def test_rejections_that_cannot_be_read_leave_everything_for_the_next_poll(self) -> None:
        class Refusing(FakePublisher):
            def read(self, _: WatchConfig) -> ListState:
                raise ForgeError("GitHub refused: 503")

        arxiv = FakeArxiv(announce(BELONGS))

        cycle(arxiv, Refusing(ListState(READ)))

        assert arxiv.handled_by == []

    def test_a_history_that_is_not_there_is_no_reason_to_come_back(self, repository: Path) -> None:
        arxiv = FakeArxiv(announce(BELONGS))

        run = cycle_of_one(
            arxiv, LocalFiles(repository)
        )  # no git repository: where people insert is not known

        assert ([each.paper for each in run.proposals], arxiv.handled_by) == ([BELONGS], ["me"])

    def test_with_nothing_to_judge_nothing_is_missing(self, repository: Path) -> None:
        arxiv = FakeArxiv(announce(LISTED[0]), background=(), background_trouble=REFUSED)

        run = cycle_of_one(arxiv, LocalFiles(repository))

        assert (run.notes, arxiv.handled_by) == ((), ["me"])


def test_nothing_to_add_tells_how_to_look_again_at_what_was_handled(repository: Path) -> None:
    handled = (replace(announce(STRANGER), day=date(2025, 11, 17)), announce(STRANGER))
    quiet, busy = FakeArxiv(handled=handled), FakeArxiv(announce(BELONGS), handled=handled)

    nothing = cycle_of_one(quiet, LocalFiles(repository))
    something = cycle_of_one(busy, LocalFiles(repository))

    assert "--since 2025-11-17 looks at it again" in nothing.notes[0]
    assert something.notes == ()


def test_a_days_budget_counts_what_the_list_has_got_of_it_since(repository: Path) -> None:
    arxiv = FakeArxiv(announce(BELONGS), handled=tuple(map(announce, LISTED[:5])))

    run = cycle_of_one(arxiv, DryRun(repository))

    assert (run.proposals, run.counts["over-budget"]) == ((), 1)


@pytest.mark.parametrize(
    ("rules", "category"),
    [
        ({"include": ["Serving Engine"]}, "cs.DC"),  # what a rule asked for cost nothing then
        ({}, "cs.LG"),  # another watch looks at that one
    ],
)
def test_a_days_budget_is_not_spent_by_what_a_rule_or_another_watch_asked_for(
    repository: Path, rules: dict[str, list[str]], category: str
) -> None:
    listed = tuple(announce(each, category=category) for each in LISTED[:5])
    arxiv = FakeArxiv(announce(BELONGS), handled=listed)

    run = cycle_of_one(arxiv, DryRun(repository), watch(rules=rules))

    assert [each.paper for each in run.proposals] == [BELONGS]


@pytest.mark.parametrize("announced", [[], [announce(BELONGS)]], ids=["a quiet day", "a paper"])
def test_a_heading_of_the_config_that_the_list_lacks_is_told_every_day(
    repository: Path, announced: list[Announcement]
) -> None:
    wanted = watch(headings={"include": ["Servng", "Quantization"], "exclude": ["Papers > Surveys"]})

    run = cycle_of_one(FakeArxiv(*announced), DryRun(repository), wanted)

    assert run.notes == (
        "headings.include: 'Servng' fits no heading for papers; did you mean 'Serving'?",
        "headings.exclude: 'Papers > Surveys' fits no heading for papers; did you mean 'Papers > Serving'?",
    )


def test_no_heading_is_shown_that_papers_are_not_put_under(repository: Path) -> None:
    arxiv = FakeArxiv(announce(BELONGS))

    run = cycle_of_one(arxiv, DryRun(repository), watch(headings={"exclude": ["Quantization"]}))
    left_out = cycle_of_one(arxiv, DryRun(repository), watch(headings={"exclude": ["Serving"]}))

    [proposal] = run.proposals
    assert [heading.path for heading in proposal.prediction.headings] == [("Papers", "Serving")]
    assert (left_out.proposals, left_out.counts["no-heading"]) == ((), 1)


def test_a_rejected_or_proposed_paper_does_not_come_back() -> None:
    publisher = FakePublisher(
        ListState(READ, Ledger(rejected=frozenset({BELONGS.id}), proposed=frozenset({STRANGER.id})))
    )

    run = cycle_of_one(FakeArxiv(announce(BELONGS), announce(STRANGER)), publisher)

    assert publisher.delivered == []
    assert (run.counts["rejected"], run.counts["proposed"]) == (1, 1)


def test_a_paper_that_was_taken_out_of_the_list_does_not_come_back() -> None:
    once = ListHistory(ids=frozenset({BELONGS.id}))
    publisher = FakePublisher(ListState(READ, history=once))

    run = cycle_of_one(FakeArxiv(announce(BELONGS)), publisher)

    assert publisher.delivered == []
    assert run.counts["listed"] == 1


def test_a_days_budget_that_is_spent_is_not_spent_again() -> None:
    earlier = replace(BELONGS, id=ArxivId("2511.00009"))
    publisher = FakePublisher(ListState(READ, Ledger(proposed=frozenset({earlier.id}))))
    arxiv = FakeArxiv(announce(BELONGS), announce(earlier))

    cycle(arxiv, publisher, watch(budget={"per_day": 1}))

    assert [proposal for proposal in publisher.delivered if proposal.sure] == []


def test_a_watch_that_fails_does_not_stop_the_others(repository: Path) -> None:
    watches = [watch(name="absent", list="absent.md"), watch()]

    outcome = cycle(FakeArxiv(announce(BELONGS)), DryRun(repository), *watches)

    assert [len(run.proposals) for run in outcome.watches] == [0, 1]
    [error] = outcome.errors
    assert isinstance(error, ListError)
    assert "absent.md" in outcome.watches[0].failure


def test_a_stop_ends_a_cycle_before_the_next_watch() -> None:
    stop = threading.Event()

    class Stopping(FakePublisher):
        def deliver(self, watch: WatchConfig, state: ListState, batch: Deliverables) -> Delivery:
            assert not stop.is_set()
            stop.set()
            return super().deliver(watch, state, batch)

    clock = StoppableClock(FakeClock(), stop)
    publisher = Stopping(ListState(READ))

    with pytest.raises(StoppedError):
        run_watches([watch(name="a"), watch(name="b")], FakeArxiv(announce(BELONGS)), publisher, clock)

    assert len(publisher.delivered) == 1


def test_a_stop_while_a_watch_is_served_is_no_failure_of_that_watch() -> None:
    class Stopped(FakePublisher):
        def read(self, _: WatchConfig) -> ListState:
            raise StoppedError

    watches = [watch(name="a"), watch(name="b")]

    with pytest.raises(StoppedError):
        cycle(FakeArxiv(announce(BELONGS)), Stopped(ListState(READ)), *watches)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (CoverageState.FAILED, ArxivUnavailableError),
        (CoverageState.STALE, ArxivStaleError),
        (CoverageState.STARVED, ArxivStaleError),
    ],
)
def test_incomplete_coverage_is_an_error_but_what_was_found_is_kept(
    repository: Path, state: CoverageState, kind: type[Exception]
) -> None:
    arxiv = FakeArxiv(announce(BELONGS), coverage=[coverage(state), coverage(category="cs.AR")])

    outcome = cycle(arxiv, DryRun(repository))

    assert len(outcome.watches[0].proposals) == 1
    assert [type(error) for error in outcome.errors] == [kind]


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"theirs")

    with pytest.raises(EditRefusedError, match="changed by somebody else"):
        write_file(path, b"ours", expected=b"before")

    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_the_fake_arxiv_answers_what_it_was_told() -> None:
    arxiv = FakeArxiv(announce(BELONGS))

    assert arxiv.poll(["cs.DC"], since=date(2025, 1, 1)).announcements[0].paper == BELONGS
    assert arxiv.metadata([LISTED[0].id, BELONGS.id]) == {LISTED[0].id: LISTED[0]}
    assert arxiv.requests == 2


def test_a_long_outage_is_reported_in_a_few_words() -> None:
    troubles = [Trouble(TroubleKind.EXHAUSTED, about=f"reason {number}") for number in range(90)]
    lines = [replace(coverage(CoverageState.FAILED), troubles=(trouble,)) for trouble in troubles]

    [error] = coverage_errors(lines)

    assert "reason 4" in str(error)
    assert "reason 5" not in str(error)
    assert "and 85 more" in str(error)


def test_a_host_that_fails_some_days_and_spoils_others_is_told_once() -> None:
    refused = Trouble(TroubleKind.REFUSED, "rss", "503 Service Unavailable", host="rss.arxiv.org")
    states = (CoverageState.FAILED, CoverageState.STARVED)
    lines = [replace(coverage(state, name), troubles=(refused,)) for state in states for name in ("a", "b")]

    [error] = coverage_errors(lines)

    assert str(error).count("refused") == 1
    assert error.exit_code == 4
