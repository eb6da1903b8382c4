"""The notes in a run's report, and the errors that set its exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from arxiv_watch.arxiv import Poll
from arxiv_watch.arxiv.timetable import WINDOW
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import ArxivStaleError, ArxivUnavailableError, ArxivWatchError
from arxiv_watch.headings import unmatched
from arxiv_watch.markdown import PaperList
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.proposals import ReviewedPullRequest, Verdict
from arxiv_watch.report.values import WatchRun
from arxiv_watch.report.words import Reason, reasons_for

MOST_REASONS = 5  # that still read as one error


def heading_notes(watch: WatchConfig, paper_list: PaperList) -> list[str]:
    """Note the configured headings that the list does not have."""
    selection = watch.headings
    sections = [section.path for document in paper_list.documents for section in document.sections]
    return [
        *unmatched("headings.include", selection.include, paper_list.headings),
        *unmatched("headings.exclude", selection.exclude, sections),
    ]


def lacking_notes(poll: Poll, trouble: str) -> list[str]:
    """Note the background or metadata that papers were judged without, so that no run takes them for judged.

    `trouble` says why the metadata of the list could not be looked up, or is empty.
    """
    notes = []
    if trouble:
        notes.append(f"some listed papers were learned from by title only, because {trouble}")
    if not poll.background or poll.background_trouble:
        why = f" ({poll.background_trouble})" if poll.background_trouble else ""
        shown = (
            "with a part of it" if poll.background else "by likeness to the list alone, and none is proposed"
        )
        notes.append(
            f"the background to judge papers against could not be read{why}: papers are judged {shown}"
        )
    if notes:
        notes.append("the next poll looks at all of these papers again")
    return notes


def handled_notes(poll: Poll) -> list[str]:
    """Note how to look again at the papers that an earlier run has handled."""
    since = min((each.day for each in poll.handled), default=None)
    if since is None:
        return []
    seen = f"earlier runs have looked at what was announced since {since}"
    return [f"{seen}; after a change to the list or the rules, --since {since} looks at it again"]


def acceptance_notes(outcomes: Sequence[ReviewedPullRequest]) -> list[str]:
    """Note the share of proposed papers that were accepted, all in all and lately."""
    proposed = sum(outcome.proposed for outcome in outcomes)
    if not proposed:
        return []
    accepted = sum(outcome.accepted for outcome in outcomes)
    moved = sum(outcome.moved for outcome in outcomes)
    proposing = [each for each in outcomes if each.proposed]
    lately = ", ".join(f"#{each.number} {each.accepted} of {each.proposed}" for each in proposing[-5:])
    so_far = f"accepted so far: {accepted} of {proposed} proposed papers, {moved} of them moved"
    return [f"{so_far}; lately {lately}"]


def waiting_notes(proposals: Sequence[Verdict]) -> list[str]:
    """Note the papers that wait, and how long polls look at them again by themselves."""
    first = min((each.paper.announced for each in proposals if each.paper.announced), default=None)
    if first is None:
        return []
    names = ", ".join(each.paper.id.base for each in proposals)
    return [f"waiting: {names}; polls look at them again until {first + WINDOW}, then with --since {first}"]


def coverage_errors(coverage: Sequence[Coverage]) -> list[ArxivWatchError]:
    """Return the error of each kind of incomplete coverage: unreadable first, then stale or starved.

    A reason that kept some days from being read and left others incomplete is reported once, with the former.
    """
    incomplete = {CoverageState.FAILED, CoverageState.STALE, CoverageState.STARVED}
    reasons = reasons_for(each for each in coverage if each.state in incomplete)
    failed = [each for each in reasons if any(line.state is CoverageState.FAILED for line in each.lines)]
    stale = [each for each in reasons if each not in failed]
    errors: list[ArxivWatchError] = []
    if failed:
        errors.append(ArxivUnavailableError(f"arXiv could not be read completely: {_joined(failed)}"))
    if stale:
        errors.append(ArxivStaleError(f"arXiv answered incompletely: {_joined(stale)}"))
    return errors


def judgement_errors(poll: Poll, runs: Iterable[WatchRun]) -> list[ArxivWatchError]:
    """Return the error of a background that could not be read, where papers should have been judged by it."""
    if poll.background_trouble is None or all(run.judged for run in runs):
        return []
    message = f"arXiv could not be read completely, and papers not be judged: {poll.background_trouble}"
    return [ArxivUnavailableError(message, "the next poll looks at them again")]


def _joined(reasons: Sequence[Reason]) -> str:
    more = len(reasons) - MOST_REASONS
    text = "; ".join(map(str, reasons[:MOST_REASONS]))
    return f"{text}; and {more} more, which the report lists" if more > 0 else text
