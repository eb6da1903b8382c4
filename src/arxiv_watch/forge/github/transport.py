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
from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.github.facts import Json
from arxiv_watch.forge.github.refusals import Refusal, understand
from arxiv_watch.forge.github.settings import GitHubSettings
from arxiv_watch.forge.host import AnswerError, Kind, LostAnswerError, WorldMovedError

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

# matches '<https://api.github.com/x?page=2>; rel="next"' in a `Link` header
_NEXT = re.compile(r'<([^<>]+)>;[^,<]*\brel="next"')


@dataclass(frozen=True, slots=True)
class Granted:
    """What GitHub granted: the JSON, and the path of the page after it, None on the last one."""

    json: Json
    next: str | None = None


class Transport:
    """Makes requests.

    The clock paces the writes and waits for limits.
    """

    def __init__(self, settings: GitHubSettings, clock: Clock) -> None:
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
            paced: False for a query of GraphQL, a POST that writes nothing.

        Raises:
            AnswerError: GitHub refused.
            WorldMovedError: Somebody else was faster.
            LostAnswerError: The answer to a write that must not be repeated was lost.
        """
        attempt = 1
        while True:
            if verb != "GET" and paced:
                self._pace()
            answer = self._exchange(verb, path, body, query)
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
                what = "refused" if answer.status else "did not answer"
                message = f"GitHub {what} {verb} {path}: {answer.message}"
                raise AnswerError(message, answer.advice, answer.kind, answer.status)
            attempt += 1

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
    ) -> Granted | Refusal:
        """Send one request.

        Raises:
            ForgeError: It was redirected. GitHub does that with requests by a former name of the repository:
                reads by 301, which the requester follows, and writes by 307; but writes go by the name that
                was read first (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
        """
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
            raise ForgeError(f"GitHub redirected {verb} {path}: {error}", "check GITHUB_API_URL") from error
        finally:
            self._time_left -= self._clock.now() - started
        named = {name.lower(): str(value) for name, value in headers.items()}
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise ForgeError(
                f"GitHub redirected {verb} {path} to {named.get('location') or 'nowhere'}",
                "was the repository renamed? Set GITHUB_REPOSITORY to its new name, and check GITHUB_API_URL",
            )
        return self._judge(path, status, named, data)

    def _connect(self) -> Requester:
        if self._requester is None:
            # Here and not above: whoever never talks to GitHub need not load PyGithub.
            from arxiv_watch.forge.github.connection import connect

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


def _load(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text
