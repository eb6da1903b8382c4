"""What came of a watch in one line, and why days were not read whole: every report of a run begins so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.report.values import WatchRun
from arxiv_watch.report.words import some_of
from arxiv_watch.troubles import Trouble, TroubleKind, shared_words
from arxiv_watch.wording import plural

_UNREAD = {CoverageState.STALE, CoverageState.STARVED, CoverageState.FAILED}
_NOTES = {TroubleKind.ADDED, TroubleKind.OAI_ONLY, TroubleKind.DAY_OFF}  # not why something is missing
_MOST_NAMED = 8  # categories that still read as a list
_MOST_DAYS = 2


def outcome_words(watch: WatchRun) -> str:
    """Say what is proposed; where nothing is, whether everything was looked at."""
    if watch.failure:
        return f"not done: {watch.failure}"
    unsure = f", {len(watch.unsure)} to decide by hand" if watch.unsure else ""
    if watch.proposals:
        return f"{plural(len(watch.proposals), 'paper')} to add{unsure}"
    return f"{_nothing(watch)}{unsure}"


def _nothing(watch: WatchRun) -> str:
    states = {line.state for line in watch.coverage}
    if states & _UNREAD:
        is_blind = states == {CoverageState.FAILED} and not any(watch.counts.values())
        return "nothing could be read" if is_blind else "nothing to add in what was read"
    return "nothing to add"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that kept days from being read whole.

    Attributes:
        cause: What it was, in words.
        lines: The coverage of each category and day that it concerns.
    """

    cause: str
    lines: tuple[Coverage, ...]

    def __str__(self) -> str:
        """Return the reason as one sentence: what, where, and what happens next."""
        where = f"{_categories(self.lines)} on {_days(sorted({line.day for line in self.lines}))}"
        again = min((line.again for line in self.lines if line.again), default=None)
        it = "it" if len(self.lines) == 1 else "them"
        after = f"; a poll after {again:%Y-%m-%d %H:%M} UTC reads {it} again" if again else ""
        return f"{self.cause}: {where}{after}"


def reasons_for(coverage: Iterable[Coverage]) -> list[Reason]:
    """Return why days are not whole: one reason a host or source, however many days it spoiled."""
    groups: dict[tuple[str, ...], list[tuple[Coverage, Trouble | None]]] = {}
    for line in dict.fromkeys(coverage):
        for trouble in _causes(line):
            groups.setdefault(trouble.reason if trouble else (line.state,), []).append((line, trouble))
    return [
        Reason(_cause(group), tuple(dict.fromkeys(line for line, _ in group))) for group in groups.values()
    ]


def _causes(line: Coverage) -> Iterator[Trouble | None]:
    """Yield what kept a day from being read whole; None where nothing is known but its state."""
    if line.state.is_whole:
        return
    causes = [trouble for trouble in line.troubles if trouble.kind not in _NOTES]
    if causes:
        yield from causes
    else:
        yield None


def _cause(group: Sequence[tuple[Coverage, Trouble | None]]) -> str:
    troubles = [trouble for _, trouble in group if trouble is not None]
    return shared_words(troubles) if troubles else f"{group[0][0].state}, for an unknown reason"


def _categories(lines: Iterable[Coverage]) -> str:
    return some_of(sorted({line.category for line in lines}), _MOST_NAMED)


def _days(days: Sequence[date]) -> str:
    if len(days) > _MOST_DAYS:
        return f"{len(days)} days from {days[0]} to {days[-1]}"
    return " and ".join(map(str, days))
