"""YAML with the line of each of its keys, so that an error can name the one that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from arxiv_watch.errors import ConfigError

KeyPath = tuple[str | int, ...]

MOST_VALUES = 200_000  # ten thousand watches have half of that


class _Loader(yaml.SafeLoader):
    """Reads what looks like a float or a date as text: the identifier 2407.12390 is neither."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith((":float", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A YAML file as it was read.

    Attributes:
        name: What errors call the file.
        values: What it says.
        lines: The 1-based line of each key path.
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
    """Read one document of plain values.

    Raises:
        ConfigError: It is not YAML, empty, or stands for more values than any file needs.
    """
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
