"""The papers of a stand-in arXiv and what it announced on which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arxiv_watch.arxiv.taxonomy import spellings
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Paper

NEW_YORK = ZoneInfo("America/New_York")
HIDDEN_VERSION = 6  # feeds leave out replacements from this version on


@dataclass(frozen=True, slots=True)
class Version:
    """A version after the first: when it was submitted and the day it was announced."""

    submitted: datetime
    announced: date


@dataclass(frozen=True, slots=True)
class Submission:
    """A paper with its history.

    Attributes:
        paper: The paper; its categories are those it was first announced with.
        submitted: When version 1 was submitted.
        announced: The listing's date of its first announcement.
        replacements: Versions 2, 3, … in order.
        crosses: Categories added later, with the day they were announced.
        edited: Days on which something else of the record changed.
    """

    paper: Paper
    submitted: datetime
    announced: date
    replacements: tuple[Version, ...] = ()
    crosses: Mapping[Category, date] = field(default_factory=dict)
    edited: tuple[date, ...] = ()

    @classmethod
    def of(cls, paper: Paper) -> Submission:
        """Make a submission of a paper that bears its day of announcement.

        Raises:
            ValueError: It bears none.
        """
        if paper.announced is None:
            raise ValueError(f"{paper.id} has no day of announcement")
        day = paper.published or freeze_day(paper.announced)
        return cls(paper, datetime.combine(day, time(12), UTC), paper.announced)

    @property
    def id(self) -> ArxivId:
        """The identifier without a version."""
        return ArxivId(self.paper.id.base)

    def categories(self, moment: datetime) -> tuple[Category, ...]:
        """Return the categories at a moment, the primary first."""
        added = (category for category, day in self.crosses.items() if announced_at(day) <= moment)
        return tuple(dict.fromkeys((*self.paper.categories, *added)))

    def version(self, moment: datetime) -> int:
        """Return the number of the current version at a moment."""
        return 1 + sum(announced_at(version.announced) <= moment for version in self.replacements)

    def datestamp(self, moment: datetime) -> date:
        """Return the day of the last change that is visible at a moment."""
        days = [self.announced, *(version.announced for version in self.replacements)]
        days += [*self.crosses.values(), *self.edited]
        return max(day for day in days if announced_at(day) <= moment)

    def type_in(self, category: Category, day: date) -> tuple[AnnounceType, int] | None:
        """Return what a category announced it as on a day, and the version, or None."""
        is_primary = is_listed(category, self.paper.categories[:1])
        if day == self.announced and is_listed(category, self.paper.categories):
            return (AnnounceType.NEW if is_primary else AnnounceType.CROSS), 1
        for added, on in self.crosses.items():
            if on == day and is_listed(category, [added]):
                return AnnounceType.CROSS, 1 + sum(version.announced <= day for version in self.replacements)
        for number, version in enumerate(self.replacements, start=2):
            known = [*self.paper.categories, *(added for added, on in self.crosses.items() if on <= day)]
            if version.announced == day and is_listed(category, known):
                return (AnnounceType.REPLACE if is_primary else AnnounceType.REPLACE_CROSS), number
        return None


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a listing: a paper, what it was announced as, and its version then."""

    submission: Submission
    type: AnnounceType
    version: int

    @property
    def rank(self) -> tuple[int, ArxivId]:
        """Its place among the lines of a day: new, cross, replace, replace-cross, each by identifier."""
        return list(AnnounceType).index(self.type), self.submission.id


class World:
    """All submissions, by identifier and by day."""

    def __init__(self, submissions: Iterable[Submission]) -> None:
        self.submissions = {
            submission.id: submission for submission in sorted(submissions, key=lambda each: each.id)
        }
        self._by_day: dict[date, dict[ArxivId, Submission]] = {}
        for submission in self.submissions.values():
            later = [
                *(version.announced for version in submission.replacements),
                *submission.crosses.values(),
            ]
            for day in {submission.announced, *later}:
                self._by_day.setdefault(day, {})[submission.id] = submission

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> World:
        """Make a world of papers that bear their days of announcement."""
        return cls(Submission.of(paper) for paper in papers)

    def days(self) -> list[date]:
        """Return the days with an announcement, oldest first."""
        return sorted(self._by_day)

    def announced(self, day: date, category: Category) -> list[Listed]:
        """Return what a category announced on a day: new, cross, replace, replace-cross, by identifier."""
        lines = []
        for submission in self.on(day):
            announced = submission.type_in(category, day)
            if announced:
                lines.append(Listed(submission, *announced))
        return sorted(lines, key=lambda listed: listed.rank)

    def on(self, day: date) -> Iterable[Submission]:
        """Return the submissions of which anything was announced on a day."""
        return self._by_day.get(day, {}).values()

    def visible(self, moment: datetime) -> list[Submission]:
        """Return the submissions announced until a moment, by identifier."""
        return [each for each in self.submissions.values() if announced_at(each.announced) <= moment]


def freeze_day(day: date) -> date:
    """Return the day until whose afternoon the papers of a listing's date were submitted."""
    return day - timedelta(days=3 if not day.weekday() else 1)


def announced_at(day: date) -> datetime:
    """Return when the batch of a listing's date is published: 20:00 in New York on the evening before."""
    return datetime.combine(day - timedelta(days=1), time(20), NEW_YORK).astimezone(UTC)


def is_listed(category: Category, categories: Iterable[Category]) -> bool:
    """Return whether papers of these categories are listed under a category or an archive."""
    return any(each in spellings(category) or each.split(".")[0] == category for each in categories)
