"""Whether a page shows its day: feeds are judged by identifiers, listings by what they declare."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from arxiv_watch.arxiv.batches import Batch
from arxiv_watch.arxiv.sources.feeds import MAX_ITEMS
from arxiv_watch.arxiv.sources.page import Event, Page
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType
from arxiv_watch.troubles import Trouble, TroubleKind

# A paper given another category after its announcement is in OAI-PMH's record before it is in a feed,
# and a replacement that moderation held is announced later than the schedule says.
_TOLERATED = 0.05
_TOLERATED_REPLACEMENTS = 0.2
_ENOUGH_DAYS = 3  # to know what is usual


@dataclass(frozen=True, slots=True)
class Past:
    """What is known when a feed arrives.

    Attributes:
        batch: The day's batch of all arXiv, an empty one if it is known that there was none, or None.
        known: What the category itself announced on earlier days.
        max_id: The largest identifier that was new on any earlier day, or None on a first run.
        expected: What a second source lists under the category in the day's batch; bare identifiers.
        replaced: What it shows as replaced in the category on the day; bare identifiers.
        usual: How many new papers the category had on recent days.
        is_proven: Whether the second source has a whole batch of the day, so that `expected` is all of it.
    """

    batch: Batch | None
    known: Collection[Event]
    max_id: ArxivId | None = None
    expected: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    usual: Sequence[int] = ()
    is_proven: bool = False


def fault_of(page: Page, day: date, past: Past, source: str = "rss") -> Trouble | None:
    """Return what is wrong with a page that was read for a day, the gravest, or None if it is the whole day.

    New papers bear identifiers that no earlier batch reached. So a feed whose new papers do not is an
    old one, whatever its dates say; a feed of replacements alone is old if all of it is known.
    """
    doubts = _doubts_of_feed(page, past) if page.day is None else _doubts_of_listing(page, day, past)
    return next((Trouble(kind, source, about) for kind, about in doubts), None)


def _doubts_of_listing(page: Page, day: date, past: Past) -> Iterator[tuple[TroubleKind, str]]:
    """Yield what is wrong with a page that bears its day and declares how many papers it has.

    An empty page looks the same for a day without a batch, for a category without papers, and while
    arXiv's pages lag behind: it counts where OAI-PMH knows of the day and of no paper in it.
    """
    if page.day != day:
        yield TroubleKind.OTHER_DAY, f"it shows {page.day}"
    if not page.is_whole:
        yield TroubleKind.SHORT, f"{len(page.items)} of {page.expected} papers"
    if not page.items and (past.batch is None or past.expected):
        yield TroubleKind.EMPTY, "no papers"
    if page.quarantined:
        about = f"{len(page.quarantined)} cannot be read: {page.quarantined[0]}"
        yield TroubleKind.DAMAGED, about


def _doubts_of_feed(feed: Page, past: Past) -> Iterator[tuple[TroubleKind, str]]:
    if not feed.length:
        yield TroubleKind.EMPTY, "no items"
    if feed.length >= MAX_ITEMS:
        yield TroubleKind.TRUNCATED, f"{feed.length} items, which is where arXiv cuts feeds off"
    if old := _stale(feed, past):
        yield TroubleKind.STALE, old
    shown = {item.paper.id.base for item in feed.items}
    for name, wanted, tolerated in (
        ("papers", past.expected, _TOLERATED),
        ("replacements", past.replaced, _TOLERATED_REPLACEMENTS),
    ):
        missing = wanted - shown
        if len(missing) > tolerated * len(wanted):
            about = f"{len(missing)} {name} that OAI-PMH lists are not in it, such as {min(missing)}"
            yield TroubleKind.THIN, about
    if feed.quarantined:
        about = f"{len(feed.quarantined)} items cannot be read: {'; '.join(feed.quarantined[:3])}"
        yield TroubleKind.DAMAGED, about
    if not _is_proven(feed, past):
        yield TroubleKind.UNPROVEN, "nothing shows yet that this is today's batch"
    if not past.expected and not past.is_proven:
        odd = unusual(len(feed.ids(AnnounceType.NEW)), past.usual)
        if odd:
            yield TroubleKind.THIN, odd


def unusual(count: int, usual: Sequence[int]) -> str:
    """Return what is odd about a number of new papers, or nothing."""
    if len(usual) < _ENOUGH_DAYS or count >= median(usual) / 2:
        return ""
    return f"{count} new papers, where {median(usual):g} are usual"


def _stale(feed: Page, past: Past) -> str:
    events = {item.event for item in feed.items}
    if events and events <= set(past.known):
        return f"all of its {len(events)} items were announced before"
    new = feed.ids(AnnounceType.NEW)
    old = {identifier for identifier in new if past.max_id is not None and identifier <= past.max_id}
    if 2 * len(old) > len(new):  # an old feed is old throughout: a few such papers are a border that is off
        return f"{len(old)} of its {len(new)} new papers belong to an earlier batch (such as {min(old)})"
    return ""


def _is_proven(feed: Page, past: Past) -> bool:
    """Return whether a feed without old papers is this day's: it is not like what was seen before."""
    if past.known:
        return True
    recent = {item.paper.id for item in feed.items if item.type.is_first}
    if past.batch is not None and any(identifier in past.batch for identifier in recent):
        return True
    return past.max_id is not None and any(identifier > past.max_id for identifier in recent)
