"""The papers of a stand-in arXiv and what it announced on which day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from arxiv_watch.arxiv.taxonomy import spellings
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Paper

NEW_YORK = ZoneInfo("America/New_York")
HIDDEN_VERSION = 6  # feeds leave out replacements from this version on


@dataclass(frozen=True, slots=True)
class Submission:
    """A paper that was announced once; those of the tests have a longer history.

    Attributes:
        paper: Its categories are those it was first announced with.
        submitted: When version 1 was submitted.
        announced: The listing's date of its first announcement.
    """

    paper: Paper
    submitted: datetime
    announced: date

    @classmethod
    def of(cls, paper: Paper) -> Self:
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

    @property
    def days(self) -> set[date]:
        """The days on which anything of it was announced."""
        return {self.announced}

    def categories(self, moment: datetime) -> tuple[Category, ...]:
        """Return the categories at a moment, the primary first."""
        del moment  # here they never change
        return self.paper.categories

    def versions(self, moment: datetime) -> tuple[datetime, ...]:
        """Return when each version that is visible at a moment was submitted."""
        del moment  # here is only one
        return (self.submitted,)

    def datestamp(self, moment: datetime) -> date:
        """Return the day of the last change that is visible at a moment."""
        del moment
        return self.announced

    def type_in(self, category: Category, day: date) -> tuple[AnnounceType, int] | None:
        """Return what a category announced it as on a day, and the version, or None."""
        if day != self.announced or not is_listed(category, self.paper.categories):
            return None
        is_primary = is_listed(category, self.paper.categories[:1])
        return (AnnounceType.NEW if is_primary else AnnounceType.CROSS), 1


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

    submission_type: ClassVar[type[Submission]] = Submission

    def __init__(self, submissions: Iterable[Submission]) -> None:
        self.submissions = {
            submission.id: submission for submission in sorted(submissions, key=lambda each: each.id)
        }
        self.by_day: dict[date, dict[ArxivId, Submission]] = {}
        for submission in self.submissions.values():
            for day in submission.days:
                self.by_day.setdefault(day, {})[submission.id] = submission

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> Self:
        """Make a world of papers that bear their days of announcement."""
        return cls(cls.submission_type.of(paper) for paper in papers)

    def announced(self, day: date, category: Category) -> list[Listed]:
        """Return what a category announced on a day: new, cross, replace, replace-cross, by identifier."""
        lines = []
        for submission in self.by_day.get(day, {}).values():
            announced = submission.type_in(category, day)
            if announced:
                lines.append(Listed(submission, *announced))
        return sorted(lines, key=lambda listed: listed.rank)

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
