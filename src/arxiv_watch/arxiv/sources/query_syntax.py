"""Queries in arXiv's search syntax: what is sent, what is refused, and whether an echo is of the same query.

Since November 2025 arXiv rewrites a query before it reads it, and echoes the rewritten one; the rules are
those of https://github.com/arXiv/arxiv-search, search/domain/classic_api/classic_search_query.py.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from arxiv_watch.arxiv.session.refusals import MalformedError

# Matches 'ti:' before a word, '(' or '"': the prefixes that arXiv knows.
_PREFIX = re.compile(r"\b(?:abs|all|au|cat|co|doi|id|jr|lastUpdatedDate|rn|submittedDate|title|ti):")
_OPERATORS = {"and", "andnot", "not", "or"}
# Matches "au:del_maestro" and "au:vaswani".
_AUTHOR = re.compile(r'\bau:(?P<name>[^\s()"]+)')
# Matches 'submittedDate:[202601010000 TO 2026]' and 'lastUpdatedDate:"202601010000 TO 202612312359"'.
_RANGE = re.compile(
    r"\b(?:submittedDate|lastUpdatedDate):"
    r'(?:\[(?:\d{4}|\d{6}|\d{8}|\d{12}) TO (?:\d{4}|\d{6}|\d{8}|\d{12})\]|"\d{12} TO \d{12}")'
)
# Matches "+AND+" and "%22": a query that was copied from the address of a search.
_FROM_ADDRESS = re.compile(r"\+(?:AND|ANDNOT|NOT|OR|TO)\+|%[0-9A-Fa-f]{2}")
# Matches the "and" of "cat:cs.LG and ti:serving", for which arXiv would search: its operators are capitals.
_SMALL_OPERATOR = re.compile(
    r"(?<![\w:-])(?!(?-i:AND|ANDNOT|NOT|OR)\b)(?:and|andnot|not|or)(?![\w:-])", re.IGNORECASE
)
# Matches "submittedDate:", the beginning of any range of dates.
_DATE = re.compile(r"\b(?:submittedDate|lastUpdatedDate):")
# Matches '"a phrase"'.
_PHRASE = re.compile(r'"[^"]*"')


def as_sent(query: str) -> str:
    """Return a query as it is sent: decoded, and with authors' names as arXiv wants them.

    Raises:
        MalformedError: arXiv would read another query than the one that is written, or fail over it.
    """
    if _FROM_ADDRESS.search(query):
        query = unquote_plus(query)
    _check_query(query)
    # arXiv mends `au:del_maestro` in the first place of a query alone, and a parenthesis stands there.
    return _AUTHOR.sub(_spaced, query)


def lacks_words(echo: str, query: str) -> bool:
    """Return whether the echo of a query lacks a word of it.

    Everything else may differ: arXiv adds quotation marks, parentheses, operators and prefixes, and
    completes dates.
    """
    echoed = _words(echo)
    return any(
        not (word.isdecimal() and any(other.startswith(word) for other in echoed))
        for word in _words(query) - echoed
    )


def _spaced(author: re.Match[str]) -> str:
    """Quote an author's name that is written with an underscore, as arXiv would."""
    name = author["name"]
    return f'au:"{name.replace("_", " ")}"' if "_" in name else author[0]


def _check_query(query: str) -> None:
    words = _PHRASE.sub("", query)
    depth = 0
    for character in words:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth or '"' in words:
        raise MalformedError("a parenthesis or a quotation mark has no partner")
    if small := _SMALL_OPERATOR.search(words):
        about = f"the operator {small[0]} is written {small[0].upper()}, and a phrase in quotation marks"
        raise MalformedError(about)
    if len(_RANGE.findall(query)) != len(_DATE.findall(query)):
        raise MalformedError("a range of dates is written submittedDate:[YYYYMMDD TO YYYYMMDD]")


def _words(query: str) -> set[str]:
    """Return the words that a query searches for, without prefixes and operators."""
    # Matches each word of '(ti:"paged attention")'.
    return set(re.findall(r"[^\W_]+", _PREFIX.sub(" ", query).casefold())) - _OPERATORS
