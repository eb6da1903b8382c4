"""Papers, their announcements, and how completely a day of arXiv was read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.troubles import Trouble

_FONT = re.compile(
    r"\\(?:(?:text|math)[a-z]+|emph|rm|bf|it|tt|sc|em)(?![A-Za-z])"
)  # matches "\textbf" and "\it" of TeX

Category = str
"""An arXiv category such as `cs.LG`; the taxonomy is https://arxiv.org/category_taxonomy."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as arXiv describes it.

    Attributes:
        id: With the version if the source gives it.
        title: One line; accents decoded, all other TeX as the authors wrote it.
        abstract: Plain text, or empty where the source has none.
        authors: Full names in order.
        categories: The primary category first.
        published: The day version 1 was submitted.
        announced: The day of the announcement that brought it (the listing's date), where known.
        withdrawn: Whether its source says that the latest version is a withdrawal.
    """

    id: ArxivId
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    published: date | None = None
    announced: date | None = None
    comment: str = ""
    journal_ref: str = ""
    doi: str = ""
    withdrawn: bool = False

    @property
    def primary_category(self) -> Category | None:
        """The first category, or None where none is known."""
        return self.categories[0] if self.categories else None


class AnnounceType(StrEnum):
    """How a category announced a paper; the values are those of arXiv's feeds."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def is_first(self) -> bool:
        """Whether the category had not announced the paper before."""
        return self in {AnnounceType.NEW, AnnounceType.CROSS}


@dataclass(frozen=True, slots=True)
class Announcement:
    """One paper of one announcement day, merged over all categories that were asked.

    Attributes:
        day: The listing's date in New York, derived from the batch and never from the fetch.
        types: What each asked category announced it as.
        queries: The extra searches that found it.
    """

    paper: Paper
    day: date
    types: Mapping[Category, AnnounceType]
    queries: frozenset[str] = frozenset()


class CoverageState(StrEnum):
    """How completely one category of one announcement day is known.

    FRESH: whole, today's. REPAIRED: whole, from another source or a later day.
    QUIET: proven that nothing was announced. WAITING: today's batch is not out yet.
    STALE: an old batch in place of today's. STARVED: fewer papers than there must be.
    FAILED: could not be read.
    """

    FRESH = "fresh"
    REPAIRED = "repaired"
    QUIET = "quiet"
    WAITING = "waiting"
    STALE = "stale"
    STARVED = "starved"
    FAILED = "failed"

    @property
    def is_whole(self) -> bool:
        """Whether all papers of the day are known."""
        return self in {CoverageState.FRESH, CoverageState.REPAIRED, CoverageState.QUIET}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How completely one category of one announcement day was read.

    Attributes:
        day: The listing's date in New York.
        new: Number of papers announced as new; `cross` and `replace` are alike.
        min_id: Smallest identifier among the new papers, or None.
        source: Where the papers came from: `rss`, `atom`, `listing`, `oai`, `catchup`, `cache`, or empty.
        again: From when on a poll reads it again, in UTC, or None where the day is whole.
        lateness: How long after the day began in New York it was read, or None.
    """

    category: Category
    day: date
    state: CoverageState
    new: int = 0
    cross: int = 0
    replace: int = 0
    min_id: ArxivId | None = None
    max_id: ArxivId | None = None
    source: str = ""
    troubles: tuple[Trouble, ...] = ()
    again: datetime | None = None
    lateness: timedelta | None = None

    @property
    def brief(self) -> dict[str, str]:
        """Category, day and state, for JSON."""
        return {"category": self.category, "day": self.day.isoformat(), "state": self.state.value}

    @property
    def detail(self) -> str:
        """The troubles and when it is read again, for people; empty without troubles."""
        troubles = "; ".join(map(str, self.troubles))
        if not troubles or self.again is None:
            return troubles
        return f"{troubles}. A poll after {self.again:%Y-%m-%d %H:%M} UTC reads it again"


def normalise_title(title: str) -> str:
    """Reduce a title to what distinguishes it: lower-case letters and digits of any script.

    Two spellings of one title (case, dashes, accents, TeX braces, dollars and fonts) give one result.
    """
    decomposed = unicodedata.normalize("NFKD", _FONT.sub("", title)).casefold()
    return "".join(character for character in decomposed if character.isalnum())
