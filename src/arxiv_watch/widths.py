"""How many columns of a terminal a text takes."""

from __future__ import annotations

import unicodedata


def width_of(text: str) -> int:
    """Return the columns that a text takes: wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )
