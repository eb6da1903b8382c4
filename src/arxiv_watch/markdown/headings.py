"""What a heading says to its readers, and whether papers belong under it."""

from __future__ import annotations

import re
import unicodedata

from arxiv_watch.markdown.inline import scan_links, visible

# matches "## " before a heading and " ##" after one
_ATX = re.compile(r"^\s{0,3}#{1,6}(?:\s+|$)|(?:^|(?<!\s)\s+)#+\s*$")
# matches " ([top](#contents))"
_ANCHOR_LINK = re.compile(r"(?:(?<!\s)\s+)?[(\[]\s*\[[^\[\]]*\]\(#[^()]*\)\s*[)\]]")
# matches "[Back to Top](#contents)"
_BACK_LINK = re.compile(r"\[(?=[^\[\]]*(?:back|top|🔝|↑|⬆|🔙))[^\[\]]*\]\(#[^()]*\)", re.IGNORECASE)
# matches ":books: " before a heading and " :fire:" after one
_SHORTCODE = re.compile(r"^(?:\s*:[a-z0-9_+-]+:)+\s*|(?:(?<!\s)\s+)?(?::[a-z0-9_+-]+:\s*){1,20}$")
# matches "Latest News", "Table of Contents" and "How to Cite"
_NO_CATEGORY = re.compile(
    r"(?:latest |recent |our |breaking )?(?:news|updates?|releases?|announcements?|highlights?)"
    r"(?: ?(?:&|and) ?\w+)?"
    r"|(?:update|change|release)s? ?logs?|our (?:\w+ )?(?:works?|papers?|surveys?|publications?|projects?)"
    r"|what'?s new|news? .*|changelog|(?:table of )?contents?(?: table)?|toc|index|outline|overview"
    r"|abbreviations?|glossary|acronyms?|terminolog(?:y|ies)|licen[sc]es?|citations?|cite(?: (?:us|this).*)?"
    r"|citing.*|bibtex|references?|contact.*|acknowledge?ments?|contribut(?:e|ing|ors?|ions?).*"
    r"|how to (?:contribute|cite|use).*|star[ -]?history.*|stargazers.*|about(?: .*)?|join us.*|disclaimer"
    r"|featured papers",
    re.IGNORECASE,
)


def heading_text(raw: str) -> str:
    """Read a heading's text without marker, addresses, anchors, badges, back links and outer emoji."""
    text = _ATX.sub("", raw) if raw.lstrip().startswith("#") else raw
    text = _BACK_LINK.sub("", _ANCHOR_LINK.sub("", text))
    shown = visible(text, scan_links(text))
    bare = _strip_emoji(_SHORTCODE.sub("", shown))
    return bare or shown


def is_category(text: str) -> bool:
    """Return whether papers can stand under a heading of this name; not under news or a licence."""
    return not _NO_CATEGORY.fullmatch(text.strip(" :.!"))


def excludes_below(text: str) -> bool:
    """Return whether the headings below this one hold no papers either; `Contents` is often a title."""
    # Matches "table of contents" and "about".
    names_all = re.match(r"(?:table of )?contents|overview|about|index", text, re.IGNORECASE)
    return not is_category(text) and not names_all


def _strip_emoji(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_ornament(text[start]):
        start += 1
    while end > start and _is_ornament(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_ornament(character: str) -> bool:
    return character.isspace() or (
        unicodedata.category(character) in {"So", "Sk", "Cf", "Mn", "Me", "Co"} and character != "°"
    )
