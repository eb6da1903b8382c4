"""OAI-PMH as oaipmh.arxiv.org answers since March 2025; the code is https://github.com/arXiv/oaipmh."""

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
_FORMATS = ("oai_dc", "arXiv", "arXivOld", "arXivRaw")
_ARGUMENTS = {"verb", "metadataPrefix", "from", "until", "set"}
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_MESSAGES = {
    "badArgument": "The request includes illegal arguments, is missing required arguments, includes a "
    "repeated argument, or values for arguments have an illegal syntax.",
    "badResumptionToken": "The value of the resumptionToken argument is invalid or expired.",
    "badVerb": "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is missing, or the "
    "verb argument is repeated.",
    "cannotDisseminateFormat": "The metadata format identified by the value given for the metadataPrefix "
    "argument is not supported by the item or by the repository.",
    "noRecordsMatch": "The combination of the values of the from, until, set and metadataPrefix arguments "
    "results in an empty list.",
}


class _OaiError(Exception):
    """An error of the protocol; only what is named as an argument does not count as illegal is echoed."""

    def __init__(self, code: str, reason: str = "", echoed: dict[str, str] | None = None) -> None:
        super().__init__(" Reason: ".join(filter(None, (_MESSAGES[code], reason))))
        self.code = code
        self.echoed = echoed or {}


def answer(world: World, request: Request, sets: frozenset[str], sizes: dict[str, int]) -> Response:
    """Answer `/oai`; protocol errors bear status 200.

    Args:
        world: The papers.
        request: With the arguments of OAI-PMH.
        sets: The sets that exist.
        sizes: Records and identifiers a page, by verb.
    """
    echoed = request.query
    try:
        content = _content(world, request, sets, sizes)
    except _OaiError as error:
        content, echoed = f"<error code='{error.code}'>{escape(str(error))}</error>", error.echoed
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" {_XSI}\n'
        '         xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ '
        'http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
        f"    <responseDate>{request.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</responseDate>\n"
        f"    <request{''.join(f' {key}={quoteattr(text)}' for key, text in echoed.items())}>"
        f"https://oaipmh.arxiv.org/oai</request>\n    {content}\n</OAI-PMH>"
    )
    return Response(200, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})


def _content(world: World, request: Request, sets: frozenset[str], sizes: dict[str, int]) -> str:
    verb = request.query.get("verb", "")
    if verb == "Identify":
        return _IDENTIFY
    if verb not in sizes:
        raise _OaiError("badVerb", "Invalid verb provided")
    arguments = _arguments(request, verb)
    since, until = _span(arguments, request.moment.astimezone(UTC).date())
    wanted = arguments.get("set", "")
    if wanted and wanted not in sets:
        raise _OaiError("badArgument", "Set does not exist")
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
        raise _OaiError("noRecordsMatch", echoed=request.query)
    render = _header if verb == "ListIdentifiers" else _record
    rows = "".join(render(stamp, each, visible_at) for stamp, each in page)
    return f"<{verb}>{rows}{_token(arguments, verb, found, skip + len(page), request.moment)}</{verb}>"


def _arguments(request: Request, verb: str) -> dict[str, str]:
    token = request.query.get("resumptionToken")
    arguments = request.query
    if token is not None:
        arguments = dict(parse_qsl(unquote(token)))
        if "verb" not in arguments or not arguments.get("skip", "").isdecimal():
            raise _OaiError("badResumptionToken", "Token decoding failed or format is invalid.")
        if arguments["verb"] != verb:
            raise _OaiError("badResumptionToken", "token from different verb", request.query)
    if "metadataPrefix" not in arguments:
        raise _OaiError("badArgument", "metadataPrefix required.")
    if set(arguments) - _ARGUMENTS - {"skip"}:
        raise _OaiError(
            "badArgument", f"Unallowed parameter. Allowed parameters: {', '.join(sorted(_ARGUMENTS))}"
        )
    if arguments["metadataPrefix"] not in _FORMATS:
        raise _OaiError("cannotDisseminateFormat", "Did not recognize requested format", {"verb": verb})
    return arguments


def _span(arguments: dict[str, str], today: date) -> tuple[date, date]:
    """Return the first and the last day that are asked for."""
    since, until = _day(arguments, "from", _EARLIEST), _day(arguments, "until", today)
    if since > until:
        raise _OaiError("badArgument", "until date must be greater than or equal to from date")
    if since < _EARLIEST:
        raise _OaiError("badArgument", "start date too early")
    if until > today + timedelta(days=1):
        raise _OaiError("badArgument", "until date too late")
    return since, until


def _token(
    arguments: dict[str, str],
    verb: str,
    found: Sequence[tuple[date, Submission]],
    end: int,
    moment: datetime,
) -> str:
    """Return the token of a page: an offset into a list that moves on, from the last date seen."""
    if end >= len(found):
        return "<resumptionToken/>" if "skip" in arguments else ""
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
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise _OaiError("badArgument", f"{name} date format must be YYYY-MM-DD") from None


def _specs(submission: Submission, moment: datetime) -> list[str]:
    """Return the sets of a paper: one for each category, each alias after its category."""
    names = dict.fromkeys(
        name
        for category in submission.categories(moment)
        for name in (category, *sorted(spellings(category) - {category}))
    )
    return [OAI_SETS[name] for name in names if name in OAI_SETS]


_IDENTIFY = f"""<Identify><repositoryName>arXiv</repositoryName>
<baseURL>https://oaipmh.arxiv.org/oai</baseURL><protocolVersion>2.0</protocolVersion>
<adminEmail>help@arxiv.org</adminEmail><earliestDatestamp>{_EARLIEST}</earliestDatestamp>
<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>"""


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
        f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/" {_XSI} '
        'xsi:schemaLocation="http://arxiv.org/OAI/arXivRaw/ https://oaipmh.arxiv.org/OAI/arXivRaw.xsd">'
        f"<id>{submission.id.base}</id><submitter>{escape((paper.authors or ('',))[0])}</submitter>{versions}"
        f"<title>{escape(paper.title)}</title><authors>{escape(', '.join(paper.authors))}</authors>"
        f"<categories>{' '.join(submission.categories(moment))}</categories>{extras}"
        "<license>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</license>"
        f"<abstract>  {escape(paper.abstract)}</abstract></arXivRaw></metadata></record>"
    )
