"""The search API's query language as arXiv's new service reads it.

Operators have no precedence and group to the right; a missing one means OR; bare words search all fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from arxiv_watch.demo.arxiv_server.world import Submission

Match = Callable[[Submission], bool]

_TOKEN = re.compile(
    r"\s*(?P<token>\(|\)|(?:[A-Za-z_]+:)?\[[^\]]*\]|(?:[A-Za-z_]+:)?\"[^\"]*\"|[^\s()\"]+:(?=\()|[^\s()\"]+)"
)
_FIELDS = {"ti", "au", "abs", "co", "jr", "cat", "rn", "id", "doi", "all", "submittedDate", "lastUpdatedDate"}
_RANGE = re.compile(r"\[(?P<start>\d{4,12}) TO (?P<end>\d{4,12})\]")


class QueryError(ValueError):
    """The query cannot be parsed."""


def parse(query: str) -> Match:
    """Return a predicate: whether a submission matches a query.

    Raises:
        QueryError: It cannot be parsed.
    """
    tokens, position = [], 0
    while position < len(query.rstrip()):
        found = _TOKEN.match(query, position)
        if found is None:
            raise QueryError(f"Invalid query string: '{query}'")
        tokens.append(found["token"])
        position = found.end()
    parser = _Parser(tokens, query)
    match = parser.expression("all")
    if parser.tokens:
        raise QueryError(f"Invalid query string: '{query}'")
    return match


class _Parser:
    def __init__(self, tokens: list[str], query: str) -> None:
        self.tokens = tokens
        self._query = query

    def expression(self, field: str) -> Match:
        """Read `term [operator expression]`: all operators group to the right."""
        left = self._term(field)
        if not self.tokens or self.tokens[0] == ")":
            return left
        operator = self.tokens.pop(0) if self.tokens[0] in {"AND", "OR", "ANDNOT", "NOT"} else "OR"
        if operator == "AND" and self.tokens[:1] == ["NOT"]:
            operator = self.tokens.pop(0)
        right = self.expression(field)
        if operator == "AND":
            return lambda submission: left(submission) and right(submission)
        if operator == "OR":
            return lambda submission: left(submission) or right(submission)
        return lambda submission: left(submission) and not right(submission)

    def _term(self, field: str) -> Match:
        if not self.tokens:
            raise QueryError(f"Invalid query string: '{self._query}'")
        word = self.tokens.pop(0)
        name, colon, rest = word.partition(":")
        if colon and name in _FIELDS:
            field, word = name, rest
        if not word or word == "(":
            if not word and (not self.tokens or self.tokens.pop(0) != "("):
                raise QueryError(f"Invalid query string: '{self._query}'")
            inner = self.expression(field)
            if not self.tokens or self.tokens.pop(0) != ")":
                raise QueryError(f"Invalid query string: '{self._query}'")
            return inner
        if word in {")", "AND", "OR", "ANDNOT", "NOT"}:
            raise QueryError(f"Invalid query string: '{self._query}'")
        return _leaf(field, word, self._query)


def _leaf(field: str, text: str, query: str) -> Match:
    if field in {"submittedDate", "lastUpdatedDate"}:
        found = _RANGE.fullmatch(text)
        if found is None:
            raise QueryError(f"Invalid query string: '{query}'")
        start, end = _moment(found["start"], "0101000000"), _moment(found["end"], "1231235959")
        return lambda submission: start <= submission.submitted <= end
    if field == "cat":
        return lambda submission: any(fnmatchcase(name, text) for name in submission.paper.categories)
    words = re.findall(r"\w+", text.replace("_", " ").casefold())
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
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "


def _moment(digits: str, rest: str) -> datetime:
    """Complete `YYYY`, `YYYYMM`, `YYYYMMDD` or `YYYYMMDDHHMM` to a moment in GMT."""
    text = digits + rest[len(digits) - 4 :]
    try:
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise QueryError(f"Invalid query string: '{digits}'") from None
