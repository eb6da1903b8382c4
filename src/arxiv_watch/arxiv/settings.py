"""Where arXiv is asked and how gently: the `arxiv:` section of the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from arxiv_watch.errors import ConfigError

REQUEST_INTERVAL_SECONDS = 3.0  # https://info.arxiv.org/help/api/tou.html: one request every three seconds
PAGE_INTERVAL_FACTOR = 5  # https://arxiv.org/robots.txt asks for 15 s between pages of arxiv.org


def default_cache_dir() -> Path:
    """Return the user's cache folder for this program."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - costs more than it is worth at start-up

    return user_cache_path("arxiv-watch")


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """Addresses, intervals and the cache.

    Attributes:
        contact: An e-mail address for the User-Agent, so that arXiv can reach the user.
        request_interval: Seconds between the starts of two requests, all hosts together.
        backoff_floor: Shortest wait after a refusal, seconds.
        time_limit: A poll gives up waiting after so many seconds.
        cache_dir: The folder of the cache; it may be deleted at any time.
        rss_url: Base of the feeds; `/rss/<category>` and `/atom/<category>` are below it.
        api_url: The search API.
        oai_url: The OAI-PMH endpoint.
        listing_url: Base of the pages; `/list/<category>/new` and `/catchup/…` are below it.

    Raises:
        ConfigError: A number is out of range, an address is not http(s), or an interval is
            too short for a host of arXiv.
    """

    contact: str = ""
    request_interval: float = REQUEST_INTERVAL_SECONDS
    backoff_floor: float = 60.0
    time_limit: float = 900.0
    cache_dir: Path = field(default_factory=default_cache_dir)
    rss_url: str = "https://rss.arxiv.org"
    api_url: str = "https://export.arxiv.org/api/query"
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    listing_url: str = "https://arxiv.org"

    def __post_init__(self) -> None:
        findings = [finding for finding in (*self._bad_numbers(), *self._bad_addresses()) if finding]
        if findings:
            raise ConfigError("\n".join(findings))

    @property
    def urls(self) -> dict[str, str]:
        """The four endpoints by their key in the configuration."""
        keys = ("rss_url", "api_url", "oai_url", "listing_url")
        return {key: str(getattr(self, key)) for key in keys}

    def _bad_numbers(self) -> list[str]:
        numbers = {key: getattr(self, key) for key in ("request_interval", "backoff_floor", "time_limit")}
        findings = [f"arxiv.{key} is negative: {value}" for key, value in numbers.items() if value < 0]
        at_arxiv = [key for key, url in self.urls.items() if is_arxiv(url)]
        if at_arxiv and self.request_interval < REQUEST_INTERVAL_SECONDS:
            findings.append(
                f"arxiv.request_interval is {self.request_interval:g}: hosts of arxiv.org"
                f" ({', '.join(at_arxiv)}) ask for {REQUEST_INTERVAL_SECONDS:g} seconds or more"
            )
        return findings

    def _bad_addresses(self) -> list[str]:
        return [
            f"arxiv.{key} is not an http(s) address: {url!r}"
            for key, url in self.urls.items()
            if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname
        ]


def is_arxiv(url: str) -> bool:
    """Return whether an address is on a host of arxiv.org."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host == "arxiv.org" or host.endswith(".arxiv.org")
