"""arXiv identifiers: old and new style, versions, and every form in which people link them.

The scheme is the one arXiv documents at https://info.arxiv.org/help/arxiv_identifier.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import total_ordering
from urllib.parse import unquote, urlsplit

# Parts of patterns that find identifiers in a text.
_NUMBER = r"\d{4}\.\d{4,5}"
NEW_STYLE = rf"{_NUMBER}(?:v\d+)?"
# An old archive begins where its letters do, so that a search takes no longer than the text is.
ANY_STYLE = rf"(?:{_NUMBER}|(?<![a-z-])[a-z-]++(?:\.[A-Z]{{2}})?/\d{{7}})(?:v\d+)?"

_FIRST_YEAR = 91  # arXiv began in 1991
_NEW_STYLE = r"(?P<yymm>\d{4})\.(?P<number>\d{4,5})"
_OLD_STYLE = r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z]{2})?/(?P<serial>\d{7})"
# matches "2407.12391v2" and "math.GT/0309136"
_IDENTIFIER = re.compile(rf"(?:{_NEW_STYLE}|{_OLD_STYLE})(?:v(?P<version>[1-9]\d{{0,3}}))?", re.ASCII)
# matches "arXiv:" and "oai:arXiv.org:" before an identifier
_SCHEME = re.compile(r"^(?:arxiv|oai:arxiv\.org|info:arxiv)\s*:\s*", re.IGNORECASE)
# matches " [cs.DC]" at the end of arXiv's own stamp, as in "arXiv:2407.12391v2 [cs.DC]"
_PRIMARY_CATEGORY = re.compile(r"(?<!\s)\s+\[[\w.-]+\]$")
# matches "10.48550/arXiv." before an identifier
_DOI = re.compile(r"^(?:doi:\s*)?10\.48550/arxiv\.", re.IGNORECASE)

_MONTHS = range(1, 13)
_FIRST_NEW_STYLE = 704  # April 2007
_FIRST_FIVE_DIGITS = 1501  # January 2015

# Pages that show one paper and carry its identifier as their path's tail.
_ARXIV_PAGES = ("abs", "pdf", "html", "format", "ps", "e-print", "src", "tb", "ftp")
_MIRROR_PREFIXES = {
    "ar5iv.org": ("abs", "html"),
    "ar5iv.labs.arxiv.org": ("abs", "html"),
    "alphaxiv.org": ("abs", "pdf", "overview"),
    "huggingface.co": ("papers",),
    "hf.co": ("papers",),
    "scirate.com": ("arxiv",),
    "paperswithcode.com": (),
    "arxiv.paperswithcode.com": (),
}


@total_ordering
@dataclass(frozen=True, slots=True)
class ArxivId:
    """An arXiv identifier; two versions of one paper are equal.

    Attributes:
        base: Canonical form without a version: `2407.12391`, `hep-th/9901001`.
        version: The version, from 1, or None for the current one.
    """

    base: str
    version: int | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, text: str) -> ArxivId:
        """Read an identifier in any form people write: bare, `arXiv:`, `oai:`, a DOI or a link.

        Raises:
            ValueError: `text` names no arXiv paper.
        """
        found = cls.find(text)
        if found is None:
            raise ValueError(f"not an arXiv identifier: {text!r}")
        return found

    @classmethod
    def find(cls, text: str) -> ArxivId | None:
        """Read an identifier like `parse`, or return None where there is none."""
        text = text.strip()
        if text.lower().startswith(("http://", "https://", "//")):
            return _from_link(text)
        bare = _PRIMARY_CATEGORY.sub("", _SCHEME.sub("", text))
        return _from_bare(_DOI.sub("", bare)) or _from_link(f"//{text}")

    @property
    def sort_key(self) -> tuple[int, str, int]:
        """Order of announcement as far as identifiers show it: month, then archive, then number."""
        if "/" in self.base:
            archive, serial = self.base.split("/")
            year = int(serial[:2])
            century = 1900 if year >= _FIRST_YEAR else 2000
            return (century + year) * 100 + int(serial[2:4]), archive, int(serial[4:])
        yymm, number = self.base.split(".")
        return 200000 + int(yymm), "", int(number)

    @property
    def month(self) -> date:
        """The first day of the month that the identifier names."""
        year, month = divmod(self.sort_key[0], 100)
        return date(year, month, 1)

    @property
    def month_index(self) -> int:
        """That month, counted from the first of year 0."""
        year, month = divmod(self.sort_key[0], 100)
        return 12 * year + month - 1

    @property
    def abs_url(self) -> str:
        """The abstract page, the one link arXiv asks everybody to use."""
        return f"https://arxiv.org/abs/{self.base}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, ArxivId):
            return NotImplemented
        return self.sort_key < other.sort_key

    def __str__(self) -> str:
        return self.base if self.version is None else f"{self.base}v{self.version}"


def _from_bare(text: str) -> ArxivId | None:
    text = text.removesuffix(".pdf")
    match = _IDENTIFIER.fullmatch(text)
    if match is None:
        return None
    version = int(match["version"]) if match["version"] else None
    if match["serial"]:
        is_month = int(match["serial"][2:4]) in _MONTHS
        return ArxivId(f"{match['archive']}/{match['serial']}", version) if is_month else None
    return ArxivId(f"{match['yymm']}.{match['number']}", version) if _is_new_style(match) else None


def _is_new_style(match: re.Match[str]) -> bool:
    yymm, digits = int(match["yymm"]), len(match["number"])
    if yymm % 100 not in _MONTHS or yymm < _FIRST_NEW_STYLE:
        return False
    return digits == (5 if yymm >= _FIRST_FIVE_DIGITS else 4)


def _from_link(url: str) -> ArxivId | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    path = [segment for segment in unquote(parts.path).strip().split("/") if segment]
    if host in {"doi.org", "dx.doi.org"}:
        doi = "/".join(path)
        return _from_bare(_DOI.sub("", doi)) if _DOI.match(doi) else None
    if host in _MIRROR_PREFIXES:
        pages = _MIRROR_PREFIXES[host]
        return _from_tail(path) if not pages or (path[:1] and path[0] in pages) else None
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        return _from_tail(path[1:]) if path[:1] and path[0] in _ARXIV_PAGES else None
    return None


def _from_tail(path: list[str]) -> ArxivId | None:
    """Read `[…, 2407.12391v2.pdf]`, `[…, hep-th, 9901001]` or `[…, arXiv:2407.12391]`."""
    tails = path[-1:], path[-2:]
    return next(filter(None, (_from_bare(_SCHEME.sub("", "/".join(tail))) for tail in tails)), None)
