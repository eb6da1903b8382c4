"""Untrusted text made harmless for conversations: pull request titles and bodies.

A title is data. In a conversation it must not mention anybody, refer to or close anything, become
markup, load an image or hide a character. Backslashes and entities do not stop mentions on GitHub,
so a zero-width space goes where one would start.
"""

from __future__ import annotations

import re
import unicodedata

_GAP = "\u200b"  # zero-width space: GitHub sees no mention, reference or link across it

# Soft hyphen, bidirectional controls, zero-width and filler characters, variation selectors, tags:
# invisible, so able to make a title read otherwise than it is. Matches "\u200b", "\u202e" and "\ufe0f".
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROLS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What GitHub makes live in a rendered text, each with the place where the gap goes: matches a part of
# "@octocat", "#12", "GH-12", "https://a.b", "www.a.b" and ":fire:".
_LIVE = re.compile(r"@(?=\S)|#(?=\w)|\bGH-(?=\d)|:(?=//)|www(?=\.)|:(?=[\w+-]+:)", re.IGNORECASE)
# A word of seven or more hexadecimal digits may be a commit; six of them are not. Matches "e30cba8".
_COMMIT = re.compile(r"(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])", re.IGNORECASE)
# Matches "*" and "|" anywhere, and "#" at the beginning.
_MARKUP = re.compile(r"[\\`*_\[\]()|~$!{}]|^[#+=-]")
# Matches "1." and "2024." at the beginning, the number of a list's item: up to nine digits (CommonMark, 5.2).
_NUMBER = re.compile(r"^([0-9]{1,9})\.")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def one_line(text: str) -> str:
    """Reduce text to one line of visible characters in NFC."""
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    spaced = (" " if unicodedata.category(character) in _CONTROLS else character for character in visible)
    return " ".join("".join(spaced).split())


def clip(text: str, limit: int) -> str:
    """Shorten text to at most `limit` characters, an ellipsis included."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def escape_for_github(text: str, limit: int = 300) -> str:
    """Write untrusted text, clipped to `limit` characters, so that it reads the same and does nothing."""
    gapped = _LIVE.sub(lambda match: match[0] + _GAP, clip(one_line(text), limit))
    # Matches "e30cba", then the rest of a commit's name.
    gapped = _COMMIT.sub(lambda match: _GAP.join(re.findall(".{1,6}", match[0])), gapped)
    escaped = _NUMBER.sub(r"\1\.", _MARKUP.sub(lambda match: "\\" + match[0], gapped))
    return re.sub("[&<>]", lambda match: _ENTITIES[match[0]], escaped)


def code(text: str, limit: int = 100) -> str:
    """Write untrusted text as a code span.

    GitHub finds nothing live in one, but its mails do in the source, and nobody may write our marks.
    """
    # Matches "@", and the beginning of "<!-- hidden -->".
    inner = re.sub("@|<(?=!)", lambda match: match[0] + _GAP, clip(one_line(text), limit)) or " "
    longest = max((len(run) for run in re.findall("`+", inner)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {inner} {fence}" if longest else f"{fence}{inner}{fence}"
