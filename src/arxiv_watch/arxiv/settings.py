"""Where arXiv is asked and how gently; the `arxiv:` section of the configuration checks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from arxiv_watch.errors import UsageError

HOMEPAGE = "https://github.com/arxiv-watch/arxiv-watch"
REQUEST_INTERVAL_SECONDS = 3.0  # https://info.arxiv.org/help/api/tou.html: one request every three seconds
BACKOFF_FLOOR_SECONDS = 60.0
TIME_LIMIT_SECONDS = 900.0
RSS_URL = "https://rss.arxiv.org"
API_URL = "https://export.arxiv.org/api/query"
OAI_URL = "https://oaipmh.arxiv.org/oai"
LISTING_URL = "https://arxiv.org"
PAGE_INTERVAL_FACTOR = 5  # https://arxiv.org/robots.txt asks for 15 s between pages of arxiv.org


def default_cache_dir() -> Path:
    """Return the user's cache folder for this program.

    Raises:
        UsageError: This user has no home folder, as in a container without an entry in `/etc/passwd`.
    """
    from platformdirs import user_cache_path  # costs more than it is worth at start-up

    folder = user_cache_path("arxiv-watch")
    if not folder.is_absolute():
        raise UsageError("this user has no home folder for the cache", "set arxiv.cache_dir")
    return folder


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """Addresses, intervals and the cache.

    Attributes:
        contact: An e-mail address for the User-Agent, so that arXiv can reach the user.
        request_interval: Seconds between the starts of two requests, all hosts together.
        backoff_floor: Shortest wait after a refusal, seconds.
        time_limit: A run gives up arXiv after so many seconds spent on it, in the middle of an answer too.
        cache_dir: The folder of the cache; it may be deleted at any time.
        rss_url: Base of the feeds; `/rss/<category>` and `/atom/<category>` are below it.
        api_url: The search API.
        oai_url: The OAI-PMH endpoint.
        listing_url: Base of the pages; `/list/<category>/new` and `/catchup/…` are below it.
        mirror_url: A file of `poll --collect` that somebody publishes daily, or None.
    """

    contact: str = ""
    request_interval: float = REQUEST_INTERVAL_SECONDS
    backoff_floor: float = BACKOFF_FLOOR_SECONDS
    time_limit: float = TIME_LIMIT_SECONDS
    cache_dir: Path = field(default_factory=default_cache_dir)
    rss_url: str = RSS_URL
    api_url: str = API_URL
    oai_url: str = OAI_URL
    listing_url: str = LISTING_URL
    mirror_url: str | None = None

    @property
    def urls(self) -> dict[str, str]:
        """The four endpoints by their key in the configuration."""
        keys = ("rss_url", "api_url", "oai_url", "listing_url")
        return {key: str(getattr(self, key)) for key in keys}


def is_arxiv(url: str) -> bool:
    """Return whether an address is on a host of arxiv.org."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host == "arxiv.org" or host.endswith(".arxiv.org")
