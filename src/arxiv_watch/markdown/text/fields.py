"""The fields of an entry that arXiv supplies (link, date) and the forms lists write them in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from arxiv_watch.identifiers import ANY_STYLE, ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.wording import MONTHS

_MONTH = (
    r"(?P<{}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATES = (
    re.compile(  # matches "2024-10-25" and "2024/10"
        r"(?<![\d./-])(?P<Y>(?:19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?(?![\d/-])"
    ),
    # matches "25.10.2024" and "10/2024"
    re.compile(r"(?<![\w./-])(?:(?P<d>\d{1,2})\.)?(?P<m>\d{1,2})(?P<s>[./])(?P<Y>20[0-3]\d)(?![\w./-]\d|\w)"),
    # matches the date of "[24.10]"
    re.compile(r"(?<=[\[(\s`*])(?P<y>[12]\d|3\d)\.(?P<m>0[1-9]|1[0-2])(?=[\])`*])"),
    # matches the date of "(10/24)"
    re.compile(r"(?<=[\[(`*])(?P<m>0[1-9]|1[0-2])/(?P<y>[12]\d|3\d)(?=[\])`*])"),
    # matches the date of "[2410]", but "[2012]" is a year
    re.compile(r"(?<=[\[(`*])(?P<y>1[5-9]|2[1-9])(?P<m>0[1-9]|1[0-2])(?=[\])`*])"),
    # matches "202410" and "20241025"
    re.compile(r"(?<![\w./-])(?P<Y>20[0-3]\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)?(?![\w/-]|\.\d)"),
    # matches "24-10-25"
    re.compile(r"(?<![\d./-])(?P<y>\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])"),
    re.compile(  # matches "24.04.16"
        r"(?<![\w./-])(?P<y>[12]\d|3\d)(?P<s>[./])(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>[0-3]\d)(?![\w./-]\d|\w)"
    ),
    # matches "25 Oct. 2024"
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}}),? {_MONTH.format('b')}(?P<dot>\.?),? (?P<Y>(?:19|20)\d\d)(?!\d)"),
    re.compile(  # matches "October 25th, 2024", "Oct 25 2024" and "Oct 2024"
        rf"\b{_MONTH.format('b')}(?P<dot>\.?),? ?(?:(?P<d>\d{{1,2}})(?P<o>st|nd|rd|th)?,? )?"
        r"(?P<Y>(?:19|20)\d\d)(?!\d)"
    ),
    # matches "2024年10月25日"
    re.compile(r"(?<!\d)(?P<Y>(?:19|20)\d\d)年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日)?)?"),
    # matches "2024", not the year of "2024 Cell"
    re.compile(r"(?<![\d./'’-])(?P<Y>(?:19|20)\d\d)(?![\d./-]\d|\d| [^\W\d_]{2})"),
    re.compile(r"(?<=\[)(?P<Y>(?:19|20)\d\d)(?= [^\W\d_])"),  # matches the year of "[2024 Cell]"
)
ABSTRACT = "https://arxiv.org/abs/{id}"
"""The form of a link to a paper's page, where the list shows no other."""
_SCHEME = re.compile(r"https?://|www\.", re.IGNORECASE)  # matches the "https://" of a link that opens
_TWO_DIGITS = re.compile(r"\d\d")  # matches the first two digits of "2024"
# matches "{Y}", "{m:02}", "{b?}" and "{b}."
_CODE = re.compile(r"\{[Yymd](?:\?|:02)?\}|\{[bB]\?\}|\{b\}\.?|\{B\}")
# matches "2407.12391v2" and "math.GT/0309136"
_ID = re.compile(ANY_STYLE)


def url_form(url: str, identifier: ArxivId) -> str:
    """Write a link's form with `{id}` for the identifier, its version left out; a blemish shows none."""
    match = _ID.search(url)
    if match is None or ArxivId.find(match[0]) != identifier:
        return ABSTRACT
    prefix, suffix = url[: match.start()], url[match.end() :]
    is_odd = not _SCHEME.match(prefix)  # such as the "{" of "({https://arxiv.org/abs/2407.12391)"
    if suffix not in {"", ".pdf"} or is_odd or "/ftp/" in prefix or "//" in prefix.partition("://")[2]:
        return ABSTRACT
    return f"{prefix}{{id}}{suffix}"


def find_dates(text: str) -> Iterator[tuple[int, int, str]]:
    """Find dates and their formats, `2024/10/25` as `{Y}/{m:02}/{d:02}`; overlapping finds are left out."""
    if not _TWO_DIGITS.search(text):
        return
    taken = bytearray(len(text))
    for pattern in _DATES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]) and _plausible(match):
                taken[start:end] = b"x" * (end - start)
                yield start, end, _date_format(match)


def _plausible(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    month, day = groups.get("m"), groups.get("d")
    return (not month or int(month) in range(1, 13)) and (not day or int(day) in range(1, 32))


def _date_format(match: re.Match[str]) -> str:
    pieces: list[tuple[int, int, str]] = []
    for name, value in match.groupdict().items():
        if value is None or name in {"s", "dot", "o"}:
            continue
        start, end = match.span(name)
        if name == "d" and match.groupdict().get("o"):
            end, code = match.end("o"), "{o}"
        elif name == "b":
            end += len(match["dot"])
            code = "{b?}" if value == "May" else "{B}" if value in MONTHS else "{b}" + match["dot"]
        else:
            code = f"{{{name}{_padding(name, value)}}}"
        pieces.append((start, end, code))
    text, position = "", match.start()
    for start, end, code in sorted(pieces):
        text += match.string[position:start] + code
        position = end
    return text + match.string[position : match.end()]


def _padding(name: str, value: str) -> str:
    """Return how a number is written: `:02` with two digits always, `?` where from 10 on nothing shows."""
    if name == "y" or value.startswith("0"):
        return ":02"
    return "?" if name in "md" and len(value) > 1 else ""


def settle(forms: Iterable[str]) -> Callable[[str], str]:
    """Learn from all forms of a section what the doubtful ones mean: padding, and the month of May."""
    counts = Counter(code for form in forms for code in _CODE.findall(form))
    meaning = {
        "{m?}": "{m}" if counts["{m}"] > counts["{m:02}"] else "{m:02}",
        "{d?}": "{d}" if counts["{d}"] > counts["{d:02}"] else "{d:02}",
        "{b?}": max(("{b}", "{b}.", "{B}"), key=lambda code: counts[code]),
    }
    return lambda form: _CODE.sub(lambda code: meaning.get(code[0], code[0]), form)


def write_date(form: str, paper: Paper) -> str | None:
    """Write a paper's date in a format of `find_dates`; None where the day is asked for and not known."""
    form = settle([form])(form)
    day = paper.published or paper.announced
    if day is None:
        if "{d" in form or "{o" in form:
            return None
        day = paper.id.month
    month_name = MONTHS[day.month - 1]
    short = month_name if month_name == "May" else month_name[:3]
    if short == "May":
        form = form.replace("{b}.", "{b}")
    return form.format(
        Y=day.year, y=day.year % 100, m=day.month, d=day.day, o=_ordinal(day.day), b=short, B=month_name
    )


def _ordinal(number: int) -> str:
    ending = "th" if number in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_REPOSITORY = re.compile(  # matches "https://github.com/owner/name"
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/[\w.-]+/[\w.-]*\w"
)


def is_code_address(url: str) -> bool:
    """Return whether an address is that of a repository on a code host."""
    return bool(_REPOSITORY.match(url))


def code_address(paper: Paper) -> str:
    """Return the address of the paper's code; empty where none is named, or several are."""
    found = {match.removesuffix(".git") for match in _REPOSITORY.findall(f"{paper.abstract} {paper.comment}")}
    return found.pop() if len(found) == 1 else ""
