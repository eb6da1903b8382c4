"""Numbers in words: "2 papers", and probabilities as people say them, such as "about 1 in 2"."""

from __future__ import annotations

from math import log

# Fractions that people use; the nearest one is told, by its odds.
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
