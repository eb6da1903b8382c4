"""PyGithub on our own adapter, so that GitHub can hold a run no longer than arXiv can."""

from __future__ import annotations

from github import Auth, Github
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

from arxiv_watch import __version__
from arxiv_watch.bounds import BoundedAdapter
from arxiv_watch.forge.github.settings import GitHubSettings

API_VERSION = "2022-11-28"


def connect(settings: GitHubSettings, adapter: BoundedAdapter) -> Requester:
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
