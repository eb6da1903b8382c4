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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from github import Auth, Github
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

from arxiv_watch import __version__
from arxiv_watch.bounds import BoundedAdapter, Bounds, OutOfBoundsError
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ForgeError, UsageError
from arxiv_watch.forge.github.refusals import Refusal, understand
from arxiv_watch.forge.host import AnswerError, Kind, LostAnswerError, WorldMovedError
from arxiv_watch.forge.settings import REPOSITORY

log = logging.getLogger(__name__)

# The largest answer is a list as a blob, in Base64.
BOUNDS = Bounds(connect=30.0, pause=30.0, whole=120.0, size=64 * 2**20, work=5.0)
TIME_LIMIT = timedelta(minutes=15)  # of all exchanges of a run
WRITE_INTERVAL_SECONDS = 1.0  # GitHub's best practices: at least a second between requests that write
ATTEMPTS = 3
WAIT_BUDGET_SECONDS = 300.0  # all waiting of one run for limits to pass
FIRST_WAIT_SECONDS = 60.0  # GitHub's advice where a secondary limit names no time
GRAPHQL = "/graphql"
API_VERSION = "2022-11-28"

Json = Any
"""An answer's JSON; every use of it stands in `reading`, which turns surprises into a ForgeError."""

# matches '<https://api.github.com/x?page=2>; rel="next"' in a `Link` header
_NEXT = re.compile(r'<([^<>]+)>;[^,<]*\brel="next"')


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """Which repository on which GitHub, with whose token, and for which workflow run.

    Attributes:
        api_url: Root of GitHub's REST interface, without a trailing slash.
        server_url: Root of GitHub's pages, for links.
        run_id: The workflow run; empty outside of Actions.
        run_repository: The repository the workflow runs in; empty where it is the same.
    """

    api_url: str
    repository: str
    token: str = field(repr=False)
    server_url: str = "https://github.com"
    run_id: str = ""
    run_repository: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], repository: str | None = None) -> GitHubSettings:
        """Take what GitHub Actions sets; `repository` is another one than that of the run, as `owner/name`.

        Raises:
            UsageError: A variable is missing or wrong; the message names it.
        """
        needed = ("GITHUB_TOKEN",) if repository else ("GITHUB_REPOSITORY", "GITHUB_TOKEN")
        missing = [name for name in needed if not environ.get(name)]
        if missing:
            raise UsageError(
                f"{' and '.join(missing)} not set",
                "a pull request needs GITHUB_REPOSITORY (owner/name) and GITHUB_TOKEN in the environment",
            )
        run_repository = environ.get("GITHUB_REPOSITORY", "")
        repository = repository or run_repository
        if not re.fullmatch(REPOSITORY, repository):
            raise UsageError(f"GITHUB_REPOSITORY is {repository!r}", "it must be owner/name")
        api_url = (environ.get("GITHUB_API_URL") or "https://api.github.com").rstrip("/")
        if not api_url.startswith(("https://", "http://")):
            raise UsageError(f"GITHUB_API_URL is {api_url!r}", "it must be an http or https address")
        return cls(
            api_url=api_url,
            repository=repository,
            token=environ["GITHUB_TOKEN"],
            server_url=(environ.get("GITHUB_SERVER_URL") or "https://github.com").rstrip("/"),
            run_id=environ.get("GITHUB_RUN_ID", ""),
            run_repository=run_repository,
        )

    @property
    def run_url(self) -> str:
        """The page of the workflow run, or empty."""
        repository = self.run_repository or self.repository
        return f"{self.server_url}/{repository}/actions/runs/{self.run_id}" if self.run_id else ""


@dataclass(frozen=True, slots=True)
class Granted:
    """What GitHub granted: the JSON, and the path of the page after it, None on the last one."""

    json: Json
    next: str | None = None


class Transport:
    """Makes requests; the clock paces the writes and waits for limits."""

    def __init__(self, settings: GitHubSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._last_write: datetime | None = None
        self._waited = 0.0
        self._time_left = TIME_LIMIT
        adapter = BoundedAdapter(clock, BOUNDS, lambda: clock.now() + self._time_left)
        self._requester = _connect(settings, adapter)
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

        It is `repeatable` where doing it twice is the same as doing it once, and not `paced` where a POST
        writes nothing, as a query of GraphQL.
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
        # Behind a proxy the link names GitHub's own host; the pages differ in their query.
        query = urlsplit(link[1]).query if link else ""
        return Granted(data, f"{path.partition('?')[0]}?{query}" if query else None)

    def _exchange(
        self, verb: str, path: str, body: Mapping[str, Json] | None, query: Mapping[str, str] | None
    ) -> Granted | Refusal:
        """Send one request; a redirect is an error.

        GitHub redirects requests by a former name of the repository: reads by 301, which the requester
        follows, and writes by 307; but writes go by the name that was read first
        (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
        """
        self.requests += 1
        started = self._clock.now()
        try:
            status, headers, text = self._requester.requestJson(
                verb,
                self._requester.graphql_url if path == GRAPHQL else path,
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


def _connect(settings: GitHubSettings, adapter: BoundedAdapter) -> Requester:
    """Return PyGithub's requester: it repeats nothing by itself, and sends everything through the adapter."""

    class BoundedConnection(HTTPRequestsConnectionClass):
        def __init__(self, host: str, port: int | None = None, **options: object) -> None:
            super().__init__(host, port, **options)  # type: ignore[arg-type]  # as PyGithub gives them
            self.session.mount("http://", adapter)

    class BoundedSecureConnection(HTTPSRequestsConnectionClass):
        def __init__(self, host: str, port: int | None = None, **options: object) -> None:
            super().__init__(host, port, **options)  # type: ignore[arg-type]  # as PyGithub gives them
            self.session.mount("https://", adapter)

    # PyGithub has this one seam, which is its class; what is made meanwhile keeps it.
    Requester.injectConnectionClasses(BoundedConnection, BoundedSecureConnection)
    try:
        client = Github(
            auth=Auth.Token(settings.token),
            base_url=settings.api_url,
            user_agent=f"arxiv-watch/{__version__}",
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version=API_VERSION,
        )
    finally:
        Requester.resetConnectionClasses()
    return client.requester
