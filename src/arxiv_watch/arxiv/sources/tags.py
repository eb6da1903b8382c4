"""Pages of HTML cut into tags and text, in linear time whatever arrives.

The standard library's parser needs minutes for half a megabyte of `<a <a <a`, and whoever answers in
arXiv's place could send sixteen. What arXiv's templates write needs no more than this: attributes whose
values hold no angle brackets, since all that comes from authors is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

# Matches '<a href ="/abs/2606.18463" title="Abstract">', '</dd>', text before the next '<', and a stray '<'.
_TOKEN = re.compile(r"<(?P<slash>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*+)(?P<attributes>[^<>]*)>|[^<]+|<")
# Matches 'href ="/abs/2606.18463"', "class='meta'" and 'href=/catchup/cs.DC/2026-06-18?page=2'.
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(?P<name>[\w-]++)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+))"""
)


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag, its name in lower case."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EndTag:
    """An end tag, its name in lower case."""

    name: str


def tokens(page: str) -> Iterator[StartTag | EndTag | str]:
    """Yield the tags and the text of a page in their order, comments left out and references resolved."""
    for found in _TOKEN.finditer(_without_comments(page)):
        if found["tag"] is None:
            yield unescape(found[0])
        elif found["slash"]:
            yield EndTag(found["tag"].lower())
        else:
            yield StartTag(found["tag"].lower(), _attributes(found["attributes"]))


def _without_comments(page: str) -> str:
    first, *others = page.split("<!--")
    return "".join([first, *(each.partition("-->")[2] for each in others)])


def _attributes(text: str) -> dict[str, str]:
    return {
        found["name"].lower(): unescape(found["double"] or found["single"] or found["bare"] or "")
        for found in _ATTRIBUTE.finditer(text)
    }
