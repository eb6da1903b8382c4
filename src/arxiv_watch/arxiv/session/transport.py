"""The rate-limited session for all of arXiv: returns whole documents, or a reason why not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import requests

from arxiv_watch import __version__
from arxiv_watch.arxiv.session import (
    BadDocumentError,
    MalformedError,
    NotNowError,
    RefusalError,
    RejectedError,
)
from arxiv_watch.arxiv.session.documents import check_marks, moment, reason_of
from arxiv_watch.arxiv.session.rate_limiter import ATTEMPTS, RateLimiter, Visit
from arxiv_watch.arxiv.settings import HOMEPAGE, PAGE_INTERVAL_FACTOR, ArxivSettings, is_arxiv
from arxiv_watch.bounds import CHUNK_BYTES, Bounds, TooLargeError, TooSlowError, bounded_session
from arxiv_watch.clock import Clock
from arxiv_watch.troubles import Trouble, TroubleKind

ACCEPT = "application/atom+xml, application/rss+xml, application/xml, text/xml, text/html, */*;q=0.1"
MAX_BYTES = 16 * 2**20  # the largest honest answers, 2,500 OAI records or 2,000 items, are half of it
MAX_REDIRECTS = 5
# OAI-PMH is known to give its first byte after 183 s.
BOUNDS = Bounds(connect=10.0, pause=200.0, whole=240.0, size=MAX_BYTES)

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_REDIRECTS = {301, 302, 303, 307, 308}
# 406 is how arXiv's edge sheds load since 2026; it comes and goes with 429 for the same request.
_NOT_NOW = {406, 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 524}

_logger = logging.getLogger(__name__)

Check = Callable[[bytes], None]
"""Looks at an answer's body and raises RefusalError if it is not an answer."""


class Session:
    """Fetches from arXiv when its limiter grants a turn, and within bounds for each request."""

    def __init__(
        self, settings: ArxivSettings, clock: Clock, limiter: RateLimiter, bounds: Bounds = BOUNDS
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._limiter = limiter
        self._bounds = bounds
        self._requests = bounded_session(clock, bounds, lambda: limiter.deadline)
        hosts = {urlsplit(url).hostname for url in settings.urls}
        self._requests.trust_env = not hosts <= _LOOPBACK  # no proxy for a stand-in on this machine
        self._requests.headers.update({"User-Agent": user_agent(settings.contact), "Accept": ACCEPT})
        self.requests = 0
        """Number of requests made so far, redirects and refusals included."""

    def close(self) -> None:
        """Close the connection."""
        self._requests.close()

    def fetch(self, url: str, check: Check) -> bytes:
        """Return the body of a whole answer that `check` accepts, after waiting and retrying.

        Raises:
            NotNowError: The host refuses, rests or is blocked, or time has run out.
            RejectedError: The host says that the request is wrong (400, 404 and their like).
        """
        asked = url
        refusals = 0
        redirects = 0
        _logger.info("asking %s", url)
        while redirects <= MAX_REDIRECTS:
            try:
                answer = self._once(asked, check)
            except RefusalError as refusal:
                _logger.info("%s: %s", asked, refusal.reason)
                refusals += 1
                if refusal.stop or refusals == ATTEMPTS:
                    host = urlsplit(asked).netloc
                    until = self._limiter.rests_until(host)
                    trouble = Trouble(TroubleKind.REFUSED, about=refusal.reason, host=host, until=until)
                    raise NotNowError(trouble) from refusal
                continue
            if isinstance(answer, bytes):
                return answer
            asked = redirected(asked, answer)
            redirects += 1
        raise RejectedError(f"{url} redirects endlessly")

    def _once(self, url: str, check: Check) -> bytes | str:
        """Make one request; return the body, or where it redirects to, as the host wrote it."""
        url = _encrypted(url)
        with self._limiter.turn(self._visit(url)):
            self.requests += 1
            _logger.debug("GET %s", url)
            try:
                with self._requests.get(url, allow_redirects=False, stream=True) as response:
                    answer = self._read(response)
            except requests.RequestException as error:
                raise RefusalError(f"no answer ({type(error).__name__})") from error
            except TooSlowError as error:
                raise RefusalError(str(error)) from error
            except TooLargeError as error:
                raise BadDocumentError(f"{url}: {error}", "it is not read on") from error
            if isinstance(answer, bytes):
                check_marks(answer)
                check(answer)
            return answer

    def _visit(self, url: str) -> Visit:
        host = urlsplit(url).netloc
        is_of_pages = host == urlsplit(self._settings.listing_url).netloc
        return Visit(
            host,
            interval=self._settings.request_interval * (PAGE_INTERVAL_FACTOR if is_of_pages else 1),
            api=url.startswith(_encrypted(self._settings.api_url)),
        )

    def _read(self, response: requests.Response) -> bytes | str:
        status = response.status_code
        if status in _REDIRECTS and "Location" in response.headers:
            return str(response.headers["Location"])
        if status == HTTPStatus.FORBIDDEN:
            raise RefusalError("403 Forbidden: this address is blocked for a day", stop=True)
        if status in _NOT_NOW:
            wait = retry_after_seconds(response.headers.get("Retry-After", ""), self._clock.now())
            raise RefusalError(f"{status} {response.reason}".strip(), retry_after=wait)
        body = self._bounds.join(response.iter_content(CHUNK_BYTES))
        if status != HTTPStatus.OK:
            kind = MalformedError if status == HTTPStatus.BAD_REQUEST else RejectedError
            address = response.url.partition("?")[0]  # its arguments would make the reason hard to find
            raise kind(f"{address} answered {status}: {reason_of(body)}")
        return body


def redirected(url: str, location: str) -> str:
    """Return the address that a redirect leads to: within arXiv's hosts, or within a mirror's own.

    arXiv redirects pages of an alias (`/catchup/cs.SY/…`), its old OAI-PMH and feed addresses, and whatever
    is asked in the clear. One that leads elsewhere, or from an encrypted address to one in the clear, is a
    `RejectedError`.
    """
    try:
        target = _encrypted(urljoin(url, location))
        before, after = urlsplit(url), urlsplit(target)
        is_within = is_arxiv(target) if is_arxiv(url) else after.hostname == before.hostname
    except ValueError as error:
        raise RejectedError(f"{url} redirects to {location!r}, which is no address ({error})") from error
    if after.scheme not in {"http", "https"} or not is_within:
        raise RejectedError(f"{url} redirects to {target}, which is another site's", "it is not followed")
    if before.scheme == "https" and after.scheme != "https":
        raise RejectedError(f"{url} redirects to {target}, which is not encrypted", "it is not followed")
    return target


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Read a Retry-After header in either of its forms, seconds or an HTTP date (RFC 9110, 10.2.3)."""
    if value.strip().isdecimal():
        return float(value)
    try:
        return max((moment(value) - now).total_seconds(), 0.0)
    except BadDocumentError:  # the year may have eleven digits
        return None


def _encrypted(url: str) -> str:
    """Return an address of arXiv's hosts as an encrypted one."""
    return url.replace("http://", "https://", 1) if is_arxiv(url) else url


def user_agent(contact: str) -> str:
    """Return the User-Agent header: name, version, home page, whom to write to."""
    mail = f"; mailto:{contact}" if contact else ""
    return f"arxiv-watch/{__version__} (+{HOMEPAGE}{mail})"
