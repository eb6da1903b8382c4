"""What a feed says about a day: pure judgement by identifiers, never by the dates it bears."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from arxiv_watch.arxiv.feeds import MAX_ITEMS, Event, Feed
from arxiv_watch.arxiv.record_store import Batch
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind

# A paper given another category after its announcement is in OAI-PMH's record before it is in a feed,
# and a replacement that moderation held is announced later than the schedule says.
_TOLERATED = 0.05
_TOLERATED_REPLACEMENTS = 0.2
_ENOUGH_DAYS = 3  # to know what is usual


# An old batch says nothing of the day; every other fault of a feed leaves its items as far as they go.
_OLD = {TroubleKind.STALE, TroubleKind.UNPROVEN}
_WITHOUT_ITEMS = {TroubleKind.STALE, TroubleKind.EMPTY}


def state_after(trouble: Trouble | None) -> CoverageState:
    """Return what is known of a day by a feed with this trouble, if no other source can do better."""
    if trouble is None:
        return CoverageState.FRESH
    return CoverageState.STALE if trouble.kind in _OLD else CoverageState.STARVED


def keeps_items(trouble: Trouble | None) -> bool:
    """Return whether the items of a feed with this trouble are the day's, as far as they go."""
    return trouble is None or trouble.kind not in _WITHOUT_ITEMS


@dataclass(frozen=True, slots=True)
class Past:
    """What is known when a feed arrives.

    Attributes:
        batches: The batches of all arXiv by day, as far as a second source showed them.
        known: What the category itself announced on earlier days.
        max_id: The largest identifier that was new on any earlier day, or None on a first run.
        expected: What a second source lists under the category in the day's batch; bare identifiers.
        replaced: What it shows as replaced in the category on the day; bare identifiers.
        digests: Hashes of the documents that earlier days were read from.
        usual: How many new papers the category had on recent days.
        is_proven: Whether the second source has a whole batch of the day, so that `expected` is all of it.
    """

    batches: Mapping[date, Batch]
    known: Collection[Event]
    max_id: ArxivId | None = None
    expected: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    usual: Sequence[int] = ()
    is_proven: bool = False


def judge(feed: Feed, day: date, past: Past, digest: str = "", source: str = "rss") -> Trouble | None:
    """Return what is wrong with a feed fetched on `day`, or None if it is the whole day's.

    New papers bear identifiers that no earlier batch reached. So a feed whose new papers do not is an
    old one, whatever its dates say; a feed of replacements alone is old if all of it is known.
    """
    doubts = _doubts(feed, day, past, digest)
    return next((Trouble(kind, source, about) for kind, about in doubts if about), None)


def _doubts(feed: Feed, day: date, past: Past, digest: str) -> Iterator[tuple[TroubleKind, str]]:
    """Yield what may be wrong with a feed, gravest first, with the words empty where it is not."""
    yield TroubleKind.EMPTY, "" if feed.length else "no items"
    cut = feed.length >= MAX_ITEMS
    yield TroubleKind.TRUNCATED, f"{feed.length} items, which is where arXiv cuts feeds off" if cut else ""
    yield TroubleKind.STALE, _stale(feed, day, past, digest)
    shown = {item.paper.id.base for item in feed.items}
    for name, wanted, tolerated in (
        ("papers", past.expected, _TOLERATED),
        ("replacements", past.replaced, _TOLERATED_REPLACEMENTS),
    ):
        missing = wanted - shown
        told = f"{len(missing)} {name} that OAI-PMH lists are not in it, such as {min(missing, default='')}"
        yield TroubleKind.THIN, told if len(missing) > tolerated * len(wanted) else ""
    broken = f"{len(feed.quarantined)} items cannot be read: {'; '.join(feed.quarantined[:3])}"
    yield TroubleKind.DAMAGED, broken if feed.quarantined else ""
    proven = _is_proven(feed, day, past)
    yield TroubleKind.UNPROVEN, "" if proven else "nothing shows yet that this is today's batch"
    if not past.expected and not past.is_proven:
        yield TroubleKind.THIN, unusual(len(feed.ids(AnnounceType.NEW)), past.usual)


def unusual(count: int, usual: Sequence[int]) -> str:
    """Return what is odd about a number of new papers, or nothing."""
    if len(usual) < _ENOUGH_DAYS or count >= median(usual) / 2:
        return ""
    return f"{count} new papers, where {median(usual):g} are usual"


def _stale(feed: Feed, day: date, past: Past, digest: str) -> str:
    events = {item.event for item in feed.items}
    if digest and digest in past.digests:
        return "it is the document of an earlier day"
    if events and events <= set(past.known):
        return f"all of its {len(events)} items were announced before"
    new = feed.ids(AnnounceType.NEW)
    old = {identifier for identifier in new if _is_old(identifier, day, past)}
    if 2 * len(old) > len(new):  # an old feed is old throughout: a few such papers are a border that is off
        return f"{len(old)} of its {len(new)} new papers belong to an earlier batch (such as {min(old)})"
    return ""


def _is_old(identifier: ArxivId, day: date, past: Past) -> bool:
    if past.max_id is not None and identifier <= past.max_id:
        return True
    return any(identifier in batch for other, batch in past.batches.items() if other < day)


def _is_proven(feed: Feed, day: date, past: Past) -> bool:
    """Return whether a feed without old papers is this day's: it is not like what was seen before."""
    if past.known:
        return True
    batch = past.batches.get(day)
    recent = feed.ids(AnnounceType.NEW, AnnounceType.CROSS)
    if batch is not None and any(identifier in batch for identifier in recent):
        return True
    return past.max_id is not None and any(identifier > past.max_id for identifier in recent)
