"""Authors' names out of the one line in which sources give them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from arxiv_watch.tex import decode_accents

_OPENING, _CLOSING = "([", ")]"
# Matches the comma of "Ada Lovelace, Emmy Noether", the colon of "The ATLAS Collaboration: G. Aad".
_SEPARATOR = re.compile(r"[,;:]")
# Matches " and " of "Ada Lovelace and Emmy Noether"; feeds have none, OAI-PMH's arXivRaw has.
_AND = re.compile(r"(?:^|\s)and\s")
# Matches the "Jr." that belongs to the name before the comma.
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
# Matches what TeX makes a space of: the "~" of "D.~Knuth", and "\ ".
_TIE = re.compile(r"(?<!\\)~|\\[ ,]")


def split_names(text: str) -> tuple[str, ...]:
    """Split `First Last (affiliation, with commas), Next Last and Last One` into names without affiliations.

    A team that is named before its members, `The ATLAS Collaboration: G. Aad, B. Abbott`, is a name of its
    own, as in arXiv's search API.
    """
    parts = _SEPARATOR.split("".join(_without_affiliations(text)))
    return clean_names(name for part in parts for name in _AND.split(part))


def clean_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as people write them, without those that hold no letter, such as a team's colon."""
    found: list[str] = []
    for name in map(_clean, names):
        if found and _SUFFIX.fullmatch(name):
            found[-1] = f"{found[-1]} {name}"
        elif any(map(str.isalpha, name)):
            found.append(name)
    return tuple(found)


def _clean(name: str) -> str:
    decoded = _TIE.sub(" ", decode_accents(name)).replace("{", "").replace("}", "").replace("\\&", "&")
    return " ".join(decoded.split()).strip(" :;,")


def _without_affiliations(text: str) -> Iterator[str]:
    """Yield what stands outside of parentheses and brackets; one that is never closed ends at a comma."""
    start, depth, end = 0, 0, 0
    for place, character in enumerate(text):
        if character in _OPENING:
            if depth == 0:
                yield text[end:place]
                start = place
            depth += 1
        elif character in _CLOSING and depth:
            depth -= 1
            end = place + 1
    if depth:
        comma = text.find(",", start)
        end = comma if comma >= 0 else len(text)
    yield text[end:]
