"""The configuration: one YAML file, many watches, all errors reported together with their lines.

A group of keys is one class with its defaults, checks and documentation. Three are those of the rooms that
they are for: `ArxivSettings`, `Rules` and `PullRequestOptions`. The parser, the JSON Schema that
`arxiv-watch schema` prints, and the reference in the documentation all follow from them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from arxiv_watch.arxiv.settings import ArxivSettings
from arxiv_watch.arxiv.taxonomy import CATEGORIES, canonical
from arxiv_watch.config.cron import check_cron
from arxiv_watch.decide import Rules, Term
from arxiv_watch.errors import ConfigError, UsageError
from arxiv_watch.forge import REPOSITORY, PullRequestOptions
from arxiv_watch.globs import called_after
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
    from arxiv_watch.markdown import read_template  # few configs have one

    try:
        read_template(value)
    except ConfigError as error:
        raise ValueError(str(error).removeprefix("template: ")) from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {value!r}; use a name like Europe/Berlin") from error
    return value


def _arxiv_id(value: str) -> str:
    return str(ArxivId.parse(value))


CategoryName = Annotated[str, AfterValidator(_category)]
HeadingPattern = Annotated[str, AfterValidator(_heading)]


class _Model(BaseModel):
    # pydantic's own expressions cannot look behind, as that of `repository` does.
    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, regex_engine="python-re"
    )


class HeadingSelection(_Model):
    """Which headings the bot may put papers under."""

    include: tuple[HeadingPattern, ...] = ()
    """Heading paths "A > B", globs allowed; a path includes all headings below it. Empty: all headings."""
    exclude: tuple[HeadingPattern, ...] = ()
    """Headings never to use; takes precedence over `include`."""


class Budget(_Model):
    """How many papers a person is willing to review."""

    per_day: int = Field(default=5, ge=1)
    """The most papers to show per announcement day, unsure ones included; the most relevant are kept."""
    per_pull_request: int = Field(default=10, ge=1, le=60)
    """The most papers in one pull request; the rest wait for the next one."""


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
    rules: Rules = Rules()
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
    pull_request: PullRequestOptions = PullRequestOptions()
    """How the pull request is opened."""

    @model_validator(mode="before")
    @classmethod
    def _name_from_list(cls, data: object) -> object:
        if isinstance(data, dict) and "name" not in data and isinstance(data.get("list"), str):
            return data | {"name": called_after(data["list"])}
        return data

    def is_in(self, own: str | None) -> bool:
        """Return whether the list is in the repository that the run is in; GitHub's names have no case."""
        return self.repository is None or self.repository.casefold() == (own or "").casefold()


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


class Config(_Model):
    """The whole configuration."""

    watches: Annotated[tuple[WatchConfig, ...], Field(min_length=1)]
    """The lists to keep up to date; one poll of arXiv serves them all."""
    arxiv: ArxivSettings = ArxivSettings()
    """How arXiv is queried."""

    def select(self, names: Collection[str]) -> list[WatchConfig]:
        """Return the asked watches in the config's order; all of them if none is asked for.

        Raises:
            UsageError: A name is unknown.
        """
        known = [watch.name for watch in self.watches]
        if unknown := sorted(set(names).difference(known)):
            raise UsageError(f"no watch {', '.join(unknown)} in the config", f"there are {', '.join(known)}")
        return [watch for watch in self.watches if not names or watch.name in names]

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


def fields_of(group: Any) -> dict[str, FieldInfo]:  # noqa: ANN401 - pydantic knows two kinds of classes
    """Return the keys of a group with their types, defaults and descriptions; none if it is no group."""
    return getattr(group, "__pydantic_fields__", {})
