"""The configuration file: YAML to models, every error at once with file, line and key."""

from __future__ import annotations

import difflib
import os
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from arxiv_watch.arxiv.taxonomy import suggest
from arxiv_watch.config.source import KeyPath, YamlSource, read_yaml
from arxiv_watch.errors import ConfigError
from arxiv_watch.files import MEGABYTE, read_file

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from arxiv_watch.arxiv import ArxivSettings
    from arxiv_watch.config.models import Config

DEFAULT_PATHS = (Path("config/arxiv-watch.yml"), Path(".github/arxiv-watch.yml"))
MOST_BYTES = MEGABYTE
MOST_NAMES = 20  # what still reads as one line of an error
ENVIRONMENT_PREFIX = "ARXIV_WATCH_ARXIV__"


_WANTED = {  # where pydantic speaks of Python
    "tuple_type": "needs a list, as in [a, b]",
    "model_type": "needs keys, as in {key: value}",
    "dataclass_type": "needs keys, as in {key: value}",
}
_PATTERNS = {  # and where of regular expressions
    "contact": "must contain printable ASCII characters only",
    "repository": "must be owner/name, as in octocat/papers",
}


def find_config(asked: Path | None, root: Path) -> Path:
    """Return the asked file, or the first default that exists under `root`.

    Raises:
        ConfigError: There is none.
    """
    candidates = (asked,) if asked else tuple(root / path for path in DEFAULT_PATHS)
    for path in candidates:
        if os.path.lexists(path) and (asked or path.is_file()):
            return path
    names = " nor ".join(str(path) for path in candidates)
    above = (folder / path for folder in root.resolve().parents for path in DEFAULT_PATHS)
    found = None if asked else next((path for path in above if path.is_file()), None)
    raise ConfigError(
        f"no config file: neither {names} exists" if len(candidates) > 1 else f"no config file {names}",
        f"run this in {found.parents[1]}, which has one" if found else "`arxiv-watch init LIST` writes one",
    )


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Read the configuration; keys of `arxiv:` in the environment take precedence.

    Raises:
        ConfigError: With every finding, one per line, as `file:line: key: what is wrong`.
    """
    try:
        data = read_file(path, MOST_BYTES)
    except OSError as error:
        raise ConfigError(f"config {path} cannot be read: {error.strerror}", "name a YAML file") from error
    return parse_config(data, str(path), environ)


def parse_config(given: str | bytes, name: str, environ: Mapping[str, str]) -> Config:
    """Read the configuration from its text or a file's bytes; `name` is what errors call the file.

    Raises:
        ConfigError: With every finding, one per line, as `name:line: key: what is wrong`.
    """
    from pydantic import ValidationError  # `--help` starts without it

    from arxiv_watch.config.models import Config  # `--help` starts without it

    try:
        text = given if isinstance(given, str) else given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"config {name} cannot be read: {error}", "save it as UTF-8") from error
    source, overrides = read_yaml(text, name), arxiv_overrides(environ)
    values = source.values
    if overrides and isinstance(values, dict) and isinstance(arxiv := values.get("arxiv") or {}, dict):
        values = values | {"arxiv": arxiv | overrides}
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        causes = _first_causes(error.errors(include_url=False))
        causes.sort(key=lambda detail: source.line_of(detail["loc"]))
        wrong = [f"{_place(detail['loc'], source, overrides)}: {_message(detail)}" for detail in causes]
        raise ConfigError("\n".join([*source.repeated, *wrong])) from None
    if source.repeated:
        raise ConfigError("\n".join(source.repeated))
    return config


def arxiv_overrides(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of `arxiv:` that the environment sets."""
    return {
        key.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for key, value in environ.items()
        if key.startswith(ENVIRONMENT_PREFIX) and value
    }


def arxiv_settings(environ: Mapping[str, str]) -> ArxivSettings:
    """Return the `arxiv:` settings without a configuration: the defaults and the environment's.

    Raises:
        ConfigError: A variable is wrong.
    """
    return parse_config("watches: [{list: README.md, categories: [cs.LG]}]", "environment", environ).arxiv


def _first_causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drop "too short" where an item is wrong: pydantic does not count wrong items."""
    places = [detail["loc"] for detail in details]

    def is_wrong_below(above: KeyPath) -> bool:
        return any(len(place) > len(above) and place[: len(above)] == above for place in places)

    return [one for one in details if one["type"] != "too_short" or not is_wrong_below(one["loc"])]


def _place(path: KeyPath, source: YamlSource, overrides: Mapping[str, str]) -> str:
    """Return where the wrong value was written: a line of the file, or a variable of the environment."""
    if path[:1] == ("arxiv",) and path[-1] in overrides:
        return f"environment: {ENVIRONMENT_PREFIX}{str(path[-1]).upper()}"
    return source.place_of(path)


def _message(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return "unknown key" + _meant(str(detail["loc"][-1]), _siblings(detail["loc"]))
    if kind == "missing":
        return "is required"
    if kind == "too_short":
        return f"needs at least {detail['ctx']['min_length']}"
    is_pattern = kind == "string_pattern_mismatch"
    wanted = _PATTERNS.get(str(detail["loc"][-1])) if is_pattern else _WANTED.get(kind)
    message = wanted or detail["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if message.startswith("unknown category"):
        meant = suggest(str(detail["input"]))
        return message + (f"; did you mean {meant}?" if meant else "")
    if kind.endswith(("_type", "_parsing")):
        return f"{message}, not {reprlib.repr(detail['input'])}"
    return message


def _meant(word: str, known: list[str]) -> str:
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    if close:
        return f"; did you mean {by_folded[close[0]]}?"
    return f"; the known keys are {', '.join(known)}" if len(known) < MOST_NAMES else ""


def _siblings(path: KeyPath) -> list[str]:
    """Return the keys that are known where this one was written."""
    from arxiv_watch.config.models import Config, WatchConfig, fields_of  # `--help` starts without it

    fields = fields_of(Config)
    for key in path[:-1]:
        if isinstance(key, str):
            fields = fields_of(WatchConfig if key == "watches" else fields[key].annotation)
    return list(fields)
