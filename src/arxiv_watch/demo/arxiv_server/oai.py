"""OAI-PMH as oaipmh.arxiv.org answers since March 2025."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, quote, unquote, urlencode
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.arxiv.taxonomy import OAI_SETS, spellings
from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import Submission, World

PUBLISHED_AFTER = timedelta(hours=2, minutes=30)  # a batch reaches OAI-PMH at about 22:30 in New York
PAGE_SIZES = {"ListRecords": 2500, "ListIdentifiers": 20_000}
_EARLIEST = date(2005, 9, 16)
_FORMATS = {"oai_dc", "arXiv", "arXivRaw", "arXivOld"}
_BAD = (
    "The request includes illegal arguments, is missing required arguments, includes a repeated argument, "
    "or values for arguments have an illegal syntax. Reason: "
)


class _OaiError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def answer(world: World, request: Request, sets: frozenset[str], sizes: dict[str, int]) -> Response:
    """Answer `/oai`; protocol errors bear status 200.

    Args:
        world: The papers.
        request: With the arguments of OAI-PMH.
        sets: The sets that exist.
        sizes: Records and identifiers a page, by verb.
    """
    try:
        content = _content(world, request, sets, sizes)
    except _OaiError as error:
        content = f"<error code='{error.code}'>{escape(str(error))}</error>"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"    <responseDate>{request.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</responseDate>\n"
        f"    <request{''.join(f' {key}={quoteattr(text)}' for key, text in request.query.items())}>"
        f"https://oaipmh.arxiv.org/oai</request>\n    {content}\n</OAI-PMH>"
    )
    return Response(200, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})


def _content(world: World, request: Request, sets: frozenset[str], sizes: dict[str, int]) -> str:
    verb = request.query.get("verb", "")
    if verb == "Identify":
        return (
            "<Identify><repositoryName>arXiv</repositoryName><baseURL>https://oaipmh.arxiv.org/oai</baseURL>"
            f"<protocolVersion>2.0</protocolVersion><earliestDatestamp>{_EARLIEST}</earliestDatestamp>"
            "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>"
        )
    if verb not in sizes:
        raise _OaiError("badVerb", "Value of the verb argument is not a legal OAI-PMH verb.")
    arguments = _arguments(request, verb)
    since = _day(arguments, "from", _EARLIEST)
    until = _day(arguments, "until", request.moment.astimezone(UTC).date() + timedelta(days=1))
    if arguments.get("metadataPrefix") not in _FORMATS:
        raise _OaiError("badArgument", f"{_BAD}metadataPrefix required.")
    wanted = arguments.get("set", "")
    if wanted and wanted not in sets:
        raise _OaiError("badArgument", f"{_BAD}Set does not exist")
    visible_at = request.moment - PUBLISHED_AFTER
    found = [
        (each.datestamp(visible_at), each)
        for each in world.visible(visible_at)
        if not wanted or any(_is_in(wanted, spec) for spec in _specs(each, visible_at))
    ]
    found = [(stamp, each) for stamp, each in found if since <= stamp <= until]
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    skip = int(arguments.get("skip", "0"))
    page = found[skip : skip + sizes[verb]]
    if not page:
        raise _OaiError(
            "noRecordsMatch",
            "The combination of the values of the from, until, set and metadataPrefix arguments "
            "results in an empty list.",
        )
    render = _header if verb == "ListIdentifiers" else _record
    rows = "".join(render(stamp, each, visible_at) for stamp, each in page)
    return f"<{verb}>{rows}{_token(arguments, verb, found, skip + len(page), request.moment)}</{verb}>"


def _arguments(request: Request, verb: str) -> dict[str, str]:
    token = request.query.get("resumptionToken")
    if token is None:
        return request.query
    arguments = dict(parse_qsl(unquote(token)))
    if arguments.get("verb") != verb or not arguments.get("skip", "").isdecimal():
        raise _OaiError(
            "badResumptionToken",
            "The value of the resumptionToken argument is invalid or expired. "
            "Reason: Token decoding failed or format is invalid.",
        )
    return arguments


def _token(
    arguments: dict[str, str],
    verb: str,
    found: Sequence[tuple[date, Submission]],
    end: int,
    moment: datetime,
) -> str:
    """Return the token of a page: an offset into a list that moves on, from the last date seen."""
    if end >= len(found):
        return "<resumptionToken></resumptionToken>" if "skip" in arguments else ""
    last = found[end - 1][0]
    same_day = sum(stamp == last for stamp, _ in found[:end])
    following = {"verb": verb, "metadataPrefix": arguments["metadataPrefix"], "from": last.isoformat()}
    for name in ("until", "set"):
        if name in arguments:
            following[name] = arguments[name]
    following["skip"] = str(same_day)
    expires = moment.astimezone(UTC).date() + timedelta(days=1)
    return (
        f"<resumptionToken expirationDate='{expires}T00:00:00Z'>{quote(urlencode(following), safe='')}"
        "</resumptionToken>"
    )


def _day(arguments: dict[str, str], name: str, default: date) -> date:
    text = arguments.get(name)
    if text is None:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _OaiError("badArgument", f"{_BAD}{name} date format must be YYYY-MM-DD") from None
    if day < _EARLIEST:
        raise _OaiError("badArgument", f"{_BAD}start date too early")
    return day


def _specs(submission: Submission, moment: datetime) -> list[str]:
    """Return the sets of a paper: one for each category, aliases included."""
    names = {name for category in submission.categories(moment) for name in spellings(category)}
    return sorted(OAI_SETS[name] for name in names if name in OAI_SETS)


def _is_in(wanted: str, spec: str) -> bool:
    return spec == wanted or spec.startswith(f"{wanted}:")


def _header(stamp: date, submission: Submission, moment: datetime) -> str:
    specs = "".join(f"<setSpec>{spec}</setSpec>" for spec in _specs(submission, moment))
    return (
        f"<header><identifier>oai:arXiv.org:{submission.id.base}</identifier>"
        f"<datestamp>{stamp}</datestamp>{specs}</header>"
    )


def _record(stamp: date, submission: Submission, moment: datetime) -> str:
    paper, number = submission.paper, submission.version(moment)
    submitted = [submission.submitted, *(version.submitted for version in submission.replacements)][:number]
    versions = "".join(
        f'<version version="v{index}"><date>{format_datetime(each.astimezone(UTC), usegmt=True)}</date>'
        "<size>9kb</size></version>"
        for index, each in enumerate(submitted, start=1)
    )
    optional = {"comments": paper.comment, "journal-ref": paper.journal_ref, "doi": paper.doi}
    extras = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in optional.items() if text)
    return (
        f"<record>{_header(stamp, submission, moment)}<metadata>"
        '<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">'
        f"<id>{submission.id.base}</id><submitter>{escape((paper.authors or ('',))[0])}</submitter>{versions}"
        f"<title>{escape(paper.title)}</title><authors>{escape(', '.join(paper.authors))}</authors>"
        f"<categories>{' '.join(submission.categories(moment))}</categories>{extras}"
        f"<abstract>  {escape(paper.abstract)}</abstract></arXivRaw></metadata></record>"
    )
