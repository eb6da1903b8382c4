"""What arXiv is known to do wrong, as changes to honest responses.

Each is a factory: `server.fault(Role.RSS, stale(server), path="cs.AI")`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from arxiv_watch.demo.arxiv_server import Request, Response
from stand_ins.arxiv_server import Change, FaultyArxiv, FaultyResponse

_ITEM = re.compile(rb"<(item|entry)>(?:(?!<\1>).)*?</\1>", re.DOTALL)
_DT = re.compile(rb"<dt>(?:(?!<dt>).)*?</dd>", re.DOTALL)
_RECORD = re.compile(rb"<(record|header)>(?:(?!<\1>).)*?</\1>", re.DOTALL)
_BOMB = (
    b'<!DOCTYPE bomb [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
_XXE = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def faulty(response: Response, **changes: Any) -> FaultyResponse:
    """Return a response with changes, of its connection too."""
    return FaultyResponse(**{**vars(response), **changes})


def refuse(status: int, retry_after: str | None = None, body: bytes = b"") -> Change:
    """Refuse with a status, and a Retry-After if one is given."""
    headers = {"Content-Type": "text/plain", "Cache-Control": "private, no-store"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return lambda _request, _response: Response(status, body, headers)


def refuse_sometimes(status: int, share: float, seed: int = 0) -> Change:
    """Refuse a share of the requests."""
    chance = random.Random(seed)  # noqa: S311 - a script of faults, repeatable

    def change(_request: Request, response: Response) -> Response:
        return Response(status) if chance.random() < share else response

    return change


def refuse_without_accept() -> Change:
    """Refuse requests that name no types they accept, as arXiv's edge does."""

    def change(request: Request, response: Response) -> Response:
        return response if request.headers.get("accept", "*/*") != "*/*" else Response(406)

    return change


def say(body: bytes, content_type: str = "text/html", status: int = 200) -> Change:
    """Answer with something else altogether."""
    return lambda _request, _response: Response(status, body, {"Content-Type": content_type})


def block() -> Change:
    """Answer 403 with the page that arXiv shows to the blocked."""
    return say(b"<html><body><h1>Access denied</h1></body></html>", status=403)


def reset() -> Change:
    """Cut the connection."""
    return lambda _request, response: faulty(response, reset=True)


def slow(seconds: float) -> Change:
    """Let the first byte take its time, on the stand-in's clock."""
    return lambda _request, response: faulty(response, seconds=seconds)


def hang(seconds: float) -> Change:
    """Let the first byte take its time, on the real clock."""
    return lambda _request, response: faulty(response, real_seconds=seconds)


def drip(length: int, pause: float) -> Change:
    """Announce the whole body and send its first bytes one at a time, the stand-in's seconds apart."""

    def change(_request: Request, response: Response) -> Response:
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        return faulty(response, body=response.body[:length], headers=headers, pause=pause, reset_after=True)

    return change


def truncate(share: float = 0.5) -> Change:
    """Send the beginning of the body as if it were all."""
    return lambda _request, response: replace(response, body=response.body[: int(len(response.body) * share)])


def cut_short() -> Change:
    """Announce the whole body and send half of it."""

    def change(_request: Request, response: Response) -> Response:
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        return faulty(
            response, body=response.body[: len(response.body) // 2], headers=headers, reset_after=True
        )

    return change


def stale(server: FaultyArxiv, days: int = 1) -> Change:
    """Send the content of an earlier day with today's dates, as a race at midnight does."""

    def change(request: Request, _response: Response) -> Response:
        then = server.honest(replace(request, moment=request.moment - timedelta(days=days)))
        body = then.body
        for old, new in _dates(request, days):
            body = body.replace(old, new)
        return replace(then, body=body)

    return change


def _dates(request: Request, days: int) -> list[tuple[bytes, bytes]]:
    formats = ("%a, %d %b %Y", "%Y-%m-%d")
    earlier = request.moment - timedelta(days=days)
    return [(earlier.strftime(text).encode(), request.moment.strftime(text).encode()) for text in formats]


def empty_items() -> Change:
    """Send the feed without any of its items."""
    return lambda _request, response: replace(response, body=_ITEM.sub(b"", response.body))


def drop_items(keep: Callable[[int, int], bool]) -> Change:
    """Send the feed, page or OAI-PMH list without some of its items.

    Args:
        keep: Given an item's index and their number, whether it stays.
    """

    def change(_request: Request, response: Response) -> Response:
        for pattern in (_ITEM, _DT, _RECORD):
            found = list(pattern.finditer(response.body))
            if found:
                break
        body = bytearray(response.body)
        for index in range(len(found) - 1, -1, -1):
            if not keep(index, len(found)):
                del body[found[index].start() : found[index].end()]
        return replace(response, body=bytes(body))

    return change


def drop_ids(*bases: str) -> Change:
    """Send everything without the items that name these identifiers."""

    def change(_request: Request, response: Response) -> Response:
        body = response.body
        for pattern in (_ITEM, _DT, _RECORD):
            body = pattern.sub(
                lambda found: b"" if any(base.encode() in found[0] for base in bases) else found[0], body
            )
        return replace(response, body=body)

    return change


def substitute(old: bytes, new: bytes, count: int = -1) -> Change:
    """Replace bytes of the body."""
    return lambda _request, response: replace(response, body=response.body.replace(old, new, count))


def damage_first_item() -> Change:
    """Put a bare ampersand and an open tag into the first item: the document is not XML any more."""
    return substitute(b"<title>Paper", b"<title><b>R&D Paper", 1)


def duplicate_first_item() -> Change:
    """Send the first item twice."""

    def change(_request: Request, response: Response) -> Response:
        found = _ITEM.search(response.body)
        body = response.body if found is None else response.body.replace(found[0], found[0] * 2, 1)
        return replace(response, body=body)

    return change


def entity_bomb() -> Change:
    """Declare entities that grow."""
    return substitute(b"?>\n", b"?>\n" + _BOMB, 1)


def external_entity() -> Change:
    """Declare an entity that names a file of the reader."""
    return substitute(b"?>\n", b"?>\n" + _XXE, 1)


def latin_1() -> Change:
    """Send Latin-1 that is declared as UTF-8."""
    return substitute(b"Abstract", "Absträ".encode("latin-1"))


def wrong_counts(extra: int = 5) -> Change:
    """Declare more entries on a page than there are."""

    def change(_request: Request, response: Response) -> Response:
        body = re.sub(
            rb"of (\d+) entries", lambda found: b"of %d entries" % (int(found[1]) + extra), response.body
        )
        return replace(response, body=body)

    return change


def redirect(target: str, status: int = 301) -> Change:
    """Redirect; `{path}` in the target stands for the path."""

    def change(request: Request, _response: Response) -> Response:
        query = "&".join(f"{key}={value}" for key, value in request.query.items())
        location = target.format(path=request.path) + (f"?{query}" if query else "")
        return Response(status, b"", {"Location": location})

    return change


def lag(server: FaultyArxiv, hours: float) -> Change:
    """Answer as of some hours ago: a replica that lags behind."""
    return lambda request, _response: server.honest(
        replace(request, moment=request.moment - timedelta(hours=hours))
    )
