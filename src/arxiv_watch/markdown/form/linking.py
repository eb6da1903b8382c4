"""How the links of a new entry are written, which people change over time wherever their entries stand."""

from __future__ import annotations

import re

from arxiv_watch.markdown.form.index import LinkForms, closeness, index_of, link_forms, of_style
from arxiv_watch.markdown.form.samples import Target, weights
from arxiv_watch.markdown.form.template import Field, Template
from arxiv_watch.markdown.form.voting import most_common
from arxiv_watch.markdown.text.fields import ABSTRACT

_OWN_LINKS = 2.0  # how much more the section's own links count than those of all others
_HABIT = 24  # months after which the links of a section show no habit of today
_URL = Field("url")
_PAGE = re.compile(r"(?<!\S)\S*/(abs|pdf|html)/\S*")  # matches "https://arxiv.org/abs/{id}"


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
