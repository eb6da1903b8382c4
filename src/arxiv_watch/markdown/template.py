"""Filling a skeleton with a paper."""

from __future__ import annotations

import re

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.markdown.fields import write_authors, write_date
from arxiv_watch.markdown.style import FIELD, HUMAN, clean_places
from arxiv_watch.markdown.text import file_text, shown_text
from arxiv_watch.papers import Paper

_NAME = re.compile(r"\s*(?P<name>[^:]{1,40}?)\s*[:：]\s+(?P<rest>\S.*)")
_NAME_REST = re.compile("\x01name\x02(?P<between>(?:(?!\x01name\x02)[^\n|])*?)\x01rest\x02")


def split_title(title: str) -> tuple[str, str] | None:
    """Split `Name: what it does` into its two halves; None for a title without a short name."""
    match = _NAME.fullmatch(title)
    if match is None or len(match["name"].split()) > 4:  # noqa: PLR2004 - more is no name
        return None
    return match["name"], match["rest"]


def fill(skeleton: str, paper: Paper, number: int = 1) -> str:
    """Write an entry: every field of the skeleton in its form, what is not known left out.

    Raises:
        EditRefusedError: The skeleton has no place for the title or the link.
    """
    if "\x01url:" not in skeleton:
        raise EditRefusedError(
            f"the entries here do not link to arXiv, so none can be written for {paper.id}",
            "give a `template:` in the config",
        )
    title = shown_text(paper.title)
    halves = split_title(title)
    if halves is None:
        skeleton = _NAME_REST.sub(lambda match: _merge(match["between"]), skeleton)
    text = FIELD.sub(lambda match: _value(match[1], paper, title, halves, number), skeleton)
    return clean_places(text) if HUMAN in text else text


def _merge(between: str) -> str:
    """Put a whole title in the place of a name, and take out what joined the name to the rest."""
    return "\x01title\x02" + re.sub(r"^:|[\s:：]+$", "", between)


def _value(name: str, paper: Paper, title: str, halves: tuple[str, str] | None, number: int) -> str:
    kind, _, form = name.partition(":")
    if kind in {"date", "authors"}:
        value = write_date(form, paper) if kind == "date" else write_authors(form, paper)
        return HUMAN if value is None else value
    short, rest = halves or (paper.id.base, title)
    values = {"title": title, "name": short, "rest": rest}
    if kind in values:
        return file_text(values[kind])
    return {"url": form.replace("{id}", paper.id.base), "id": paper.id.base, "number": str(number)}[kind]
