"""The vote: of the templates that entries show, the one that a new entry gets.

Its words and marks are voted on first. How a preprint's venue and the authors are written is chosen each by
itself, because people change it over time or from paper to paper; and so is how links are written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from arxiv_watch.markdown.document import Document
from arxiv_watch.markdown.form.cleaning import clean
from arxiv_watch.markdown.form.finders import cells_of, skeleton
from arxiv_watch.markdown.form.samples import (
    REMEMBERED_FILES,
    LinkForms,
    Target,
    closeness,
    index_of,
    link_forms,
    of_style,
    weights,
)
from arxiv_watch.markdown.form.template import HUMAN, Field, Part, Template, field
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.text.authors import ALL, AllAuthors
from arxiv_watch.markdown.text.fields import ABSTRACT, PREPRINT, settle

_LAST = 8  # entries of a section, the last of which show how a preprint is called
_DATED = {"date", "venue"}  # fields whose form has a date
_VENUE = Field("venue")  # whose form is chosen later
# matches "In *Proceedings of " and "In *" before a venue
_PUBLISHED_IN = re.compile(r"\b(?:in|at|proceedings of(?: the)?)[ \t]+[*_]{0,2}\Z", re.IGNORECASE)
_LETTER = re.compile(r"\w")  # matches "a"
_NEWLINE = re.compile(r"\n")  # matches "\n"
_INTO_LINK = re.compile(r"\W*\]\(<?")  # matches "](" between a link's text and its address
_NAMED = re.compile(r"arxiv:\s?\Z", re.IGNORECASE)  # matches "arXiv: " before an identifier

T = TypeVar("T", bound=Hashable)
Forms = list[tuple[Template, float]]
"""Templates of entries, each with how much it counts."""
_OWN_LINKS = 2.0  # how much more the section's own links count than those of all others
_HABIT = 24  # months after which the links of a section show no habit of today
_URL = Field("url")
_PAGE = re.compile(r"(?<!\S)\S*/(abs|pdf|html)/\S*")  # matches "https://arxiv.org/abs/{id}"


def most_common(values: Iterable[tuple[T, float]]) -> T | None:
    """Return the value of the greatest weight; the first of equals, and None of nothing."""
    totals: dict[T, float] = {}
    for value, weight in values:
        totals[value] = totals.get(value, 0.0) + weight
    return max(totals, key=lambda value: totals[value], default=None)


def vote(forms: Forms, document: Document) -> Template:
    """Choose a template by its words and marks, then its blanks, then the form of its venue and authors.

    How a preprint is called is learned from the whole file, where the templates do not show it.
    """
    forms = _settled(forms)
    best = _favourite(forms)
    preprints = [(form, weight) for form, weight in forms if any(_venues(form))]
    if best.has("venue") and preprints and not any(_compared(form) == best for form, _ in preprints):
        forms = preprints  # how proceedings are named is no name for a preprint
        best = _favourite(forms)
    votes = [(_open(form), weight) for form, weight in forms]
    exact = _winner((form, weight) for form, weight in votes if _trimmed(form) == best)
    if _links_venue(exact) and not _preprint_name(forms, document):
        unpublished = [(form, weight) for form, weight in votes if not form.has("venue")]
        exact = _winner(unpublished) or exact.filled(lambda part: "arXiv" if part == _VENUE else part)
    return _with_authors(_with_venue(exact, forms, document), forms)


def _winner(votes: Iterable[tuple[Template, float]]) -> Template:
    return most_common(votes) or Template()


def _favourite(forms: Forms) -> Template:
    return _winner((_compared(form), weight) for form, weight in forms)


def _compared(form: Template) -> Template:
    """Leave out of a template what is chosen later: venues, authors, links and blanks that nobody sees."""
    return _trimmed(_open(form))


def _open(form: Template) -> Template:
    """Leave out of a template what is chosen by itself: how links, authors and venues are written."""
    return form.filled(_opened)


def _opened(part: Field) -> Field:
    if part.kind == "authors":
        return replace(part, form=ALL) if isinstance(part.form, AllAuthors) else part
    return Field(part.kind) if part.kind in {"url", "venue"} else part


def _trimmed(form: Template) -> Template:
    """Take the blanks off the end of each line."""
    if "\n" not in form.text:
        return form.rstrip()
    first, *others = form.split(_NEWLINE)
    return Template.join(first.rstrip(), *(piece for line in others for piece in ("\n", line.rstrip())))


def _settled(forms: Forms) -> Forms:
    """Settle what doubtful dates of each form mean by those of all."""
    meaning = settle(str(part.form) for form, _ in forms for part in form.fields if part.kind in _DATED)

    def meant(part: Field) -> Field:
        return Field(part.kind, meaning(str(part.form))) if part.kind in _DATED and part.form else part

    return [(form.filled(meant), weight) for form, weight in forms]


def _links_venue(form: Template) -> bool:
    """Return whether a venue alone is a link's text: without it, nothing would be left to click on."""
    fours = zip(form.parts, form.parts[1:], form.parts[2:], form.parts[3:], strict=False)
    return any(
        venue == _VENUE
        and not (isinstance(before, str) and _LETTER.match(before[-1]))
        and isinstance(between, str)
        and _INTO_LINK.fullmatch(between)
        and isinstance(url, Field)
        and url.kind == "url"
        for before, venue, between, url in fours
    )


def _with_venue(form: Template, forms: Forms, document: Document) -> Template:
    """Put the list's way to call a preprint in each place of a venue, or take the place out.

    Where the form says arXiv already, or others are written alike without a venue, it needs no second word;
    and a preprint is in no proceedings.
    """
    count = form.parts.count(_VENUE)
    if not count:
        return form
    alike = [(found, weight) for other, weight in forms if len(found := _venues(other)) == count]
    names = [
        most_common((found[place], weight) for found, weight in alike if found[place]) or ""
        for place in range(count)
    ]
    if not any(names):
        bare = clean(form.filled(lambda part: HUMAN if part == _VENUE else part))
        is_published = any(
            part == _VENUE and isinstance(before, str) and _PUBLISHED_IN.search(before)
            for before, part in pairwise(form.parts)
        )
        is_named = PREPRINT.search(bare.text) or is_published
        if not is_named and not any(_open(other) == bare for other, _ in forms):
            names[0] = _preprint_name(forms, document)
    called = iter([field("venue", name) if name else HUMAN for name in names])
    return clean(form.filled(lambda part: next(called) if part == _VENUE else part))


def _venues(form: Template) -> list[str]:
    """Return how each venue is written: nothing for a venue's own name."""
    return [str(part.form) for part in form.fields if part.kind == "venue" and part.form is not None]


def _preprint_name(forms: Forms, document: Document) -> str:
    """Return how most of some entries, or else of the file, call a preprint."""
    names = [(found, weight) for form, weight in forms for found in _venues(form) if found]
    return most_common(names) or _name_in_file(document)


@lru_cache(maxsize=REMEMBERED_FILES)
def _name_in_file(document: Document) -> str:
    """Return how the list most often calls a preprint, wherever it does; empty if nowhere."""
    counts: Counter[str] = Counter()
    for section in document.sections:
        for entry in section.entries[-_LAST:] if section.category else ():
            text = document.text(entry)
            if PREPRINT.search(text):
                forms = cells_of(text, "").forms if FORMATS[entry.style].in_cells else [skeleton(text)]
                counts.update(found for form in forms for found in _venues(form) if found)
    meaning = settle(counts)
    return meaning(max(counts, key=lambda form: counts[form], default=""))


def _with_authors(form: Template, forms: Forms) -> Template:
    """Write the authors of a template, where all are named, the way most of some entries do."""
    found = [
        (part.form, weight)
        for other, weight in forms
        for part in other.fields
        if isinstance(part.form, AllAuthors)
    ]
    usual = Field("authors", usual_manner(found))
    return form.filled(lambda part: usual if isinstance(part.form, AllAuthors) else part)


def usual_manner(found: list[tuple[AllAuthors, float]]) -> AllAuthors:
    """Return how most entries write authors: their names, what joins the last two, and what cuts them off."""
    named = most_common((each.named, weight) for each, weight in found) or ALL.named
    joined = [(each, weight) for each, weight in found if each.joint]
    of_lists = [(each, weight) for each, weight in joined if each.most not in {1, 2} and not each.cut]
    joint = most_common((each.joint, weight) for each, weight in of_lists or joined) or ALL.joint
    cut = [(each, weight) for each, weight in found if each.cut]
    most = most_common((each.most, weight) for each, weight in cut) or 0
    whole = sum(weight for each, weight in found if not each.cut and each.most > most)
    if sum(weight for _, weight in cut) <= whole:  # long lists of authors are not cut off
        return AllAuthors(named, joint)
    return AllAuthors(named, joint, most, most_common((each.cut, weight) for each, weight in cut) or "")


def is_whole(form: Template) -> bool:
    """Return whether an entry of this form shows its title and leads to arXiv, and no bracket is open."""
    if form.text.count("(") != form.text.count(")") or form.text.count("[") != form.text.count("]"):
        return False  # a slip of the pen such as `[[PDF](https://…] `, which no other entry should copy
    return _links_to_arxiv(form) and form.has("title", "rest", "name")


def _links_to_arxiv(form: Template) -> bool:
    """Return whether a paper's page can be reached: by a link, or an identifier that is called arXiv's."""
    if form.has("url"):
        return True
    return any(
        part == Field("id")
        and isinstance(before, str)
        and (_NAMED.search(before) or (before in {":", ": "} and _is_arxiv(name)))
        for name, before, part in zip((None, *form.parts), form.parts, form.parts[1:], strict=False)
    )


def _is_arxiv(part: Part | None) -> bool:
    return isinstance(part, Field) and part.kind == "venue" and str(part.form).casefold() == "arxiv"


def with_links(form: Template, target: Target) -> Template:
    """Write the links of a template as most entries with as many do: to which page first, then how."""
    count = form.parts.count(_URL)
    votes = [(forms[:count], weight) for forms, weight in _links(target) if len(forms) >= count]
    votes.append(((ABSTRACT,) * count, 0.01))
    pages = most_common((_pages(urls), weight) for urls, weight in votes)
    chosen = iter(most_common(vote for vote in votes if _pages(vote[0]) == pages) or ())
    return form.filled(lambda part: Field("url", next(chosen)) if part == _URL else part)


def _pages(urls: LinkForms) -> LinkForms:
    return tuple(_PAGE.sub(r"\1", url) for url in urls)


def _links(target: Target) -> list[tuple[LinkForms, float]]:
    """Return how the links of each entry are written, each with what it counts."""
    identifier, own = target.paper.id, of_style(target.section, target.style)
    in_use = any(abs(entry.ids[0].month_index - identifier.month_index) <= _HABIT for entry in own)
    weighed = zip(own, weights(own, identifier, target.line if in_use else None), strict=True)
    # The links of the whole file, which come last, count the heading's own entries by their closeness again.
    return [
        (link_forms(entry), weight * _OWN_LINKS - closeness(entry, identifier) * target.section.category)
        for entry, weight in weighed
    ] + index_of(target.document).links(target.style, identifier)
