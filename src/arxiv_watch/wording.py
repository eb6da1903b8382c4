"""How numbers, probabilities and months are written, and how many columns of a terminal a text takes."""

from __future__ import annotations

import unicodedata
from math import log

# In English, whatever the machine's language is.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORT_MONTHS = tuple(name[:3].lower() for name in MONTHS)
"""`jan` to `dec`."""

# Fractions that people use; the nearest one is written, by its odds.
_FRACTIONS = ((1, 20), (1, 10), (1, 5), (1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (4, 5), (9, 10), (19, 20))
_HARDLY = 1 / 40
_NEARLY = 39 / 40


def plural(count: int, noun: str, several: str = "") -> str:
    """Write a count with its noun: `1 paper`, `2 papers`; `several` is for `2 entries`."""
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"


def odds_words(probability: float) -> str:
    """Write a probability of 0 to 1 in words: `about 9 in 10`, `nearly certain`, `less than 1 in 20`."""
    if probability <= _HARDLY:
        return "less than 1 in 20"
    if probability >= _NEARLY:
        return "nearly certain"
    share, whole = min(_FRACTIONS, key=lambda each: abs(_odds(each[0] / each[1]) - _odds(probability)))
    return f"about {share} in {whole}"


def _odds(probability: float) -> float:
    return log(probability / (1 - probability))


def width_of(text: str) -> int:
    """Return the columns that a text takes: wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )
