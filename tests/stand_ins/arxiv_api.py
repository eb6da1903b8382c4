"""The search API as the service of November 2025 answers: queries, windows, and errors by their messages."""

from __future__ import annotations

import re
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.demo.arxiv_server import Request, Response
from arxiv_watch.demo.arxiv_server.api import DEFAULT_RESULTS, HEADERS, Question, by_ids, feed, utc
from stand_ins.arxiv_query import QueryCrashError, QueryError, adapt, parse
from stand_ins.arxiv_world import Submission, World

WINDOW = 10_000  # results beyond it are an internal error
_INTERNAL = (
    "The server encountered an internal error and was unable to complete your request. Either the server is "
    "overloaded or there is an error in the application."
)
# Matches "2104.12255v1" and "astro-ph/0601001", and "0000.0000", which is nobody's.
_IDENTIFIER = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")


class _RefusedError(Exception):
    """The request is answered with an error entry, whose link ends in `fragment`."""

    def __init__(self, message: str, fragment: str = "") -> None:
        super().__init__(message)
        self.fragment = fragment


def question_of(request: Request) -> Question:
    """Read what is asked, the query rewritten."""
    query = request.query.get("search_query", "")
    return Question(
        query if request.query.get("raw") == "1" else adapt(query),
        request.query.get("id_list", ""),
        _number(request, "start", 0),
        _number(request, "max_results", DEFAULT_RESULTS),
    )


def answer(world: World, request: Request) -> Response:
    """Answer `/api/query`."""
    try:
        question = question_of(request)
        results = _results(world, request, question)
    except _RefusedError as error:
        return Response(400, _error(str(error), request.moment, error.fragment), HEADERS)
    except QueryError as error:
        return Response(400, _error(str(error), request.moment), HEADERS)
    except QueryCrashError:
        return Response(500, _error(_INTERNAL, request.moment), HEADERS)
    return Response(200, feed(question, results, request.moment), HEADERS)


def _results(world: World, request: Request, question: Question) -> list[Submission]:
    if not question.query and not question.ids:
        raise _RefusedError("Either a search_query or id_list must be specified for the classic API.")
    if not question.count or question.start + question.count > WINDOW:
        raise QueryCrashError("beyond what the index gives")
    visible = world.visible(request.moment)
    if question.ids:
        ids = [text for text in question.ids.split(",") if text]
        for text in ids:
            if not _IDENTIFIER.fullmatch(text):
                raise _RefusedError(f"incorrect id format for {text}", f"#incorrect_id_format_for_{text}")
        visible = by_ids(visible, ids)
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


def _error(message: str, moment: datetime, fragment: str = "") -> bytes:
    place = f"https://arxiv.org/api/errors{fragment}"
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">'
        "<id>https://arxiv.org/</id><title>arXiv Search Results</title>"
        f"<updated>{utc(moment)}</updated><opensearch:itemsPerPage>1</opensearch:itemsPerPage>"
        "<opensearch:totalResults>1</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>"
        f"<entry><id>{escape(place)}</id><title>Error</title><updated>{utc(moment)}</updated>"
        f'<link href={quoteattr(place)} rel="alternate" type="text/html"/>'
        f"<summary>{escape(message)}</summary>"
        "<author><name>arXiv api core</name></author></entry></feed>\n"
    ).encode()
