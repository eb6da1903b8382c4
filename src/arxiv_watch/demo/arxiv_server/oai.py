"""OAI-PMH as oaipmh.arxiv.org answers since March 2025; the code is https://github.com/arXiv/oaipmh."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.arxiv.taxonomy import OAI_SETS, spellings
from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import Submission, World

PUBLISHED_AFTER = timedelta(hours=2, minutes=30)  # a batch reaches OAI-PMH at about 22:30 in New York
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
NO_RECORDS = (
    "The combination of the values of the from, until, set and metadataPrefix arguments results in an empty "
    "list."
)


def answer(world: World, request: Request) -> Response:
    """Answer `ListRecords` and `ListIdentifiers`, all on one page."""
    verb, since = request.query["verb"], date.fromisoformat(request.query["from"])
    found = changed(world, request, request.query.get("set", ""), since, date.max)
    content = listed(verb, found, request)
    if not found:
        content = f"<error code='noRecordsMatch'>{NO_RECORDS}</error>"
    return Response(200, document(content, request.query, request.moment), HEADERS)


Changed = list[tuple[date, Submission]]
"""Papers with the day of their last change, oldest first."""


def changed(world: World, request: Request, wanted: str, since: date, until: date) -> Changed:
    """Return what of a set, or of all arXiv, was last changed from one day to another."""
    visible_at = request.moment - PUBLISHED_AFTER
    found = [
        (each.datestamp(visible_at), each)
        for each in world.visible(visible_at)
        if not wanted or any(_is_in(wanted, spec) for spec in _specs(each, visible_at))
    ]
    found = [(stamp, each) for stamp, each in found if since <= stamp <= until]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def listed(verb: str, page: Changed, request: Request, token: str = "") -> str:
    """Write a page of a list, with the token of the next."""
    render = _header if verb == "ListIdentifiers" else _record
    rows = "".join(render(stamp, each, request.moment - PUBLISHED_AFTER) for stamp, each in page)
    return f"<{verb}>{rows}{token}</{verb}>"


def document(content: str, echoed: dict[str, str], moment: datetime) -> bytes:
    """Write a document around what it answers, with the arguments that it echoes."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" {_XSI}\n'
        '         xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ '
        'http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
        f"    <responseDate>{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</responseDate>\n"
        f"    <request{''.join(f' {key}={quoteattr(text)}' for key, text in echoed.items())}>"
        f"https://oaipmh.arxiv.org/oai</request>\n    {content}\n</OAI-PMH>"
    ).encode()


def _specs(submission: Submission, moment: datetime) -> list[str]:
    """Return the sets of a paper: one for each category, each alias after its category."""
    names = dict.fromkeys(
        name
        for category in submission.categories(moment)
        for name in (category, *sorted(spellings(category) - {category}))
    )
    return [OAI_SETS[name] for name in names if name in OAI_SETS]


def _is_in(wanted: str, spec: str) -> bool:
    return spec == wanted or spec.startswith(f"{wanted}:")


def _header(stamp: date, submission: Submission, moment: datetime) -> str:
    specs = "".join(f"<setSpec>{spec}</setSpec>" for spec in _specs(submission, moment))
    return (
        f"<header><identifier>oai:arXiv.org:{submission.id.base}</identifier>"
        f"<datestamp>{stamp}</datestamp>{specs}</header>"
    )


def _record(stamp: date, submission: Submission, moment: datetime) -> str:
    paper = submission.paper
    versions = "".join(
        f'<version version="v{index}"><date>{format_datetime(each.astimezone(UTC), usegmt=True)}</date>'
        "<size>9kb</size></version>"
        for index, each in enumerate(submission.versions(moment), start=1)
    )
    optional = {"comments": paper.comment, "journal-ref": paper.journal_ref, "doi": paper.doi}
    extras = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in optional.items() if text)
    return (
        f"<record>{_header(stamp, submission, moment)}<metadata>"
        f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/" {_XSI} '
        'xsi:schemaLocation="http://arxiv.org/OAI/arXivRaw/ https://oaipmh.arxiv.org/OAI/arXivRaw.xsd">'
        f"<id>{submission.id.base}</id><submitter>{escape((paper.authors or ('',))[0])}</submitter>{versions}"
        f"<title>{escape(paper.title)}</title><authors>{escape(', '.join(paper.authors))}</authors>"
        f"<categories>{' '.join(submission.categories(moment))}</categories>{extras}"
        "<license>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</license>"
        f"<abstract>  {escape(paper.abstract)}</abstract></arXivRaw></metadata></record>"
    )
