"""The search API as the service of November 2025 answers."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.query import QueryCrashError, QueryError, adapt, parse
from arxiv_watch.demo.arxiv_server.world import Submission, World, announced_at
from arxiv_watch.identifiers import ArxivId

WINDOW = 10_000  # results beyond it are an internal error
_DEFAULT_RESULTS = 10
_INTERNAL = (
    "The server encountered an internal error and was unable to complete your request. Either the server is "
    "overloaded or there is an error in the application."
)
# Matches "2104.12255v1" and "astro-ph/0601001", and "0000.0000", which is nobody's.
_IDENTIFIER = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_HEADERS = {"Content-Type": "application/atom+xml; charset=utf-8"}


class _RefusedError(Exception):
    """The request is answered with an error entry, whose link ends in `fragment`."""

    def __init__(self, message: str, fragment: str = "") -> None:
        super().__init__(message)
        self.fragment = fragment


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, the query rewritten."""

    query: str
    ids: str
    start: int
    count: int

    @classmethod
    def of(cls, request: Request) -> _Question:
        query = request.query.get("search_query", "")
        return cls(
            query if request.query.get("raw") == "1" else adapt(query),
            request.query.get("id_list", ""),
            _number(request, "start", 0),
            _number(request, "max_results", _DEFAULT_RESULTS),
        )

    def __str__(self) -> str:
        return f"search_query={self.query}&id_list={self.ids}&start={self.start}&max_results={self.count}"


def answer(world: World, request: Request) -> Response:
    """Answer `/api/query`."""
    try:
        question = _Question.of(request)
        results = _results(world, request, question)
    except _RefusedError as error:
        return Response(400, _error(str(error), request.moment, error.fragment), dict(_HEADERS))
    except QueryError as error:
        return Response(400, _error(str(error), request.moment), dict(_HEADERS))
    except QueryCrashError:
        return Response(500, _error(_INTERNAL, request.moment), dict(_HEADERS))
    return Response(200, _feed(question, results, request.moment), dict(_HEADERS))


def _results(world: World, request: Request, question: _Question) -> list[Submission]:
    if not question.query and not question.ids:
        raise _RefusedError("Either a search_query or id_list must be specified for the classic API.")
    if not question.count or question.start + question.count > WINDOW:
        raise QueryCrashError("beyond what the index gives")
    visible = [each for each in world.submissions.values() if announced_at(each.announced) <= request.moment]
    if question.ids:
        wanted = []
        for text in filter(None, question.ids.split(",")):
            if not _IDENTIFIER.fullmatch(text):
                raise _RefusedError(f"incorrect id format for {text}", f"#incorrect_id_format_for_{text}")
            wanted.append(ArxivId.find(text))
        # Relevance orders them, and nobody knows how.
        visible = [each for each in visible if each.id in set(wanted)]
        visible.sort(key=lambda each: hashlib.sha256(each.id.base.encode()).digest())
    if question.query:
        match = parse(question.query)
        visible = [each for each in visible if match(each)]
    if request.query.get("sortBy") in {"submittedDate", "lastUpdatedDate"}:
        descending = request.query.get("sortOrder", "descending") != "ascending"
        visible.sort(key=lambda each: each.submitted, reverse=descending)
    return visible


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    try:
        value = int(text)
    except ValueError:
        raise _RefusedError(f"{name} must be an integer", f"#{name}_must_be_an_integer") from None
    if value < 0:
        raise _RefusedError(f"{name} must be non-negative", f"#{name}_must_be_non-negative")
    return value


def _feed(question: _Question, results: Sequence[Submission], moment: datetime) -> bytes:
    asked = str(question)
    link = (
        f"https://arxiv.org/api/query?search_query={question.query}&start={question.start}"
        f"&max_results={question.count}&id_list={question.ids}"
    )
    name = base64.b64encode(hashlib.sha1(asked.encode(), usedforsecurity=False).digest()).decode().rstrip("=")
    shown = results[question.start : question.start + question.count]
    entries = "".join(_entry(each, moment) for each in shown)
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
        f"  <id>https://arxiv.org/api/{name}</id>\n  <title>arXiv Query: {escape(asked)}</title>\n"
        f"  <updated>{_utc(moment)}</updated>\n"
        f'  <link href={quoteattr(link)} type="application/atom+xml"/>\n'
        f"  <opensearch:itemsPerPage>{question.count}</opensearch:itemsPerPage>\n"
        f"  <opensearch:totalResults>{len(results)}</opensearch:totalResults>\n"
        f"  <opensearch:startIndex>{question.start}</opensearch:startIndex>\n{entries}</feed>\n"
    ).encode()


def _entry(submission: Submission, moment: datetime) -> str:
    paper, number = submission.paper, submission.version(moment)
    name = f"{paper.id.base}v{number}"
    updated = submission.replacements[number - 2].submitted if number > 1 else submission.submitted
    tags = "".join(
        f'<category term={quoteattr(tag)} scheme="http://arxiv.org/schemas/atom"/>'
        for tag in submission.categories(moment)
    )
    optional = {"comment": paper.comment, "journal_ref": paper.journal_ref, "doi": paper.doi}
    extras = {
        field: f"<arxiv:{field}>{escape(text)}</arxiv:{field}>" if text else ""
        for field, text in optional.items()
    }
    if paper.doi:
        extras["doi"] += f'<link rel="related" href={quoteattr(f"https://doi.org/{paper.doi}")} title="doi"/>'
    authors = "".join(f"<author><name>{escape(author)}</name></author>" for author in paper.authors)
    return (
        f"  <entry><id>http://arxiv.org/abs/{name}</id><title>{escape(paper.title)}</title>"
        f"<updated>{_utc(updated)}</updated>"
        f'<link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>'
        f'<link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>'
        f"<summary>{escape(paper.abstract)}</summary>{tags}<published>{_utc(submission.submitted)}</published>"
        f"{extras['comment']}<arxiv:primary_category term={quoteattr(paper.categories[0])}/>"
        f"{extras['journal_ref']}{authors}{extras['doi']}</entry>\n"
    )


def _error(message: str, moment: datetime, fragment: str = "") -> bytes:
    place = f"https://arxiv.org/api/errors{fragment}"
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">'
        "<id>https://arxiv.org/</id><title>arXiv Search Results</title>"
        f"<updated>{_utc(moment)}</updated><opensearch:itemsPerPage>1</opensearch:itemsPerPage>"
        "<opensearch:totalResults>1</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>"
        f"<entry><id>{escape(place)}</id><title>Error</title><updated>{_utc(moment)}</updated>"
        f'<link href={quoteattr(place)} rel="alternate" type="text/html"/>'
        f"<summary>{escape(message)}</summary>"
        "<author><name>arXiv api core</name></author></entry></feed>\n"
    ).encode()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
