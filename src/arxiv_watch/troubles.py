"""What kept arXiv from being read, as values: kept as such, and put into words only for people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum


class TroubleKind(StrEnum):
    """What was wrong with a source, or worth saying of it."""

    REFUSED = "refused"
    """A host sheds load, blocks, or does not answer; `about` is what it said last."""
    QUIET_HOURS = "quiet-hours"
    """arXiv is left alone now; `host` is empty where that holds for all of it."""
    EXHAUSTED = "exhausted"
    """The run's time, the day's requests, or another process leave no turn to ask."""
    REJECTED = "rejected"
    """A host says that the request itself is wrong."""
    UNREADABLE = "unreadable"
    """The answer is not the document that was asked for."""
    OTHER_DAY = "other-day"
    """A page is of another day."""
    SHORT = "short"
    """A page shows fewer papers than it declares."""
    EMPTY = "empty"
    TRUNCATED = "truncated"
    STALE = "stale"
    THIN = "thin"
    DAMAGED = "damaged"
    UNPROVEN = "unproven"
    UNPUBLISHED = "unpublished"
    """Nobody has the day's batch yet."""
    HOLES = "holes"
    """`count` identifiers of the batch are in no source."""
    ADDED = "added"
    """`count` announcements came from another source than the rest of the day."""
    DAY_OFF = "day-off"
    """arXiv announces nothing on that day."""
    OAI_ONLY = "oai-only"
    """The day is known from OAI-PMH alone, which has no later cross-lists."""


# What several categories or days with the same trouble have in common; each has its own words besides.
_SHARED_WORDS = {
    TroubleKind.REJECTED: "{source}: the requests were rejected",
    TroubleKind.UNREADABLE: "{source}: the answers cannot be read",
    TroubleKind.OTHER_DAY: "{source}: the page is of another day",
    TroubleKind.SHORT: "{source}: fewer papers than the page declares",
    TroubleKind.TRUNCATED: "{source}: cut off where arXiv cuts feeds off",
    TroubleKind.STALE: "{source}: an earlier batch in place of the day's",
    TroubleKind.THIN: "{source}: fewer papers than there must be",
    TroubleKind.DAMAGED: "{source}: some items cannot be read",
    TroubleKind.HOLES: "some identifiers of the day's batch are in no source yet",
    TroubleKind.ADDED: "some announcements came from {origin}",
}
_OF_A_HOST = {TroubleKind.REFUSED, TroubleKind.QUIET_HOURS, TroubleKind.EXHAUSTED}
_ORIGINS = {"oai": "OAI-PMH", "api": "the search API"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that was wrong, or worth saying, about the reading of a category's day.

    Attributes:
        kind: What it was.
        source: What was read: `rss`, `atom`, `listing`, `catchup`, `oai`, `api`, or empty.
        about: The particulars in words, such as `503 Service Unavailable`.
        host: The host that refused, or empty.
        until: When the host may be asked again, in UTC, or None where that is open.
        count: How many papers or identifiers it concerns, where they are counted.
    """

    kind: TroubleKind
    source: str = ""
    about: str = ""
    host: str = ""
    until: datetime | None = None
    count: int = 0

    @property
    def reason(self) -> tuple[str, ...]:
        """What two troubles share that are one and the same to a reader: the host, or the source."""
        if self.kind is TroubleKind.EXHAUSTED:
            return self.kind, self.about
        return self.kind, self.host if self.kind in _OF_A_HOST else self.source

    @property
    def words(self) -> str:
        """The trouble in words, without its source."""
        rests = f"is not asked again until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        match self.kind:
            case TroubleKind.REFUSED:
                return f"{self.host} refused ({self.about})" + (f" and {rests}" if rests else "")
            case TroubleKind.QUIET_HOURS:
                return f"{self.host or 'arXiv'} {rests}, because it is busy at this hour"
            case TroubleKind.HOLES:
                are = (
                    "identifier of that day's batch is"
                    if self.count == 1
                    else "identifiers of that day's batch are"
                )
                return f"{self.count} {are} in no source yet"
            case TroubleKind.ADDED:
                noun = "announcement" if self.count == 1 else "announcements"
                return f"{self.count} {noun} from {_ORIGINS.get(self.source, self.source)}"
            case TroubleKind.OAI_ONLY:
                return "known from OAI-PMH alone; a later poll reads the day's own page for later cross-lists"
            case _:
                return self.about

    def __str__(self) -> str:
        """Return the trouble in words, with the source it was met at."""
        needs_source = self.source and self.kind not in {TroubleKind.ADDED, TroubleKind.OAI_ONLY}
        return f"{self.source}: {self.words}" if needs_source else self.words


def together(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """Keep one trouble of each kind and source: the latest, with what was counted summed."""
    kept: dict[tuple[TroubleKind, str], Trouble] = {}
    for trouble in troubles:
        key = trouble.kind, trouble.source
        earlier = kept.get(key)
        before = earlier.count if earlier and trouble.kind is TroubleKind.ADDED else 0
        kept[key] = replace(trouble, count=before + trouble.count)
    return tuple(kept.values())


def shared_words(troubles: Iterable[Trouble]) -> str:
    """Say in one phrase what troubles of one reason come to; where their words differ, what they share."""
    several = list(troubles)
    last = max(several, key=lambda trouble: trouble.until.timestamp() if trouble.until else 0.0)
    shared = _SHARED_WORDS.get(last.kind)
    if shared is None or len({trouble.words for trouble in several}) == 1:
        return last.words if last.kind in _OF_A_HOST else str(last)
    return shared.format(source=last.source, origin=_ORIGINS.get(last.source, last.source))


def dump_troubles(troubles: Iterable[Trouble]) -> str:
    """Return troubles as JSON, for the cache."""
    return json.dumps([asdict(trouble) for trouble in troubles], default=datetime.isoformat)


def load_troubles(text: str) -> tuple[Trouble, ...]:
    """Return the troubles of `dump_troubles`.

    Raises:
        ValueError: The text is not what `dump_troubles` writes.
    """
    try:
        return tuple(_trouble(**row) for row in json.loads(text))
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"not troubles: {text[:80]!r}") from error


def _trouble(kind: str, until: str | None, **others: str) -> Trouble:
    moment = datetime.fromisoformat(until) if until else None
    return Trouble(TroubleKind(kind), until=moment, **others)  # type: ignore[arg-type]  # count is a number
