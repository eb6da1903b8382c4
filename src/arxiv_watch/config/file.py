"""The configuration file: YAML to models, every error at once with file, line and key."""

from __future__ import annotations

import difflib
import os
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.arxiv.taxonomy import suggest
from arxiv_watch.config.models import Config, WatchConfig, fields_of
from arxiv_watch.errors import ConfigError
from arxiv_watch.files import MEGABYTE, read_file

DEFAULT_PATHS = (Path("config/arxiv-watch.yml"), Path(".github/arxiv-watch.yml"))
MOST_BYTES = MEGABYTE
MOST_NAMES = 20  # what still reads as one line of an error
ENVIRONMENT_PREFIX = "ARXIV_WATCH_ARXIV__"


KeyPath = tuple[str | int, ...]

MOST_VALUES = 200_000  # ten thousand watches have half of that

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
    """Read the configuration from its text or a file's bytes; `name` is the file's in errors.

    Raises:
        ConfigError: With every finding, one per line, as `name:line: key: what is wrong`.
    """
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
    fields = fields_of(Config)
    for key in path[:-1]:
        if isinstance(key, str):
            fields = fields_of(WatchConfig if key == "watches" else fields[key].annotation)
    return list(fields)


class _Loader(yaml.SafeLoader):
    """Reads what looks like a float or a date as text: the identifier 2407.12390 is neither."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith((":float", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A YAML file as it was read, with the line of each key, so that an error can name it.

    Attributes:
        name: The file's name in errors.
        lines: The line of each key path, from 1.
        repeated: A finding for each key that is written twice.
    """

    name: str
    values: Any
    lines: Mapping[KeyPath, int]
    repeated: tuple[str, ...]

    def line_of(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest one above it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def place_of(self, path: KeyPath) -> str:
        """Return file, line and key."""
        return f"{self.name}:{self.line_of(path)}: {_dotted(path) or 'the file'}"


def read_yaml(text: str, name: str) -> YamlSource:
    """Read one document of plain values."""
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"{name}:{line}: not YAML: holds {chr(error.character)!r}") from error
    try:
        node = loader.get_single_node()
        if node is None:
            raise ConfigError(
                f"{name}:1: the file is empty", "only `list` and `categories` of a watch are required"
            )
        lines: dict[KeyPath, int] = {}
        twice = [f"{name}:{line}: {_dotted(path)}: written twice" for path, line in _walk(node, (), lines)]
        return YamlSource(name, loader.construct_document(node), lines, tuple(twice))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{name}:{line}: not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigError(f"{name}: not YAML: {error}") from error
    except (AttributeError, LookupError) as error:  # PyYAML's own, of `!!bool maybe`
        message = f"{name}: not YAML: a value is not what its tag says"
        raise ConfigError(message, "take out the `!!`") from error
    finally:
        loader.dispose()


def _walk(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int]) -> Iterator[tuple[KeyPath, int]]:
    """Fill `lines` with the 1-based line of each key path; yield the keys written twice."""
    lines.setdefault(path, node.start_mark.line + 1)
    if len(lines) > MOST_VALUES:  # aliases of aliases: nine lines can stand for a billion values
        raise ValueError(f"it stands for more than {MOST_VALUES} values")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*path, str(key.value) if isinstance(key, yaml.ScalarNode) else "?")
            line = key.start_mark.line + 1
            if below in lines:
                yield below, line
            lines[below] = line
            yield from _walk(value, below, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*path, index), lines)


def _dotted(path: KeyPath) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
