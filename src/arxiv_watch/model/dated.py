"""Headings that are chosen by date or venue rather than by topic.

Many lists part a topic by years, or keep a heading for each conference. What stands under "2024" is about
the same as what stands under "2025", so the text does not show which one a paper belongs to; its date does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arxiv_watch.headings import HeadingPath
from arxiv_watch.model.calibration import Floats
from arxiv_watch.model.features import Integers
from arxiv_watch.papers import Paper
from arxiv_watch.publication import publication_of
from arxiv_watch.wording import SHORT_MONTHS

_FEWEST_PAPERS = 5
_NAMED = 0.2  # of a venue's papers with a comment must name it, or it is a topic that looks like a venue
_RIGHT = 0.6  # of a family's papers must stand where their date puts them, or the years mean something else
# matches "October, ", "Oct. " and "10月"
_MONTH = re.compile(
    r"\b(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?,?\s*|(?<!\d)(?P<number>0?[1-9]|1[0-2])\s?月",
    re.IGNORECASE,
)
# matches "2024", "2024-10" and "2024年"
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:[-./](?P<month>0?[1-9]|1[0-2])(?!\d)|\s?年\s?|(?!\d))")
# matches "ICML 2024" and "NeurIPS'24"
_VENUE = re.compile(r"([A-Z][\w&]*[A-Z](?:(?![A-Z])\w)*)(?:[\s-]?20|\s?['’])(\d\d)")


@dataclass(frozen=True, slots=True)
class Family:
    """Headings that differ by their year or month alone.

    Attributes:
        columns: Their numbers, oldest period first.
        starts: The month each period begins with, in months since year 0.
    """

    columns: Integers
    starts: Integers

    def choose(self, months: Integers) -> Integers:
        """Return the heading for papers of these months: the last that began, else the first."""
        return self.columns[np.maximum(np.searchsorted(self.starts, months, side="right") - 1, 0)]


@dataclass(frozen=True, slots=True)
class DatedHeadings:
    """The headings of a list that are chosen by date or venue.

    Attributes:
        venues: A heading's number → a pattern of its venue's name in a comment or journal reference.
    """

    families: tuple[Family, ...]
    venues: dict[int, re.Pattern[str]]

    def assign(self, chances: Floats, papers: Sequence[Paper]) -> Floats:
        """Move the probability of each family to the heading of the paper's date, and all to a named venue.

        A venue's heading is for papers that name it and for no others. What it had otherwise goes to no
        heading, for the list may have none for a preprint. `chances` has the shape (papers, headings).
        """
        assigned = chances.copy()
        months, rows = np.array([paper.id.month_index for paper in papers], np.int64), np.arange(len(papers))
        for family in self.families:
            total = assigned[:, family.columns].sum(axis=1)
            assigned[:, family.columns] = 0.0
            assigned[rows, family.choose(months)] = total
        for row, paper in enumerate(papers) if self.venues else ():
            assigned[row] = self._by_venue(assigned[row], publication_of(paper))
        return assigned

    def _by_venue(self, chances: Floats, text: str) -> Floats:
        named = [column for column, venue in self.venues.items() if venue.search(text)]
        if not named:
            return np.where(np.isin(np.arange(len(chances)), list(self.venues)), 0.0, chances)
        kept = np.where(np.isin(np.arange(len(chances)), named), chances, 0.0)
        return kept / kept.sum() * chances.sum() if kept.any() else chances


def find_dated_headings(
    headings: Sequence[HeadingPath], labels: Sequence[tuple[int, ...]], papers: Sequence[Paper]
) -> DatedHeadings:
    """Find the headings that are not topics; `labels` are those that each listed paper stands under."""
    venues = _venues(headings, labels, papers)
    alike: dict[HeadingPath, dict[int, int]] = {}
    for column, path in enumerate(headings):
        start, rest = _period_of(path)
        if start and column not in venues:
            alike.setdefault(rest, {})[column] = start
    families = [_family(starts) for starts in alike.values() if len(set(starts.values())) == len(starts) > 1]
    months = np.array([paper.id.month_index for paper in papers], np.int64)
    return DatedHeadings(tuple(family for family in families if _holds(family, labels, months)), venues)


def _family(starts: dict[int, int]) -> Family:
    columns = sorted(starts, key=starts.__getitem__)
    return Family(np.array(columns), np.array([starts[column] for column in columns]))


def _holds(family: Family, labels: Sequence[tuple[int, ...]], months: Integers) -> bool:
    """Return whether the list's own papers stand where their dates put them."""
    members = set(family.columns.tolist())
    pairs = [(row, label) for row, own in enumerate(labels) for label in own if label in members]
    if len(pairs) < _FEWEST_PAPERS:
        return False
    rows, actual = np.array(pairs).T
    return float((family.choose(months[rows]) == actual).mean()) >= _RIGHT


def _period_of(path: HeadingPath) -> tuple[int, HeadingPath]:
    """Return the month that a path's years and months begin with, 0 for none, and the path without them.

    The innermost year counts. Its month stands beside it, or is a heading below it: "2024 > October".
    """
    year, month = 0, 0
    rest = []
    for heading in path:
        found = _YEAR.search(heading)
        named = None if found else _MONTH.fullmatch(heading.strip())
        text = heading
        if found:
            year, month = int(found["year"]), int(found["month"] or 0)
            text = f"{heading[: found.start()]}#{heading[found.end() :]}"
            named = _MONTH.search(text)
        if named and year and not month:
            number, name = named["number"], named["name"]
            month = int(number) if number else SHORT_MONTHS.index(name[:3].lower()) + 1
            text = text.replace(named[0], "", 1)
        rest.append(text)
    return (12 * year + max(month, 1) - 1 if year else 0), tuple(rest)


def _venues(
    headings: Sequence[HeadingPath], labels: Sequence[tuple[int, ...]], papers: Sequence[Paper]
) -> dict[int, re.Pattern[str]]:
    """Return the headings that name a venue, if enough papers under that venue's headings name it too.

    "VLA 2025" looks like a venue and is a topic; only its papers show that.
    """
    found = {column: venue for column, path in enumerate(headings) if (venue := _venue_of(path))}
    named: dict[str, list[bool]] = {}
    for own, paper in zip(labels, papers, strict=True):
        text = publication_of(paper)
        for column in own if text else ():
            if column in found:
                acronym, year = found[column]
                named.setdefault(acronym, []).append(bool(_naming(acronym, year).search(text)))
    held = {acronym for acronym, hits in named.items() if sum(hits) >= max(_NAMED * len(hits), 1)}
    return {column: _naming(*venue) for column, venue in found.items() if venue[0] in held}


def _venue_of(path: HeadingPath) -> tuple[str, str] | None:
    """Return the acronym and the two-digit year of the innermost heading that looks like a venue."""
    found = next(filter(None, map(_VENUE.fullmatch, map(str.strip, reversed(path)))), None)
    return found and (found[1], found[2])


def _naming(acronym: str, year: str) -> re.Pattern[str]:
    """Match "ICML, 2025", "ICML'25" and "ICML-25", neither "ICML, 25 pages" nor "ICML 25 pages"."""
    years = rf"(?:\W{{0,3}}20{year}|[\s'’-]{{0,3}}{year}(?!\W{{0,3}}(?:pages?|pp|figures?)\b))"
    return re.compile(rf"\b{re.escape(acronym)}{years}\b", re.IGNORECASE)
