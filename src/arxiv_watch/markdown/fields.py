"""The fields of an entry that arXiv tells (link, date, authors) and the forms lists write them in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.text import file_text
from arxiv_watch.papers import Paper

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
MONTHS = (*_MONTHS, "November", "December")
_MONTH = (
    r"(?P<{}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATES = (
    re.compile(
        r"(?<![\d./-])(?P<Y>(?:19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?(?![\d/-])"
    ),
    re.compile(r"(?<![\d./-])(?P<y>\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}}),? {_MONTH.format('b')}(?P<dot>\.?),? (?P<Y>(?:19|20)\d\d)(?!\d)"),
    re.compile(rf"\b{_MONTH.format('b')}(?P<dot>\.?),? (?:(?P<d>\d{{1,2}}), )?(?P<Y>(?:19|20)\d\d)(?!\d)"),
    re.compile(r"(?<![\d./'’-])(?P<Y>(?:19|20)\d\d)(?![\d./-]\d|\d)"),
)
_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")


def url_form(url: str, identifier: ArxivId) -> str | None:
    """Write a link's form with `{id}` for the identifier, its version left out; None for a mere blemish."""
    match = _ID.search(url)
    if match is None or ArxivId.find(match[0]) != identifier:
        return None
    prefix, suffix = url[: match.start()], url[match.end() :]
    if not re.fullmatch(r"(?:\.pdf)?", suffix) or "/ftp/" in prefix or "//" in prefix.partition("://")[2]:
        suffix, prefix = "", "https://arxiv.org/abs/"
    return f"{prefix}{{id}}{suffix}"


def find_dates(text: str) -> Iterator[tuple[int, int, str]]:
    """Find dates and their formats, `2024/10/25` as `{Y}/{m:02}/{d:02}`; overlapping finds are left out."""
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if _plausible(match):
                taken.append(match.span())
                yield match.start(), match.end(), _date_format(match)


def _plausible(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    month, day = groups.get("m"), groups.get("d")
    return (not month or 1 <= int(month) <= 12) and (not day or 1 <= int(day) <= 31)  # noqa: PLR2004


def _date_format(match: re.Match[str]) -> str:
    pieces: list[tuple[int, int, str]] = []
    for name, value in match.groupdict().items():
        if value is None or name in {"s", "dot"}:
            continue
        start, end = match.span(name)
        if name == "b":
            long = value in MONTHS and value != "May"
            end += len(match["dot"])
            code = "{B}" if long else ("{b}." if match["dot"] else "{b}")
        else:
            code = f"{{{name}:02}}" if name == "y" or _padded(name, value) else f"{{{name}}}"
        pieces.append((start, end, code))
    text, position = "", match.start()
    for start, end, code in sorted(pieces):
        text += match.string[position:start] + code
        position = end
    return text + match.string[position : match.end()]


def _padded(name: str, value: str) -> bool:
    """Tell whether a month or day is written with two digits; from 10 on both ways look alike."""
    return name in "md" and len(value) > 1


def write_date(form: str, paper: Paper) -> str | None:
    """Write a paper's date in a format of `find_dates`; None where the day is asked for and not known."""
    day = paper.published or paper.announced
    if day is None:
        if "{d" in form:
            return None
        month = paper.id.sort_key[0]
        day = date(month // 100, month % 100, 1)
    month_name = MONTHS[day.month - 1]
    short = month_name if month_name == "May" else month_name[:3]
    if short == "May":
        form = form.replace("{b}.", "{b}")
    return form.format(Y=day.year, y=day.year % 100, m=day.month, d=day.day, b=short, B=month_name)


_WORD = r"[^\W\d_a-z][\w.'’‐-]*"
_PARTICLE = r"(?:van|von|de|der|den|di|da|la|le|el|al|bin|ben|dos|du|ten|ter)"
_NAME = rf"{_WORD}(?: (?:{_PARTICLE} )?{_WORD}){{0,4}}"
AUTHORS = re.compile(
    rf"(?P<full>{_NAME}(?:, (?:and )?{_NAME})+(?:,? (?:and|&) {_NAME})?)(?P<more>,? et al\.?| etc\.?)?"
    rf"|(?P<first>{_NAME}),? (?P<etal>et al\.?)|(?P<pair>{_NAME} (?:and|&) {_NAME})"
)


def authors_form(match: re.Match[str]) -> str:
    """Name how a list writes authors: `full`, or `first`/`last` with what follows the first name."""
    if match["etal"]:
        tail = match[0][len(match["first"]) :]
        return ("last" if " " not in match["first"] else "first") + tail
    return "full"


def write_authors(form: str, paper: Paper) -> str | None:
    """Write a paper's authors in a form of `authors_form`; None where they are not known."""
    if not paper.authors:
        return None
    if form == "full":
        return ", ".join(file_text(name) for name in paper.authors)
    kind, tail = (form[:4], form[4:]) if form.startswith("last") else (form[:5], form[5:])
    first = paper.authors[0] if kind == "first" else paper.authors[0].split()[-1]
    return file_text(first) + (tail if len(paper.authors) > 1 else "")
