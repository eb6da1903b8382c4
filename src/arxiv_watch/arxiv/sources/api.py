"""arXiv's search API through the `arxiv` package, on our own session and without its silent failures.

The package stops without an error at an empty first page, takes truncated XML for a short answer and
skips entries it cannot read. So every answer is checked before the package sees it, and what it makes
of the answer is counted afterwards. The API: https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_plus, urlsplit
from xml.etree.ElementTree import Element

from arxiv_watch.arxiv.session import BadDocumentError, MalformedError, RefusalError
from arxiv_watch.arxiv.session.documents import check_xml, line, moment, xml
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.tex import clean_names, decode_accents

if TYPE_CHECKING:
    import arxiv
    from arxiv_watch.arxiv.session.transport import Session

PAGE = 100  # identifiers or results a request; larger pages are known to come back empty
QUERY_DAYS = 60  # how far back an extra query looks: moderation has held papers for a month
QUERY_LIMIT = 2000  # results that are read of a query, in 23 requests
OVERLAP = 10  # results that two pages share: the index moves while it is paged through
_SURELY_SOME = 10  # of so many identifiers one at least exists

_ATOM = "{http://www.w3.org/2005/Atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"

# Matches "214881", the results for "testing".
_COUNT = re.compile(r"[0-9]{1,9}")
# Matches "arXiv Query: search_query=cat:cs.LG&id_list=" before "&start=0&max_results=100".
_ECHO = re.compile(r"\A(?>.*?search_query=)(?P<query>.*)&id_list=")


@dataclass(frozen=True, slots=True)
class Found:
    """The papers that a query finds, the last submitted first; whole if they reach `QUERY_DAYS` back."""

    papers: tuple[Paper, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Answer:
    """A response, as far as the `arxiv` package reads it."""

    content: bytes
    status_code: int = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class _CheckedSession:
    """Stands in for `requests.Session` inside the `arxiv` package's client."""

    session: Session

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> _Answer:
        """Fetch through the rate-limited session; its own User-Agent stands, not the package's."""
        del headers
        return _Answer(self.session.fetch(url, lambda body: _check_answer(body, url)))


@dataclass(slots=True)
class SearchApi:
    """Searches and metadata through the rate-limited session, at an address like that of arXiv's API."""

    session: Session
    url: str

    def by_ids(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        """Return the papers that exist of at most 100 identifiers; a malformed one makes arXiv refuse all."""
        import arxiv  # not needed before the first request

        search = arxiv.Search(id_list=[identifier.base for identifier in ids], max_results=len(ids))
        papers = self._papers(search, page=len(ids))
        return {paper.id: paper for paper in papers}

    def search(self, query: str, today: date) -> Found:
        """Return the newest papers that a query in arXiv's syntax finds."""
        import arxiv  # not needed before the first request

        query = as_sent(query)
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
            if len(page) > OVERLAP and all(paper.id in found for paper in page):
                raise BadDocumentError("the search API repeats a page")
            # Sorted by date: once a page is older, so are all that follow, whatever arXiv made of the dates.
            recent = [paper for paper in page if paper.published is None or paper.published >= since]
            found |= {paper.id: paper for paper in recent}
            if len(page) < PAGE or not recent:
                return Found(tuple(found.values()), is_whole=True)
        return Found(tuple(found.values()), is_whole=False)

    def _papers(self, search: arxiv.Search, *, page: int, start: int = 0) -> list[Paper]:
        import arxiv  # not needed before the first request

        client = arxiv.Client(page_size=page, delay_seconds=0, num_retries=0)  # the session waits and retries
        client.query_url_format = self.url + "?{}"
        client._session = _CheckedSession(self.session)  # noqa: SLF001 - the package has no other seam
        return [_paper(result) for result in client.results(search, offset=start)]


def _check_answer(body: bytes, url: str) -> None:
    """Refuse an answer that the package would take for an honest "nothing found"."""
    check_xml(body)
    try:
        feed = xml(body)
    except BadDocumentError as error:
        raise RefusalError(f"200 with a broken answer: {error.message}") from error
    asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    _check_entries(feed, asked)
    _check_echo(feed, asked.get("search_query", ""))


def _check_entries(feed: Element, asked: Mapping[str, str]) -> None:
    entries = feed.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            raise MalformedError(f"arXiv's API: {line(entry.findtext(f'{_ATOM}summary'))}")
        _check_entry(entry)
    total, start = _number(feed, "totalResults"), _number(feed, "startIndex")
    expected = max(0, min(total - start, int(asked["max_results"])))
    if len(entries) < expected:
        raise RefusalError(f"200 with {len(entries)} of {expected} entries")
    ids = asked.get("id_list", "").split(",")
    if not entries and len(ids) >= _SURELY_SOME:
        raise RefusalError(f"200 with none of {len(ids)} papers")


def _check_entry(entry: Element) -> None:
    """Refuse an answer with an entry that the package would skip, or fail over."""
    name = line(entry.findtext(f"{_ATOM}id"))
    if ArxivId.find(name) is None:
        raise RefusalError(f"200 with an entry without an identifier: {name[:60]!r}")
    for field in ("published", "updated"):
        try:
            moment(entry.findtext(f"{_ATOM}{field}"))
        except BadDocumentError as error:
            raise RefusalError(f"200 with {name}, whose {field} cannot be read: {error.message}") from error


def _check_echo(feed: Element, query: str) -> None:
    """Refuse the answer to another query: one whose echo lacks a word of ours."""
    echo = _ECHO.search(line(feed.findtext(f"{_ATOM}title")))
    if echo is not None and lacks_words(echo["query"], query):
        raise RefusalError(f"200 with the answer to another query: {echo['query']!r}")


def _number(feed: Element, name: str) -> int:
    text = line(feed.findtext(f"{_OPENSEARCH}{name}"))
    if not _COUNT.fullmatch(text):
        raise RefusalError(f"200 with no {name}")
    return int(text)


def _paper(result: arxiv.Result) -> Paper:
    categories = dict.fromkeys([result.primary_category, *result.categories])
    return Paper(
        id=ArxivId.parse(result.entry_id),
        title=decode_accents(line(result.title)),
        abstract=line(result.summary),
        authors=clean_names(author.name for author in result.authors),
        categories=tuple(category for category in categories if category),
        published=result.published.date(),
        comment=line(result.comment),
        journal_ref=line(result.journal_ref),
        doi=line(result.doi),
    )


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

    One that arXiv would read otherwise than it is written, or fail over, is a `MalformedError`.
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
