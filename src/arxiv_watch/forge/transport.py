"""One HTTP request at a time, paced, repeated only where that is safe, and understood.

Requests go through PyGithub's requester and not through its objects: those fetch what they lack
behind one's back, and its default retries repeat POSTs that may have been done already. The requester
makes exactly the request that it is asked for, which is what a budget and bounded retries need.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from arxiv_watch import __version__
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

API_VERSION = "2022-11-28"
TIMEOUT_SECONDS = 30
WRITE_INTERVAL_SECONDS = 1.0  # GitHub's best practices: at least a second between requests that write
ATTEMPTS = 3
WAIT_BUDGET_SECONDS = 300.0  # all waiting of one run for limits to pass
FIRST_WAIT_SECONDS = 60.0  # GitHub's advice where a secondary limit names no time


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
    ) -> Json:
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
            refusal = self._attempt(verb, path, body, query)
            if not isinstance(refusal, Refusal):
                return refusal
            log.info("%s %s: %s", verb, path, refusal.message)
            again = attempt < ATTEMPTS and refusal.kind in {Kind.LIMITED, Kind.TRANSIENT}
            if refusal.kind is Kind.TRANSIENT and not repeatable:
                raise LostAnswerError(f"GitHub's answer to {verb} {path} was lost", refusal.advice)
            if refusal.kind is Kind.STALE:
                raise WorldMovedError(f"GitHub refused {verb} {path}: {refusal.message}", "run again")
            if not again or not self._wait(refusal, attempt):
                raise AnswerError(refusal, f"{verb} {path}")
            attempt += 1

    def _attempt(
        self, verb: str, path: str, body: Mapping[str, Json] | None, query: Mapping[str, str] | None
    ) -> Json | Refusal:
        # Here and not above: whoever never talks to GitHub need not load PyGithub.
        import requests  # noqa: PLC0415 - likewise
        from github import GithubException  # noqa: PLC0415 - see above

        self.requests += 1
        try:
            requester = self._connect()
            if path == "/graphql":
                _, answer = requester.graphql_query(**_graphql(body))
            else:
                _, answer = requester.requestJsonAndCheck(
                    verb, path, parameters=dict(query or {}), input=dict(body) if body is not None else None
                )
        except GithubException as error:
            headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
            return understand(error.status, error.data, headers, self._clock.now().timestamp())
        except (requests.RequestException, json.JSONDecodeError, UnicodeDecodeError) as error:
            kind = type(error).__name__
            return Refusal(Kind.TRANSIENT, kind, f"is {self._settings.api_url} reachable?")
        except RuntimeError as error:
            # What PyGithub raises when it is redirected to another host or scheme.
            raise GitHubError(f"GitHub redirected {verb} {path}: {error}", "check GITHUB_API_URL") from error
        return answer

    def _connect(self) -> Requester:
        if self._requester is None:
            from github import Auth, Github  # noqa: PLC0415 - see _attempt

            client = Github(
                auth=Auth.Token(self._settings.token),
                base_url=self._settings.api_url,
                user_agent=f"arxiv-watch/{__version__}",
                timeout=TIMEOUT_SECONDS,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
                api_version=API_VERSION,
            )
            self._requester = client.requester
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


def _graphql(body: Mapping[str, Json] | None) -> dict[str, Json]:
    body = body or {}
    return {"query": body["query"], "variables": body.get("variables", {})}
