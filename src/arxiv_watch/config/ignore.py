"""The one key that the program writes for its user: `ignore`, by pure insertion, comments and all kept."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from arxiv_watch.config.file import parse_config
from arxiv_watch.errors import ConfigError, EditRefusedError
from arxiv_watch.identifiers import ArxivId


def add_ignored(text: str, name: str, ids: Sequence[ArxivId]) -> str:
    """Return the configuration's text with identifiers added to the `ignore` of the watch of that name.

    Raises:
        EditRefusedError: The result would not say what was meant; the advice has the line to write by hand.
    """
    if not ids:
        return text
    by_hand = f"add to the watch {name}: ignore: [{', '.join(_quoted(ids))}]"
    try:
        before = parse_config(text, "config", {})
        node = _watch_node(text, [watch.name for watch in before.watches].index(name))
        edited = _insert(text, node, ids)
        after = parse_config(edited, "config", {})
    except (ConfigError, ValueError, KeyError) as error:
        raise EditRefusedError("the config could not be changed safely", by_hand) from error
    for old, new in zip(before.watches, after.watches, strict=True):
        added = tuple(arxiv_id.base for arxiv_id in ids) if old.name == name else ()
        if new != old.model_copy(update={"ignore": (*old.ignore, *added)}):
            raise EditRefusedError("the config could not be changed safely", by_hand)
    return edited


def _watch_node(text: str, index: int) -> yaml.MappingNode:
    root = yaml.compose(text, yaml.SafeLoader)
    watches = _value(root, "watches")
    node = watches.value[index]
    if not isinstance(node, yaml.MappingNode):
        raise TypeError("a watch that was read as a mapping is one")
    return node


def _insert(text: str, watch: yaml.MappingNode, ids: Sequence[ArxivId]) -> str:
    items = ", ".join(_quoted(ids))
    try:
        ignore = _value(watch, "ignore")
    except KeyError:
        return _insert_key(text, watch, items)
    if isinstance(ignore, yaml.SequenceNode) and ignore.flow_style:
        end = ignore.end_mark.index - 1  # the closing bracket
        return text[:end] + (f", {items}" if ignore.value else items) + text[end:]
    if isinstance(ignore, yaml.SequenceNode):
        end = text.find(_newline(text), ignore.value[-1].end_mark.index)  # a comment stays with its item
        end = len(text) if end < 0 else end
        column = ignore.start_mark.column
        lines = "".join(f"{_newline(text)}{' ' * column}- {item}" for item in _quoted(ids))
        return text[:end] + lines + text[end:]
    raise KeyError("ignore")


def _insert_key(text: str, watch: yaml.MappingNode, items: str) -> str:
    if watch.flow_style:
        end = watch.end_mark.index - 1  # the closing brace
        return f"{text[:end]}, ignore: [{items}]{text[end:]}"
    second = watch.value[1][0].start_mark  # there is one: `list` and `categories` are needed
    indent = _newline(text) + " " * second.column
    return f"{text[: second.index]}ignore: [{items}]{indent}{text[second.index :]}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _value(node: yaml.Node | None, key: str) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
        for name, value in pairs:
            if name.value == key:
                return value
    raise KeyError(key)


def _quoted(ids: Sequence[ArxivId]) -> list[str]:
    """Quote each identifier: other readers of YAML take 2407.12390 for a number."""
    return [f'"{arxiv_id.base}"' for arxiv_id in ids]
