"""Words and tables that several reports share; plain text, without anything untrusted made live."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from arxiv_watch.headings import HeadingPath, common_prefix, format_path
from arxiv_watch.model.evaluation import HeadingEvaluation
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.proposals import Neighbour, OperatingPoint, PullRequest, Verdict
from arxiv_watch.report.values import WatchRun
from arxiv_watch.troubles import Trouble, TroubleKind, shared_words
from arxiv_watch.wording import plural, width_of

_RUNNERS_UP = 2  # with the chosen heading they are the three best
_SHOWN = 0.005  # what is less shows as 0 %
EMPTY = "–"
_MOST_NAMED = 3  # categories in a cell of a table
_MOST_LISTED = 8  # categories that still read as a list
_MOST_DAYS = 2
_UNREAD = {CoverageState.STALE, CoverageState.STARVED, CoverageState.FAILED}
_NOTES = {TroubleKind.ADDED, TroubleKind.OAI_ONLY, TroubleKind.DAY_OFF}  # not why something is missing
# matches "https://arxiv.org/abs/2407.12391"; in Markdown an address of other characters might end its link
_SAFE_URL = re.compile(r"https?://[\w.~:/?#@!$&*+,;=%-]+", re.ASCII)


def percent(share: float | None) -> str:
    """Write a share of 0 to 1 in whole per cent, or a dash where it is unknown."""
    return EMPTY if share is None else f"{100 * share:.0f} %"


def decimal(value: float | None, digits: int = 2) -> str:
    """Write a number with so many decimal places, or a dash where it is unknown."""
    return EMPTY if value is None else f"{value:.{digits}f}"


def duration(time: timedelta) -> str:
    """Write a duration in hours and minutes."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    return f"{hours} h {minutes:02} min"


def short_path(path: HeadingPath, prefix: HeadingPath) -> str:
    """Write a heading path without the headings that all others share."""
    rest = path[len(prefix) :] if path[: len(prefix)] == prefix else path
    return format_path(rest or path)


def tails(paths: Iterable[HeadingPath]) -> dict[HeadingPath, str]:
    """Write each path by its shortest tail that no other of these paths ends with."""
    several = list(dict.fromkeys(paths))
    counts = Counter(path[-length:] for path in several for length in range(1, len(path) + 1))
    return {
        path: format_path(next((path[-n:] for n in range(1, len(path) + 1) if counts[path[-n:]] == 1), path))
        for path in several
    }


def probability_of(verdict: Verdict) -> float | None:
    """Return the predicted probability of the chosen heading, or None if the prediction does not list it."""
    return next((one.probability for one in verdict.prediction.headings if one.path == verdict.path), None)


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper as a report of a run shows it, its headings without the beginning that all of them share.

    Attributes:
        headings: The chosen heading, then the best others, none that shows as 0 %; each with its probability.
        neighbours: Each with its heading.
    """

    verdict: Verdict
    headings: tuple[tuple[str, str], ...]
    neighbours: tuple[tuple[Neighbour, str], ...]


def shown_papers(verdicts: Sequence[Verdict]) -> list[ShownPaper]:
    """Shorten the headings of papers that a report shows together."""
    prefix = common_prefix(path for verdict in verdicts for path in _named(verdict) if path)
    return [
        ShownPaper(
            verdict,
            tuple((short_path(path, prefix), percent(share)) for path, share in _ranked(verdict)),
            tuple((one, short_path(one.path, prefix)) for one in verdict.prediction.evidence.neighbours),
        )
        for verdict in verdicts
    ]


def _named(verdict: Verdict) -> Iterator[HeadingPath]:
    """Yield the headings that a report may name: chosen, predicted, and of neighbours."""
    yield verdict.path
    yield from (one.path for one in verdict.prediction.headings)
    yield from (one.path for one in verdict.prediction.evidence.neighbours)


def _ranked(verdict: Verdict) -> list[tuple[HeadingPath, float | None]]:
    headings = verdict.prediction.headings
    others = [one for one in headings if one.path != verdict.path and one.probability >= _SHOWN]
    chosen = verdict.path, probability_of(verdict)
    return [chosen, *((other.path, other.probability) for other in others[:_RUNNERS_UP])]


def without_repetition(coverage: Iterable[Coverage]) -> list[Coverage]:
    """Join the categories that had no paper on a day, and do not differ otherwise, into one line."""
    groups: dict[tuple[object, ...], list[Coverage]] = {}
    for line in coverage:
        has_papers = line.new or line.cross or line.replace
        key = (line.category, line.day) if has_papers else (line.day, line.state, line.source)
        groups.setdefault(key, []).append(line)
    return [
        replace(lines[0], category=some_of([line.category for line in lines], _MOST_NAMED))
        for lines in groups.values()
    ]


def some_of(names: Sequence[str], most: int) -> str:
    """Write the first few names of many: `cs.AI, cs.AR and 5 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def count_words(counts: Mapping[str, int]) -> str:
    """Write the counts of a run that are not zero: `12 listed, 3 over-budget`; empty if all are."""
    return ", ".join(f"{count} {reason}" for reason, count in counts.items() if count)


def request_words(requests: Mapping[str, int]) -> str:
    """Write how many requests were sent: `4 to arxiv, 11 to github`; empty if none is counted."""
    return ", ".join(f"{count} to {service}" for service, count in requests.items())


def point_words(point: OperatingPoint) -> str:
    """Say in one sentence where the decision lines lie and what they promise."""
    parts = [f"proposed from relevance {point.propose:.2f}, unsure from {point.unsure:.2f}"]
    if point.precision is not None:
        parts.append(f"about {percent(point.precision)} of the proposals should be right")
    if point.recall is not None:
        parts.append(f"about {percent(point.recall)} of the wanted papers should be among them")
    if point.minutes_per_day is not None:
        parts.append(f"about {point.minutes_per_day:.1f} minutes of review a day")
    if not point.calibrated:
        parts.append("the list is too small to calibrate on")
    return "; ".join(parts)


def heading_figures(found: HeadingEvaluation) -> list[tuple[str, str]]:
    """Write how well headings were found: the name of each figure, and the figure."""
    return [
        ("papers judged", f"{found.papers:,}"),
        ("headings to choose from", f"{found.headings:,}"),
        ("first choice right", percent(found.top1)),
        ("right one among the first three", percent(found.top3)),
        ("expected calibration error", decimal(found.calibration_error)),
    ]


def pull_request_words(pull_request: PullRequest) -> str:
    """Say what happened to the pull request."""
    return f"pull request #{pull_request.number} {pull_request.operation}"


def safe_url(pull_request: PullRequest) -> str:
    """Return the address of the pull request, or nothing where it is none that may be a link."""
    return pull_request.url if _SAFE_URL.fullmatch(pull_request.url) else ""


def in_columns(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Set rows of cells in columns, two spaces apart; the columns in `right` to the right."""
    if not rows:
        return []
    widths = [max(width_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    to_the_right = set(right)
    return [
        "  ".join(
            " " * (width - width_of(cell)) + cell
            if column in to_the_right
            else cell + " " * (width - width_of(cell))
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


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
    """One cause that kept days from being read whole, and the coverage of the categories and days."""

    cause: str
    lines: tuple[Coverage, ...]

    def __str__(self) -> str:
        """Return the reason as one sentence: what, where, and what happens next."""
        categories = some_of(sorted({line.category for line in self.lines}), _MOST_LISTED)
        where = f"{categories} on {_days(sorted({line.day for line in self.lines}))}"
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


def _days(days: Sequence[date]) -> str:
    if len(days) > _MOST_DAYS:
        return f"{len(days)} days from {days[0]} to {days[-1]}"
    return " and ".join(map(str, days))
