"""Bytes as lines and back: nothing of a file is lost, whatever its endings and encoding."""

from __future__ import annotations

import re
from collections import Counter

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")  # matches "- A line\n", its ending too
_ENDING = re.compile(r"\r\n|\n|\r")  # matches "\n"
BOM = "\ufeff"


def decode(data: bytes) -> str:
    """Decode UTF-8; bytes that are not UTF-8 survive as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Undo `decode`."""
    return text.encode("utf-8", "surrogateescape")


def split_lines(text: str) -> list[str]:
    r"""Split into lines with their endings; only `\n`, `\r\n` and `\r` end a line, as in CommonMark."""
    return [line for line in _LINE.findall(text) if line]


def dominant_newline(text: str) -> str:
    r"""Return the ending of most lines; `\n` where there is none."""
    counts = Counter(_ENDING.findall(text))
    return max(counts, key=lambda ending: counts[ending], default="\n")


def strip_ending(line: str) -> str:
    """Cut the line ending off a line."""
    return line.rstrip("\r\n")
