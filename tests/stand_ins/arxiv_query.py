"""The search API's query language as arXiv's service of November 2025 reads it.

A query is first rewritten into what its author probably meant, and the answer echoes the rewritten one;
then a strict grammar reads it. Operators have no precedence and group to the right. The steps are those of
https://github.com/arXiv/arxiv-search, search/domain/classic_api/classic_search_query.py and query_parser.py.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from fnmatch import fnmatchcase
from itertools import zip_longest

from stand_ins.arxiv_world import Submission

Match = Callable[[Submission], bool]

_FIELDS = ("abs", "all", "au", "cat", "co", "doi", "id", "jr", "rn", "submittedDate", "ti")
_ALIASES = ("lastUpdatedDate", "title")
_PREFIXES = "|".join(f"{name}:" for name in sorted((*_FIELDS, *_ALIASES)))
# Matches '"a phrase"', '(', 'ANDNOT' before a space, 'ti:' and 'word' one after the other.
_TOKEN = re.compile(rf'"[^"]*"|[()]|\b(?:AND|ANDNOT|NOT|OR)\b(?=[()\s]|$)|{_PREFIXES}|[^"()\s]+')
# Matches "submittedDate:[20261101 TO 2026]".
_RANGE = re.compile(r"submittedDate:\[(?P<start>[\d-]{4,14}) TO (?P<end>[\d-]{4,14})\]")


class QueryError(ValueError):
    """The query cannot be parsed: arXiv answers 400."""


class QueryCrashError(ValueError):
    """The query is parsed, and then arXiv fails over it: it answers 500."""


class _Kind(Enum):
    PREFIX = 1
    OPEN = 2
    OPERATOR = 3
    CLOSE = 4
    TEXT = 5


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str

    @classmethod
    def of(cls, word: str) -> _Token:
        if word in {"AND", "ANDNOT", "NOT", "OR"}:
            return cls(_Kind.OPERATOR, word)
        if word in {"(", ")"}:
            return cls(_Kind.OPEN if word == "(" else _Kind.CLOSE, word)
        is_prefix = word.endswith(":") and word[:-1] in {*_FIELDS, *_ALIASES}
        return cls(_Kind.PREFIX if is_prefix else _Kind.TEXT, word)


def adapt(query: str) -> str:
    """Return what arXiv makes of a query before it reads it, and what its answer echoes."""
    text = query.replace("\r", " ").replace("\n", " ").replace("lastUpdatedDate:", "submittedDate:")
    text = _RANGE.sub(
        lambda found: f'submittedDate:"{_filled(found["start"])} TO {_filled(found["end"], is_end=True)}"',
        text,
    )
    tokens = [_Token.of(word) for word in _TOKEN.findall(text)]
    for step in (_negated, _spread, _prefixed, _single, _joined, _named, _renamed, _filled_prefixes):
        tokens = step(tokens)
    return _written(tokens)


def _filled(digits: str, *, is_end: bool = False) -> str:
    """Complete `YYYY`, `YYYYMM` or `YYYYMMDD`; anything else stays what it is."""
    if not digits.isdigit():
        return digits
    digits = digits[:12]
    if len(digits) == len("YYYYMM"):
        year, month = int(digits[:4]), int(digits[4:])
        if month not in range(1, 13):
            return digits
        digits += f"{calendar.monthrange(year, month)[1]}" if is_end else "01"
    if len(digits) == len("YYYY"):
        digits += "1231" if is_end else "0101"
    if len(digits) == len("YYYYMMDD"):
        digits += "2359" if is_end else "0000"
    return digits


def _negated(tokens: Sequence[_Token]) -> list[_Token]:
    """Write `NOT` and `AND NOT` as `ANDNOT`."""
    written: list[_Token] = []
    for token in tokens:
        if token == _Token(_Kind.OPERATOR, "NOT"):
            if written and written[-1] == _Token(_Kind.OPERATOR, "AND"):
                written.pop()
            written.append(_Token(_Kind.OPERATOR, "ANDNOT"))
        else:
            written.append(token)
    return written


def _spread(tokens: Sequence[_Token]) -> list[_Token]:
    """Write `ti:(a b)` as `(ti:a ti:b)`; the second of two prefixes in a row is not spread."""
    written: list[_Token] = []
    outer, depth, is_outer = _Token(_Kind.PREFIX, ""), 0, False
    for token in tokens:
        before = written[-1].kind if written else None
        if is_outer and token.kind is _Kind.OPEN:
            outer, depth = written.pop(), 1
        elif depth and token.kind is _Kind.OPEN:
            depth += 1
        elif depth and token.kind is _Kind.CLOSE:
            depth -= 1
        elif depth and token.kind is _Kind.TEXT and before is not _Kind.PREFIX:
            written.append(outer)
        written.append(token)
        is_outer = not depth and token.kind is _Kind.PREFIX and not is_outer
    return written


def _prefixed(tokens: Sequence[_Token]) -> list[_Token]:
    """Search all fields for a word that names none."""
    written: list[_Token] = []
    for token in tokens:
        if token.kind is _Kind.TEXT and (not written or written[-1].kind is not _Kind.PREFIX):
            written.append(_Token(_Kind.PREFIX, "all:"))
        written.append(token)
    return written


def _single(tokens: Sequence[_Token]) -> list[_Token]:
    """Keep the last of several operators in a row."""
    return [
        token
        for token, after in zip_longest(tokens, tokens[1:])
        if token.kind is not _Kind.OPERATOR or after is None or after.kind is not _Kind.OPERATOR
    ]


def _joined(tokens: Sequence[_Token]) -> list[_Token]:
    """Put `OR` where an operator is missing."""
    written: list[_Token] = []
    for token in tokens:
        before = written[-1].kind if written else None
        starts = token.kind in {_Kind.PREFIX, _Kind.OPEN, _Kind.TEXT}
        if (before in {_Kind.CLOSE, _Kind.TEXT} and starts) or (
            before is _Kind.PREFIX and token.kind is _Kind.PREFIX
        ):
            written.append(_Token(_Kind.OPERATOR, "OR"))
        written.append(token)
    return written


def _named(tokens: Sequence[_Token]) -> list[_Token]:
    """Write `au:del_maestro` as a phrase.

    arXiv looks for the underscore in the query's second token, whichever author it is at: in
    `(au:del_maestro)`, whose second token is the prefix, the underscore stays.
    """
    written = list(tokens)
    for index, token in enumerate(tokens):
        is_author = index > 0 and tokens[index - 1] == _Token(_Kind.PREFIX, "au:")
        if is_author and token.kind is _Kind.TEXT and "_" in written[1].text:
            name = written[1].text.replace("_", " ")
            written[index] = _Token(_Kind.TEXT, name if '"' in name else f'"{name}"')
    return written


def _renamed(tokens: Sequence[_Token]) -> list[_Token]:
    return [_Token(token.kind, "ti:") if token.text == "title:" else token for token in tokens]


def _filled_prefixes(tokens: Sequence[_Token]) -> list[_Token]:
    """Leave out prefixes that nothing follows."""
    return [
        token
        for token, after in zip_longest(tokens, tokens[1:])
        if token.kind is not _Kind.PREFIX or (after is not None and after.kind is _Kind.TEXT)
    ]


_UNSPACED = {(_Kind.OPEN, _Kind.PREFIX), (_Kind.TEXT, _Kind.CLOSE), (_Kind.PREFIX, _Kind.TEXT)}


def _written(tokens: Sequence[_Token]) -> str:
    text, before = "", None
    for token in tokens:
        text += ("" if before is None or (before, token.kind) in _UNSPACED else " ") + token.text
        before = token.kind
    return text


def parse(query: str) -> Match:
    """Return a predicate: whether a submission matches a query that was rewritten.

    Raises:
        QueryError: It does not follow the grammar.
        QueryCrashError: It does, but bears a date of another form than `YYYYMMDDHHMM`.
    """
    parser = _Parser(_TOKEN.findall(query), query)
    match = parser.expression()
    if parser.words or '"' in _TOKEN.sub("", query):
        raise QueryError(f"Invalid query string: '{query}'")
    return match


class _Parser:
    def __init__(self, words: list[str], query: str) -> None:
        self.words = words
        self._query = query

    def expression(self) -> Match:
        """Read `term [operator expression]`: all operators group to the right."""
        if self.words[:1] == ["ANDNOT"]:
            self.words.pop(0)
            negated = self.expression()
            return lambda submission: not negated(submission)
        left = self._term()
        if not self.words or self.words[0] == ")":
            return left
        operator = self.words.pop(0)
        if operator not in {"AND", "OR", "ANDNOT"}:
            raise QueryError(f"Invalid query string: '{self._query}'")
        right = self.expression()
        if operator == "AND":
            return lambda submission: left(submission) and right(submission)
        if operator == "OR":
            return lambda submission: left(submission) or right(submission)
        return lambda submission: left(submission) and not right(submission)

    def _term(self) -> Match:
        word = self.words.pop(0) if self.words else ""
        if word == "(":
            inner = self.expression()
            if not self.words or self.words.pop(0) != ")":
                raise QueryError(f"Invalid query string: '{self._query}'")
            return inner
        text = self.words.pop(0) if self.words else ""
        if word.removesuffix(":") not in _FIELDS or _Token.of(text).kind is not _Kind.TEXT or not text:
            raise QueryError(f"Invalid query string: '{self._query}'")
        return _leaf(word.removesuffix(":"), text.removeprefix('"').removesuffix('"').strip())


def _leaf(field: str, text: str) -> Match:
    if field == "submittedDate":
        start, end = _moments(text)
        return lambda submission: start <= submission.submitted <= end
    if field == "cat":
        return lambda submission: any(fnmatchcase(name, text) for name in submission.paper.categories)
    # Matches each word of "Attention Is All".
    words = re.findall(r"\w+", text.casefold())
    return lambda submission: f" {' '.join(words)} " in _haystack(submission, field)


def _haystack(submission: Submission, field: str) -> str:
    paper = submission.paper
    fields = {
        "ti": paper.title,
        "au": " ".join(paper.authors),
        "abs": paper.abstract,
        "co": paper.comment,
        "jr": paper.journal_ref,
        "doi": paper.doi,
        "id": paper.id.base,
        "rn": "",
    }
    text = " ".join(fields.values()) if field == "all" else fields.get(field, "")
    # Matches each word of "Attention Is All".
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "


def _moments(text: str) -> tuple[datetime, datetime]:
    """Read `202611010000 TO 202611302359`, in GMT and inclusive."""
    try:
        start, end = (
            datetime.strptime(each.strip(), "%Y%m%d%H%M").replace(tzinfo=UTC) for each in text.split("TO")
        )
    except ValueError as error:
        raise QueryCrashError(f"not a range of dates: {text!r}") from error
    return start, end
