"""The search API as the service of November 2025 answers, for lists of identifiers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import Submission, World
from arxiv_watch.identifiers import ArxivId

DEFAULT_RESULTS = 10
HEADERS = {"Content-Type": "application/atom+xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    query: str
    ids: str
    start: int
    count: int

    def __str__(self) -> str:
        return f"search_query={self.query}&id_list={self.ids}&start={self.start}&max_results={self.count}"


def answer(world: World, request: Request) -> Response:
    """Answer `/api/query?id_list=…`."""
    ids = request.query.get("id_list", "")
    question = Question("", ids, 0, int(request.query.get("max_results", DEFAULT_RESULTS)))
    found = by_ids(world.visible(request.moment), ids.split(","))
    return Response(200, feed(question, found, request.moment), HEADERS)


def by_ids(submissions: Iterable[Submission], ids: Iterable[str]) -> list[Submission]:
    """Return the papers of a list that exist, in an order that stands for arXiv's relevance."""
    wanted = set(map(ArxivId.find, ids))
    found = [each for each in submissions if each.id in wanted]
    return sorted(found, key=lambda each: hashlib.sha256(each.id.base.encode()).digest())


def feed(question: Question, results: Sequence[Submission], moment: datetime) -> bytes:
    """Write an answer: the page of the results that is asked for."""
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
        f"  <updated>{utc(moment)}</updated>\n"
        f'  <link href={quoteattr(link)} type="application/atom+xml"/>\n'
        f"  <opensearch:itemsPerPage>{question.count}</opensearch:itemsPerPage>\n"
        f"  <opensearch:totalResults>{len(results)}</opensearch:totalResults>\n"
        f"  <opensearch:startIndex>{question.start}</opensearch:startIndex>\n{entries}</feed>\n"
    ).encode()


def _entry(submission: Submission, moment: datetime) -> str:
    paper, versions = submission.paper, submission.versions(moment)
    name = f"{paper.id.base}v{len(versions)}"
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
        f"<updated>{utc(versions[-1])}</updated>"
        f'<link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>'
        f'<link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>'
        f"<summary>{escape(paper.abstract)}</summary>{tags}<published>{utc(submission.submitted)}</published>"
        f"{extras['comment']}<arxiv:primary_category term={quoteattr(paper.categories[0])}/>"
        f"{extras['journal_ref']}{authors}{extras['doi']}</entry>\n"
    )


def utc(moment: datetime) -> str:
    """Write a moment as the API does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
