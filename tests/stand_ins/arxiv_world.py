"""Papers with a history: replaced, cross-listed and edited after they were announced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from arxiv_watch.demo import arxiv_server
from arxiv_watch.demo.arxiv_server.world import announced_at, is_listed
from arxiv_watch.papers import AnnounceType, Category


@dataclass(frozen=True, slots=True)
class Version:
    """A version after the first: when it was submitted and the day it was announced."""

    submitted: datetime
    announced: date


@dataclass(frozen=True, slots=True)
class Submission(arxiv_server.Submission):
    """A paper with its history.

    Attributes:
        replacements: Versions 2, 3, … in order.
        crosses: Categories added later, with the day they were announced.
        edited: Days on which something else of the record changed.
    """

    replacements: tuple[Version, ...] = ()
    crosses: Mapping[Category, date] = field(default_factory=dict)
    edited: tuple[date, ...] = ()

    @property
    def days(self) -> set[date]:
        return {self.announced, *(version.announced for version in self.replacements), *self.crosses.values()}

    def categories(self, moment: datetime) -> tuple[Category, ...]:
        added = (category for category, day in self.crosses.items() if announced_at(day) <= moment)
        return tuple(dict.fromkeys((*self.paper.categories, *added)))

    def versions(self, moment: datetime) -> tuple[datetime, ...]:
        known = (each.submitted for each in self.replacements if announced_at(each.announced) <= moment)
        return (self.submitted, *known)

    def datestamp(self, moment: datetime) -> date:
        return max(day for day in {*self.days, *self.edited} if announced_at(day) <= moment)

    def type_in(self, category: Category, day: date) -> tuple[AnnounceType, int] | None:
        first = arxiv_server.Submission.type_in(self, category, day)
        if first is not None:
            return first
        is_primary = is_listed(category, self.paper.categories[:1])
        for added, on in self.crosses.items():
            if on == day and is_listed(category, [added]):
                return AnnounceType.CROSS, 1 + sum(version.announced <= day for version in self.replacements)
        for number, version in enumerate(self.replacements, start=2):
            known = [*self.paper.categories, *(added for added, on in self.crosses.items() if on <= day)]
            if version.announced == day and is_listed(category, known):
                return (AnnounceType.REPLACE if is_primary else AnnounceType.REPLACE_CROSS), number
        return None


class World(arxiv_server.World):
    """All submissions, by identifier and by day."""

    submission_type: ClassVar[type[arxiv_server.Submission]] = Submission

    def days(self) -> list[date]:
        """Return the days with an announcement, oldest first."""
        return sorted(self.by_day)

    def on(self, day: date) -> Iterable[Submission]:
        """Return the submissions of which anything was announced on a day."""
        return self.by_day.get(day, {}).values()
