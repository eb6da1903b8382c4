"""Where arXiv is asked and how gently: the `arxiv:` section of the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from arxiv_watch.errors import UsageError

HOMEPAGE = "https://github.com/arxiv-watch/arxiv-watch"
REQUEST_INTERVAL_SECONDS = 3.0  # https://info.arxiv.org/help/api/tou.html: one request every three seconds
PAGE_INTERVAL_FACTOR = 5  # https://arxiv.org/robots.txt asks for 15 s between pages of arxiv.org
LONGEST_CONTACT = 200  # characters of a header that arXiv's operators read


def default_cache_dir() -> Path:
    """Return the user's cache folder for this program.

    In a container a user may be without an entry in `/etc/passwd`, and so without a home folder.
    """
    from platformdirs import user_cache_path  # not needed at start-up

    folder = user_cache_path("arxiv-watch")
    if not folder.is_absolute():
        raise UsageError("this user has no home folder for the cache", "set arxiv.cache_dir")
    return folder


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


Url = Annotated[str, AfterValidator(_url)]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid", use_attribute_docstrings=True))
class ArxivSettings:
    """How arXiv is queried; the addresses can point at a mirror, a proxy or a stand-in."""

    contact: str = Field(default="", max_length=LONGEST_CONTACT, pattern=r"^[\x20-\x7e]*$")
    """Your e-mail address, sent in the User-Agent so that arXiv can contact you about problems."""
    request_interval: float = Field(default=REQUEST_INTERVAL_SECONDS, ge=0)
    """Seconds between the starts of two requests; less than 3 is rejected for hosts of arxiv.org."""
    backoff_floor: float = Field(default=60.0, ge=0)
    """The shortest wait after arXiv refuses a request, in seconds."""
    time_limit: float = Field(default=900.0, gt=0)
    """Seconds that a run may spend on arXiv, in the middle of an answer too (exit 4; nothing is lost)."""
    cache_dir: str | None = Field(default=None, min_length=1)
    """The folder of the cache. Null: the user's cache folder."""
    mirror_url: Url | None = None
    """A file of `poll --collect` that somebody publishes daily; arXiv is asked where it falls short."""
    rss_url: Url = "https://rss.arxiv.org"
    """The feeds."""
    api_url: Url = "https://export.arxiv.org/api/query"
    """The search API."""
    oai_url: Url = "https://oaipmh.arxiv.org/oai"
    """The OAI-PMH service."""
    listing_url: Url = "https://arxiv.org"
    """The listing and catch-up pages."""

    @property
    def urls(self) -> tuple[str, str, str, str]:
        """The four addresses of arXiv's own services."""
        return self.rss_url, self.api_url, self.oai_url, self.listing_url

    @property
    def cache_folder(self) -> Path:
        """The folder of the cache; it may be deleted at any time.

        Raises:
            UsageError: It is below a home folder, and this user has none.
        """
        try:
            return Path(self.cache_dir).expanduser() if self.cache_dir else default_cache_dir()
        except RuntimeError as error:  # `~somebody/cache`
            raise UsageError(f"the cache {self.cache_dir}: {error}", "set arxiv.cache_dir") from error

    @model_validator(mode="after")
    def _is_polite(self) -> Self:
        ours = sorted({urlsplit(url).hostname or "" for url in self.urls if is_arxiv(url)})
        if ours and self.request_interval < REQUEST_INTERVAL_SECONDS:
            raise ValueError(
                f"request_interval must be at least {REQUEST_INTERVAL_SECONDS:g} seconds for"
                f" {', '.join(ours)} (arXiv's terms of use)"
            )
        return self


def is_arxiv(url: str) -> bool:
    """Return whether an address is on a host of arxiv.org."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host == "arxiv.org" or host.endswith(".arxiv.org")
