r"""TeX accents and letters as Unicode: `Andr\'e`, `Hajdu\v{s}ek`, `S{\o}ren`, `Erd\H{o}s`, `Mart\'\i nez`.

Feeds and OAI-PMH's arXivRaw hold names and titles as authors wrote them, the search API and the pages
decode them; this makes them one. Only accents and letters are decoded, never mathematics and never other
commands: a title is no TeX document, and one may say "50% faster" (docs/dependencies.md).
"""

from __future__ import annotations

import re
import unicodedata

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
