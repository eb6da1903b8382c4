"""arXiv's search API through the `arxiv` package, on our own session and without its silent failures.

The package stops without an error at an empty first page, takes truncated XML for a short answer and
skips entries it cannot read. So every answer is checked before the package sees it, and what it makes
of the answer is counted afterwards. The API: https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

from arxiv_watch.arxiv.documents import check_xml, line, xml
from arxiv_watch.arxiv.refusals import BadDocumentError, MalformedError, RefusalError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper

if TYPE_CHECKING:
    import arxiv
    from arxiv_watch.arxiv.transport import Session

PAGE = 100  # identifiers or results a request; larger pages are known to come back empty
QUERY_DAYS = 60  # how far back an extra query looks: moderation has held papers for a month
QUERY_LIMIT = 300
OVERLAP = 10  # results that two pages share: the index moves while it is paged through
_SURELY_SOME = 10  # of so many identifiers one at least exists

_ATOM = "{http://www.w3.org/2005/Atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the `arxiv` package reads of a response."""

    content: bytes
    status_code: int = HTTPStatus.OK


class _CheckedSession:
    """Stands in for `requests.Session` inside the `arxiv` package's client."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> _Answer:
        """Fetch through the rate-limited session; its own User-Agent stands, not the package's."""
        del headers
        return _Answer(self._session.fetch(url, lambda body: _check_answer(body, url)))


class Api:
    """Searches and metadata.

    Args:
        session: The rate-limited session.
        url: The endpoint, such as `https://export.arxiv.org/api/query`.
    """

    def __init__(self, session: Session, url: str) -> None:
        self._session = session
        self._url = url

    def by_ids(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        """Return the papers that exist of at most 100 identifiers.

        Raises:
            NotNowError: arXiv does not answer now.
            MalformedError: arXiv takes an identifier for malformed and so refuses all of them.
        """
        import arxiv  # noqa: PLC0415 - not needed before the first request

        if len(ids) > PAGE:
            raise ValueError(f"{len(ids)} identifiers in one request, more than {PAGE}")
        search = arxiv.Search(id_list=[identifier.base for identifier in ids], max_results=len(ids))
        papers = self._papers(search, page=len(ids))
        return {paper.id: paper for paper in papers}

    def search(self, query: str, today: date) -> list[Paper]:
        """Return the newest papers that a query in arXiv's syntax finds.

        Raises:
            NotNowError: arXiv does not answer now.
            MalformedError: arXiv does not understand the query.
        """
        import arxiv  # noqa: PLC0415 - not needed before the first request

        # arXiv's operators have no precedence and group to the right: without parentheses they mix.
        since, until = today - timedelta(days=QUERY_DAYS), today + timedelta(days=1)
        found: dict[ArxivId, Paper] = {}
        for start in range(0, QUERY_LIMIT, PAGE - OVERLAP):
            search = arxiv.Search(
                query=f"({query}) AND submittedDate:[{since:%Y%m%d}0000 TO {until:%Y%m%d}2359]",
                max_results=start + PAGE,
                sort_by=arxiv.SortCriterion.SubmittedDate,
            )
            page = self._papers(search, page=PAGE, start=start)
            found |= {paper.id: paper for paper in page}
            if len(page) < PAGE:
                break
        return list(found.values())

    def _papers(self, search: arxiv.Search, *, page: int, start: int = 0) -> list[Paper]:
        import arxiv  # noqa: PLC0415 - not needed before the first request

        client = arxiv.Client(page_size=page, delay_seconds=0, num_retries=0)  # the session waits and retries
        client.query_url_format = self._url + "?{}"
        client._session = _CheckedSession(self._session)  # noqa: SLF001 - the package has no other seam
        try:
            return [_paper(result) for result in client.results(search, offset=start)]
        except arxiv.UnexpectedEmptyPageError as error:
            raise BadDocumentError("a page of the answer is empty") from error


def _check_answer(body: bytes, url: str) -> None:
    """Refuse what the package would take for an honest "nothing found"."""
    check_xml(body)
    try:
        feed = xml(body)
    except BadDocumentError as error:
        raise RefusalError(f"200 with a broken answer: {error.message}") from error
    entries = feed.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            raise MalformedError(f"arXiv's API: {line(entry.findtext(f'{_ATOM}summary'))}")
        if entry.find(f"{_ATOM}published") is None or entry.find(f"{_ATOM}updated") is None:
            raise RefusalError("200 with an entry that lacks its dates")
    total, start = _number(feed, "totalResults"), _number(feed, "startIndex")
    asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    expected = max(0, min(total - start, int(asked["max_results"])))
    if len(entries) < expected:
        raise RefusalError(f"200 with {len(entries)} of {expected} entries")
    query, ids = asked.get("search_query", ""), asked.get("id_list", "").split(",")
    if not entries and len(ids) >= _SURELY_SOME:
        raise RefusalError(f"200 with none of {len(ids)} papers")
    if not entries and asked.get("start", "0") == "0" and not query:
        return  # every identifier is unknown; by_ids finds out which
    title = line(feed.findtext(f"{_ATOM}title"))
    if query and _squeezed(f"search_query={query}&id_list=") not in _squeezed(title):
        raise MalformedError(
            f"arXiv understood another query than {query!r}: {title!r}", "write it with field prefixes"
        )


def _number(feed: Element, name: str) -> int:
    text = (feed.findtext(f"{_OPENSEARCH}{name}") or "").strip()
    if not text.isdecimal():
        raise RefusalError(f"200 with no {name}")
    return int(text)


def _squeezed(text: str) -> str:
    return "".join(text.split()).replace("(", "").replace(")", "")


def _paper(result: arxiv.Result) -> Paper:
    categories = dict.fromkeys([result.primary_category, *result.categories])
    return Paper(
        id=ArxivId.parse(result.entry_id),
        title=line(result.title),
        abstract=line(result.summary),
        authors=tuple(name for author in result.authors if (name := line(author.name))),
        categories=tuple(category for category in categories if category),
        published=result.published.date(),
        comment=line(result.comment),
        journal_ref=line(result.journal_ref),
        doi=line(result.doi),
    )
