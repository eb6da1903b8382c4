"""OAI-PMH as oaipmh.arxiv.org answers since March 2025: pages with tokens, and errors.

The code is https://github.com/arXiv/oaipmh.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlencode
from xml.sax.saxutils import escape

from arxiv_watch.arxiv.taxonomy import OAI_SETS
from arxiv_watch.demo.arxiv_server import Request, Response
from arxiv_watch.demo.arxiv_server.oai import HEADERS, NO_RECORDS, Changed, changed, document, listed
from stand_ins.arxiv_world import World

PAGE_SIZES = {"ListRecords": 2500, "ListIdentifiers": 20_000}
_EARLIEST = date(2005, 9, 16)
_SETS = {":".join(name.split(":")[:depth]) for name in OAI_SETS.values() for depth in (1, 2, 3)}
_FORMATS = ("oai_dc", "arXiv", "arXivOld", "arXivRaw")
_ARGUMENTS = {"verb", "metadataPrefix", "from", "until", "set"}
_MESSAGES = {
    "badArgument": "The request includes illegal arguments, is missing required arguments, includes a "
    "repeated argument, or values for arguments have an illegal syntax.",
    "badResumptionToken": "The value of the resumptionToken argument is invalid or expired.",
    "badVerb": "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is missing, or the "
    "verb argument is repeated.",
    "cannotDisseminateFormat": "The metadata format identified by the value given for the metadataPrefix "
    "argument is not supported by the item or by the repository.",
    "noRecordsMatch": NO_RECORDS,
}


class _OaiError(Exception):
    """An error of the protocol; only what is named as an argument does not count as illegal is echoed."""

    def __init__(self, code: str, reason: str = "", echoed: dict[str, str] | None = None) -> None:
        super().__init__(" Reason: ".join(filter(None, (_MESSAGES[code], reason))))
        self.code = code
        self.echoed = echoed or {}


def answer(world: World, request: Request, sizes: dict[str, int]) -> Response:
    """Answer `/oai`; protocol errors bear status 200.

    Args:
        world: The papers.
        request: With the arguments of OAI-PMH.
        sizes: Records and identifiers a page, by verb.
    """
    echoed = request.query
    try:
        content = _content(world, request, sizes)
    except _OaiError as error:
        content, echoed = f"<error code='{error.code}'>{escape(str(error))}</error>", error.echoed
    return Response(200, document(content, echoed, request.moment), HEADERS)


def _content(world: World, request: Request, sizes: dict[str, int]) -> str:
    verb = request.query.get("verb", "")
    if verb == "Identify":
        return _IDENTIFY
    if verb not in sizes:
        raise _OaiError("badVerb", "Invalid verb provided")
    arguments = _arguments(request, verb)
    since, until = _span(arguments, request.moment.astimezone(UTC).date())
    wanted = arguments.get("set", "")
    if wanted and wanted not in _SETS:
        raise _OaiError("badArgument", "Set does not exist")
    found = changed(world, request, wanted, since, until)
    skip = int(arguments.get("skip", "0"))
    page = found[skip : skip + sizes[verb]]
    if not page:
        raise _OaiError("noRecordsMatch", echoed=request.query)
    return listed(verb, page, request, _token(arguments, verb, found, skip + len(page), request.moment))


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
    found: Changed,
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


_IDENTIFY = f"""<Identify><repositoryName>arXiv</repositoryName>
<baseURL>https://oaipmh.arxiv.org/oai</baseURL><protocolVersion>2.0</protocolVersion>
<adminEmail>help@arxiv.org</adminEmail><earliestDatestamp>{_EARLIEST}</earliestDatestamp>
<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>"""
