"""The configuration: one YAML file, many watches, all errors reported together with their lines.

The models are the only description of the configuration: the parser, the JSON Schema that
`arxiv-watch schema` prints, and the reference in the documentation all follow from them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from arxiv_watch.arxiv.settings import (
    API_URL,
    BACKOFF_FLOOR_SECONDS,
    LISTING_URL,
    OAI_URL,
    REQUEST_INTERVAL_SECONDS,
    RSS_URL,
    TIME_LIMIT_SECONDS,
    is_arxiv,
)
from arxiv_watch.arxiv.taxonomy import CATEGORIES, canonical
from arxiv_watch.config.cron import check_cron
from arxiv_watch.errors import ConfigError, UsageError
from arxiv_watch.headings import parse_path
from arxiv_watch.identifiers import ArxivId


def _category(value: str) -> str:
    if value not in CATEGORIES:
        raise ValueError(
            f"unknown category {value!r}; arXiv's are listed at https://arxiv.org/category_taxonomy"
        )
    return canonical(value)


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _inside(value: str) -> str:
    path = PurePosixPath(value)
    if not value.strip() or path.is_absolute() or ".." in path.parts or "\\" in value:
        raise ValueError("must be a path inside the repository, with forward slashes and without ..")
    return value


def _name(value: str) -> str:
    # Matches "llm-serving".
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,49}", value):
        raise ValueError(
            "must be 1 to 50 of a-z, 0-9, dot, dash and underscore, and begin with a letter or digit"
        )
    return value


def _heading(value: str) -> str:
    try:
        parse_path(value)
    except UsageError as error:
        raise ValueError(str(error)) from error
    return value


def _template(value: str) -> str:
    from arxiv_watch.markdown.filling import read_template  # few configs have one

    try:
        read_template(value)
    except ConfigError as error:
        raise ValueError(str(error).removeprefix("template: ")) from error
    return value


def _title(value: str) -> str:
    rest = value.replace("{papers}", "").replace("{name}", "")
    if "{papers}" not in value or set(rest) & set("{}@#\n\r"):
        raise ValueError("must hold {papers}, may hold {name}, and holds no other braces, @, # or line break")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {value!r}; use a name like Europe/Berlin") from error
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


def _arxiv_id(value: str) -> str:
    return str(ArxivId.parse(value))


REPOSITORY = r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$"  # "huggingface/transformers"
CategoryName = Annotated[str, AfterValidator(_category)]
HeadingPattern = Annotated[str, AfterValidator(_heading)]
Term = Annotated[str, Field(min_length=1)]
Url = Annotated[str, AfterValidator(_url)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class HeadingSelection(_Model):
    """Which headings the bot may put papers under."""

    include: tuple[HeadingPattern, ...] = ()
    """Heading paths "A > B", globs allowed; a path includes all headings below it. Empty: all headings."""
    exclude: tuple[HeadingPattern, ...] = ()
    """Headings never to use; takes precedence over `include`."""


class RulesConfig(_Model):
    """Terms that override the classifier."""

    include: tuple[Term, ...] = ()
    """A paper whose title or abstract contains one of these terms is always shown for review."""
    exclude: tuple[Term, ...] = ()
    """A paper whose title or abstract contains one of these terms is never proposed."""
    authors: tuple[Term, ...] = ()
    """A paper by one of these authors is always shown for review."""


class Budget(_Model):
    """How many papers a person is willing to review."""

    per_day: int = Field(default=5, ge=1)
    """The most papers to show per announcement day, unsure ones included; the most relevant are kept."""
    per_pull_request: int = Field(default=10, ge=1, le=60)
    """The most papers in one pull request; the rest wait for the next one."""


class PullRequestConfig(_Model):
    """How the pull request is opened."""

    base: str | None = Field(default=None, min_length=1)
    """The base branch. Null: the repository's default branch."""
    title: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_title)] | None = None
    """Its title, and that of its commits, such as `Add {papers} to {name}`. Null: in the manner of the
    repository's last merged titles, or `docs: add {papers} to {name}` where there are few."""
    draft: bool = False
    """Open it as a draft."""
    labels: tuple[Annotated[str, Field(min_length=1, max_length=50)], ...] = ("arxiv-watch",)
    """Labels to add."""
    reviewers: tuple[str, ...] = ()
    """Who is asked for a review: logins, or `org/team`."""
    assignees: tuple[str, ...] = ()
    """Who is assigned: logins."""
    machine_users: tuple[str, ...] = ()
    """Logins of ordinary accounts that are bots: their comments, reviews and closings are nobody's answer."""


class WatchConfig(_Model):
    """One list and what is watched for it."""

    name: Annotated[str, AfterValidator(_name)] = ""
    """The watch's name on the command line and in branch names. Default: from the list's file name."""
    repository: Annotated[str, Field(pattern=REPOSITORY)] | None = None
    """The repository of the list, as `owner/name`. Null: the one the run is in."""
    former_names: tuple[Annotated[str, AfterValidator(_name)], ...] = ()
    """What it was called before, so that its earlier pull requests are still its own."""
    list: Annotated[str, AfterValidator(_inside)]
    """The list: a file, a glob or a folder, inside the repository."""
    categories: Annotated[tuple[CategoryName, ...], Field(min_length=1), AfterValidator(_distinct)]
    """The arXiv categories to read, for both new and cross-listed papers. An alias is read and reported as
    the category it stands for: `cs.SY` as `eess.SY`."""
    queries: tuple[Term, ...] = ()
    """Extra searches in arXiv's query syntax, in addition to the categories."""
    headings: HeadingSelection = HeadingSelection()
    """Which headings the bot may put papers under."""
    rules: RulesConfig = RulesConfig()
    """Terms and authors that override the classifier."""
    ignore: tuple[Annotated[str, AfterValidator(_arxiv_id)], ...] = ()
    """Identifiers of papers never to propose."""
    budget: Budget = Budget()
    """How many papers a person is willing to review."""
    precision: float = Field(default=0.5, gt=0, lt=1)
    """The wanted share of correct proposals. Higher: fewer papers, but more certain ones."""
    schedule: Annotated[str, AfterValidator(check_cron)] = "17 5 * * mon-fri"
    """When `serve` polls: five cron fields, weekdays by name, in `timezone`."""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """The time zone of `schedule`, such as Europe/Berlin."""
    template: Annotated[str, Field(min_length=1), AfterValidator(_template)] | None = None
    """The template of a new entry. Null: the style is learned from the section."""
    pull_request: PullRequestConfig = PullRequestConfig()
    """How the pull request is opened."""

    @model_validator(mode="before")
    @classmethod
    def _name_from_list(cls, data: object) -> object:
        if isinstance(data, dict) and "name" not in data and isinstance(data.get("list"), str):
            stem = PurePosixPath(data["list"].rstrip("/*")).stem.lower()
            # Matches the blank of "my list".
            return data | {"name": re.sub(r"[^a-z0-9._-]+", "-", stem).strip("-._")[:50] or "list"}
        return data


class ArxivConfig(_Model):
    """How arXiv is queried; the addresses can point at a mirror, a proxy or a stand-in."""

    contact: str = Field(default="", max_length=200, pattern=r"^[\x20-\x7e]*$")
    """Your e-mail address, sent in the User-Agent so that arXiv can contact you about problems."""
    request_interval: float = Field(default=REQUEST_INTERVAL_SECONDS, ge=0)
    """Seconds between the starts of two requests; less than 3 is rejected for hosts of arxiv.org."""
    backoff_floor: float = Field(default=BACKOFF_FLOOR_SECONDS, ge=0)
    """The shortest wait after arXiv refuses a request, in seconds."""
    time_limit: float = Field(default=TIME_LIMIT_SECONDS, gt=0)
    """Seconds that a run may spend on arXiv, in the middle of an answer too (exit 4; nothing is lost)."""
    cache_dir: str | None = Field(default=None, min_length=1)
    """The folder of the cache. Null: the user's cache folder."""
    mirror_url: Url | None = None
    """A file of `poll --collect` that somebody publishes daily; arXiv is asked where it falls short."""
    rss_url: Url = RSS_URL
    """The feeds."""
    api_url: Url = API_URL
    """The search API."""
    oai_url: Url = OAI_URL
    """The OAI-PMH service."""
    listing_url: Url = LISTING_URL
    """The listing and catch-up pages."""

    @model_validator(mode="after")
    def _is_polite(self) -> Self:
        urls = (self.rss_url, self.api_url, self.oai_url, self.listing_url)
        ours = sorted({urlsplit(url).hostname or "" for url in urls if is_arxiv(url)})
        if ours and self.request_interval < REQUEST_INTERVAL_SECONDS:
            raise ValueError(
                f"request_interval must be at least {REQUEST_INTERVAL_SECONDS:g} seconds for"
                f" {', '.join(ours)} (arXiv's terms of use)"
            )
        return self


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


class Config(_Model):
    """The whole configuration."""

    watches: Annotated[tuple[WatchConfig, ...], Field(min_length=1)]
    """The lists to keep up to date; one poll of arXiv serves them all."""
    arxiv: ArxivConfig = ArxivConfig()
    """How arXiv is queried."""

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [watch.name for watch in self.watches]
        if twice := _repeated(names):
            raise ValueError(f"two watches are called {', '.join(twice)}; give each a name of its own")
        names += [name for watch in self.watches for name in watch.former_names]
        if twice := _repeated(names):
            raise ValueError(f"former_names: {', '.join(twice)} is claimed twice; only one watch may have it")
        return self


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the configuration file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Config.model_json_schema()
