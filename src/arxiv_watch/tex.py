r"""TeX in titles and names, such as `Andr\'e`, `S{\o}ren`, `Mart\'\i nez`; the names in a line of authors.

Feeds and OAI-PMH's arXivRaw hold names and titles as authors wrote them, the search API and the pages
decode them; this makes them one. Only accents and letters are decoded, never mathematics and never other
commands: a title is no TeX document, and one may say "50% faster" (docs/dependencies.md).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_COMBINING = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "d": "\u0323",
    "b": "\u0331",
    "k": "\u0328",
    "r": "\u030a",
}
_NAMES = "ss ae AE oe OE aa AA o O l L dh DH dj DJ th TH ng NG i j"
_LETTERS = dict(zip(_NAMES.split(), "ßæÆœŒåÅøØłŁðÐđĐþÞŋŊıȷ", strict=True))
_DOTTED = {"ı": "i", "ȷ": "j"}  # an accent stands in place of their dot
_UMLAUTS = frozenset("AEIOUYaeiouyı")  # elsewhere it is a quotation mark that somebody escaped: \"Hello\"
_MACRO = "|".join(sorted(_LETTERS, key=len, reverse=True))
# Matches "{\o}", "\o{}", "\o " and "\o".
_LETTER = re.compile(rf"\{{\\(?P<braced>{_MACRO})\s*\}}|\\(?P<bare>{_MACRO})(?:\{{\}}|(?![A-Za-z])\s*)")
# Matches "\'e", "\'{e}", "\' e", "\v{s}" and "\v s".
_ACCENT = re.compile(
    r"""\\(?:(?P<sign>['`^"~=.])\s*|(?P<name>[uvHcdbkr])(?:\s+|(?=\{)))"""
    r"(?:\{\s*(?P<braced>[^\W\d_])\s*\}|(?P<bare>[^\W\d_]))"
)
# Matches the "{é}" that is left of "{\'e}".
_BRACED = re.compile(r"\{([^\W\d_a-zA-Z])\}")
# Matches "$x<y$".
_MATHEMATICS = re.compile(r"(\$[^$]*\$)")

_OPENING, _CLOSING = "([", ")]"
# Matches the comma of "Ada Lovelace, Emmy Noether", the colon of "The ATLAS Collaboration: G. Aad".
_SEPARATOR = re.compile(r"[,;:]")
# Matches " and " of "Ada Lovelace and Emmy Noether"; feeds have none, OAI-PMH's arXivRaw has.
_AND = re.compile(r"(?:^|\s)and\s")
# Matches the "Jr." that belongs to the name before the comma.
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
# Matches what TeX makes a space of: the "~" of "D.~Knuth", and "\ ".
_TIE = re.compile(r"(?<!\\)~|\\[ ,]")


def decode_accents(text: str) -> str:
    """Return a text with its TeX accents and letters as Unicode; all else stays as it is."""
    if "\\" not in text:
        return text
    parts = _MATHEMATICS.split(text)
    return "".join(part if index % 2 else _decode(part) for index, part in enumerate(parts))


def _decode(text: str) -> str:
    text = _LETTER.sub(lambda found: _LETTERS[found["braced"] or found["bare"]], text)
    return _BRACED.sub(r"\1", _ACCENT.sub(_accented, text))


def _accented(found: re.Match[str]) -> str:
    sign, letter = found["sign"] or found["name"], found["braced"] or found["bare"]
    if sign == '"' and letter not in _UMLAUTS:
        return found[0]
    accented = unicodedata.normalize("NFC", _DOTTED.get(letter, letter) + _COMBINING[sign])
    return accented if len(accented) == 1 else found[0]


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
    for given in names:
        decoded = _TIE.sub(" ", decode_accents(given)).replace("{", "").replace("}", "").replace("\\&", "&")
        name = " ".join(decoded.split()).strip(" :;,")
        if found and _SUFFIX.fullmatch(name):
            found[-1] = f"{found[-1]} {name}"
        elif any(map(str.isalpha, name)):
            found.append(name)
    return tuple(found)


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
