"""One HTTP request at a time, paced, repeated only where that is safe, and understood.

Requests go through PyGithub's requester and not through its objects: those fetch what they lack
behind one's back, and its default retries repeat POSTs that may have been done already. The requester
makes exactly the request that it is asked for, which is what a budget and bounded retries need.
Answers are judged here and not by the requester, which raises one error for everything that GraphQL
refuses and takes a redirected write for a success.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from arxiv_watch.bounds import BoundedAdapter, Bounds, OutOfBoundsError
from arxiv_watch.clock import Clock
from arxiv_watch.errors import GitHubError
from arxiv_watch.forge.facts import Json
from arxiv_watch.forge.refusals import (
    AnswerError,
    Kind,
    LostAnswerError,
    Refusal,
    WorldMovedError,
    understand,
)
from arxiv_watch.forge.settings import ForgeSettings

if TYPE_CHECKING:
    from github.Requester import Requester

log = logging.getLogger(__name__)

# The largest answer is a list as a blob, in Base64.
BOUNDS = Bounds(connect=30.0, pause=30.0, whole=120.0, size=64 * 2**20, work=5.0)
TIME_LIMIT = timedelta(minutes=15)  # of all exchanges of a run
WRITE_INTERVAL_SECONDS = 1.0  # GitHub's best practices: at least a second between requests that write
ATTEMPTS = 3
WAIT_BUDGET_SECONDS = 300.0  # all waiting of one run for limits to pass
FIRST_WAIT_SECONDS = 60.0  # GitHub's advice where a secondary limit names no time
GRAPHQL = "/graphql"
MOST_REDIRECTS = 3

_REDIRECTS = frozenset({301, 302, 307, 308})
# matches '<https://api.github.com/x?page=2>; rel="next"' in a `Link` header
_NEXT = re.compile(r'<([^<>]+)>;[^,<]*\brel="next"')


@dataclass(frozen=True, slots=True)
class Granted:
    """What GitHub granted: the JSON, and the path of the page after it, None on the last one."""

    json: Json
    next: str | None = None


class Transport:
    """Makes requests.

    Args:
        settings: Where and as whom.
        clock: Paces the writes and waits for limits.
    """

    def __init__(self, settings: ForgeSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._requester: Requester | None = None
        self._last_write: datetime | None = None
        self._waited = 0.0
        self._time_left = TIME_LIMIT
        self.requests = 0

    def send(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Json] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        repeatable: bool = True,
        paced: bool = True,
    ) -> Granted:
        """Make one request, waiting for limits and repeating what may be repeated, within bounds.

        Args:
            verb: The HTTP verb.
            path: The path below the API's root.
            body: The JSON body.
            query: The query's parameters.
            repeatable: Whether doing it twice is the same as doing it once.
            paced: Whether it counts as a write.

        Raises:
            AnswerError: GitHub refused.
            WorldMovedError: Somebody else was faster.
            LostAnswerError: The answer to a write that must not be repeated was lost.
        """
        attempt = 1
        while True:
            if verb != "GET" and paced:
                self._pace()
            answer = self._attempt(verb, path, body, query)
            if isinstance(answer, Granted):
                return answer
            log.info("%s %s: %s", verb, path, answer.message)
            again = attempt < ATTEMPTS and answer.kind in {Kind.LIMITED, Kind.TRANSIENT}
            if answer.kind is Kind.TRANSIENT and not repeatable:
                raise LostAnswerError(
                    f"GitHub did not confirm {verb} {path}: {answer.message}", answer.advice
                )
            if answer.kind is Kind.STALE:
                raise WorldMovedError(f"GitHub refused {verb} {path}: {answer.message}", "run again")
            if not again or not self._wait(answer, attempt):
                raise AnswerError(answer, f"{verb} {path}")
            attempt += 1

    def _attempt(
        self, verb: str, path: str, body: Mapping[str, Json] | None, query: Mapping[str, str] | None
    ) -> Granted | Refusal:
        """Make a request, wherever within the API it is redirected to.

        GitHub redirects what is asked of a repository that was renamed or transferred: reads by 301,
        which the requester follows, writes by 307, to be repeated with the same verb and body
        (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
        """
        place, parameters = path, query
        for _ in range(MOST_REDIRECTS + 1):
            received = self._exchange(verb, place, body, parameters)
            if isinstance(received, Refusal):
                return received
            status, headers, data = received
            if status not in _REDIRECTS:
                return self._judge(path, status, headers, data)
            target = below(self._settings.api_url, headers.get("location", ""))
            if target is None:
                break
            place, parameters = target, None
        raise GitHubError(
            f"GitHub redirected {verb} {path} to {headers.get('location') or 'nowhere'}",
            "was the repository renamed? Set GITHUB_REPOSITORY to its new name, and check GITHUB_API_URL",
        )

    def _judge(self, path: str, status: int, headers: Mapping[str, str], data: Json) -> Granted | Refusal:
        now = self._clock.now().timestamp()
        is_graphql_error = path == GRAPHQL and isinstance(data, dict) and data.get("errors")
        if status >= HTTPStatus.BAD_REQUEST or is_graphql_error:
            return understand(status, data, headers, now)
        link = _NEXT.search(headers.get("link", ""))
        # Behind a proxy the link names GitHub's own host; what tells the pages apart is the query.
        query = urlsplit(link[1]).query if link else ""
        return Granted(data, f"{path.partition('?')[0]}?{query}" if query else None)

    def _exchange(
        self, verb: str, path: str, body: Mapping[str, Json] | None, query: Mapping[str, str] | None
    ) -> tuple[int, Mapping[str, str], Json] | Refusal:
        """Send one request; return status, headers with names in lower case, and the body as JSON or text."""
        self.requests += 1
        started = self._clock.now()
        try:
            requester = self._connect()
            status, headers, text = requester.requestJson(
                verb,
                requester.graphql_url if path == GRAPHQL else path,
                parameters=dict(query or {}),
                input=dict(body) if body is not None else None,
            )
            is_error = status >= HTTPStatus.BAD_REQUEST  # whose body need not be JSON
            data = _load(text) if is_error else json.loads(text or "null")
        except (requests.RequestException, json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            kind = type(error).__name__
            return Refusal(Kind.TRANSIENT, kind, f"is {self._settings.api_url} reachable?")
        except OutOfBoundsError as error:
            return Refusal(Kind.TRANSIENT, str(error), f"is {self._settings.api_url} GitHub's API?")
        except RuntimeError as error:
            # What PyGithub raises when it is redirected to another host or scheme.
            raise GitHubError(f"GitHub redirected {verb} {path}: {error}", "check GITHUB_API_URL") from error
        finally:
            self._time_left -= self._clock.now() - started
        return status, {name.lower(): str(value) for name, value in headers.items()}, data

    def _connect(self) -> Requester:
        if self._requester is None:
            # Here and not above: whoever never talks to GitHub need not load PyGithub.
            from arxiv_watch.forge.connection import connect

            adapter = BoundedAdapter(self._clock, BOUNDS, lambda: self._clock.now() + self._time_left)
            self._requester = connect(self._settings, adapter)
        return self._requester

    def _pace(self) -> None:
        if self._last_write is not None:
            since = (self._clock.now() - self._last_write).total_seconds()
            if since < WRITE_INTERVAL_SECONDS:
                self._clock.sleep(WRITE_INTERVAL_SECONDS - max(since, 0.0))
        self._last_write = self._clock.now()

    def _wait(self, refusal: Refusal, attempt: int) -> bool:
        """Wait as asked; False where that would take longer than a run should."""
        if refusal.kind is Kind.LIMITED:
            seconds = refusal.wait if refusal.wait is not None else FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
        else:
            seconds = float(2 ** (attempt - 1))
        if self._waited + seconds > WAIT_BUDGET_SECONDS:
            return False
        self._waited += seconds
        self._clock.sleep(seconds)
        return True


def below(root: str, location: str) -> str | None:
    """Return the path and query of an address below the API's root, or None where it leads elsewhere."""
    ours, theirs = urlsplit(root), urlsplit(location)
    same = (ours.scheme, ours.netloc.casefold()) == (theirs.scheme, theirs.netloc.casefold())
    if not same or not theirs.path.startswith(f"{ours.path}/"):
        return None
    path = theirs.path[len(ours.path) :]
    return f"{path}?{theirs.query}" if theirs.query else path


def _load(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text
