"""How what a form leaves open is written: its links, the venue of a preprint, its dates and its authors.

Each is chosen by itself, because people change it over time or from paper to paper.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from arxiv_watch.markdown.document import Document
from arxiv_watch.markdown.form.cleaning import clean
from arxiv_watch.markdown.form.neighbours import (
    ABSTRACT,
    REMEMBERED_FILES,
    LinkForms,
    Target,
    around,
    closeness,
    link_forms,
    most_common,
    of_style,
    weights,
)
from arxiv_watch.markdown.form.spans import cells_of, skeleton
from arxiv_watch.markdown.form.template import HUMAN, Field, Part, Template, field
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.text.authors import ALL, AllAuthors
from arxiv_watch.markdown.text.fields import settle
from arxiv_watch.markdown.text.labels import PREPRINT

_OWN_LINKS = 2.0  # how much more the section's own links count than those of all others
_HABIT = 24  # months after which the links of a section show no habit of today
_LAST = 8  # entries of a section, the last of which tell how a preprint is called
_DATED = {"date", "venue"}  # fields whose form has a date
_URL = Field("url")
VENUE_FIELD = Field("venue")
"""A venue whose form is chosen later."""
# matches "In *Proceedings of " and "In *" before a venue
_PUBLISHED_IN = re.compile(r"\b(?:in|at|proceedings of(?: the)?)[ \t]+[*_]{0,2}\Z", re.IGNORECASE)
_PAGE = re.compile(r"(?<!\S)\S*/(abs|pdf|html)/\S*")  # matches "https://arxiv.org/abs/{id}"

Forms = list[tuple[Template, float]]
"""Templates of entries, each with how much it counts."""


def winner(votes: Iterable[tuple[Template, float]]) -> Template:
    """Return the template of the greatest weight; an empty one of none."""
    return most_common(votes) or Template()


def abstract(form: Template) -> Template:
    """Leave out of a template what is chosen by itself: how links, authors and venues are written."""
    return form.filled(_abstracted)


def _abstracted(part: Field) -> Field:
    if part.kind == "authors":
        return replace(part, form=ALL) if isinstance(part.form, AllAuthors) else part
    return Field(part.kind) if part.kind in {"url", "venue"} else part


def with_links(form: Template, target: Target) -> Template:
    """Write the links of a template as most entries with as many do: to which page first, then how."""
    count = form.parts.count(_URL)
    votes = [(forms[:count], weight) for forms, weight in _links(target) if len(forms) >= count]
    votes.append(((ABSTRACT,) * count, 0.01))
    pages = most_common((_pages(urls), weight) for urls, weight in votes)
    chosen = iter(most_common(vote for vote in votes if _pages(vote[0]) == pages) or ())
    return form.filled(lambda part: Field("url", next(chosen)) if part == _URL else part)


def _links(target: Target) -> list[tuple[LinkForms, float]]:
    """Return how the links of each entry are written; people keep a form for a time, wherever they are."""
    identifier, own = target.paper.id, of_style(target.section, target.style)
    in_use = any(abs(entry.ids[0].month_index - identifier.month_index) <= _HABIT for entry in own)
    weighed = zip(own, weights(own, identifier, target.line if in_use else None), strict=True)
    # The links of the whole file, which come last, count the heading's own entries by their closeness again.
    return [
        (link_forms(entry), weight * _OWN_LINKS - closeness(entry, identifier) * target.section.category)
        for entry, weight in weighed
    ] + around(target.document).links(target.style, identifier)


def _pages(urls: LinkForms) -> LinkForms:
    return tuple(_PAGE.sub(r"\1", url) for url in urls)


def settled_dates(forms: Forms) -> Forms:
    """Settle what doubtful dates of each form mean by those of all."""
    meaning = settle(str(part.form) for form, _ in forms for part in form.fields if part.kind in _DATED)

    def meant(part: Field) -> Field:
        return Field(part.kind, meaning(str(part.form))) if part.kind in _DATED and part.form else part

    return [(form.filled(meant), weight) for form, weight in forms]


@lru_cache(maxsize=REMEMBERED_FILES)
def _preprint_form(document: Document) -> str:
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


def _venues(form: Template) -> list[str]:
    """Return how each venue is written: nothing for a venue's own name."""
    return [str(part.form) for part in form.fields if part.kind == "venue" and part.form is not None]


def preprint_name(forms: Forms, document: Document | None = None) -> str:
    """Return how most of some entries, or else of the file, call a preprint."""
    names = [(found, weight) for form, weight in forms for found in _venues(form) if found]
    return most_common(names) or (_preprint_form(document) if document else "")


def with_venue(form: Template, forms: Forms, document: Document) -> Template:
    """Put the list's way to call a preprint in each place of a venue, or take the place out.

    Where the form says arXiv already, or others are written alike without a venue, it needs no second word;
    and a preprint is in no proceedings.
    """
    count = form.parts.count(VENUE_FIELD)
    alike = [(found, weight) for other, weight in forms if len(found := _venues(other)) == count]
    names = [
        most_common((found[place], weight) for found, weight in alike if found[place]) or ""
        for place in range(count)
    ]
    if count and not any(names):
        bare = clean(form.filled(lambda part: HUMAN if part == VENUE_FIELD else part))
        told = PREPRINT.search(bare.text) or any(_is_published(*pair) for pair in pairwise(form.parts))
        if not told and not any(abstract(other) == bare for other, _ in forms):
            names[0] = preprint_name(forms, document)
    called = iter([field("venue", name) if name else HUMAN for name in names])
    return clean(form.filled(lambda part: next(called) if part == VENUE_FIELD else part))


def _is_published(before: Part, part: Part) -> bool:
    return part == VENUE_FIELD and isinstance(before, str) and bool(_PUBLISHED_IN.search(before))


def with_authors(form: Template, forms: Forms) -> Template:
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
