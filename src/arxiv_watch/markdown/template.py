"""Filling a skeleton with a paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

from arxiv_watch.errors import ConfigError, EditRefusedError
from arxiv_watch.markdown.authors import write_authors
from arxiv_watch.markdown.cleaning import FIELD, HUMAN, clean, field
from arxiv_watch.markdown.code_links import code_address
from arxiv_watch.markdown.fields import write_date
from arxiv_watch.markdown.labels import short_name, split_title
from arxiv_watch.markdown.rows import PIPE
from arxiv_watch.markdown.text import file_text, html_text, shown_text
from arxiv_watch.papers import Paper

_FIELDS = {
    "title": "title",
    "name": "name",
    "rest": "rest",
    "url": "url:https://arxiv.org/abs/{id}",
    "pdf": "url:https://arxiv.org/pdf/{id}",
    "id": "id",
    "authors": "authors:full",
    "first_author": "authors:first et al.",
    "date": "date:{Y}-{m:02}-{d:02}",
    "year": "date:{Y}",
    "month": "date:{m:02}",
}
# matches ": " at the end of what stands between a name and the rest of a title
_JOINT = re.compile(r"(?<![\s:：])[\s:：]+$|^:")
# matches "\x01name\x02: \x01rest\x02"
_NAME_REST = re.compile("\x01name\x02(?P<between>(?:(?!\x01name\x02)[^\n|])*?)\x01rest\x02")


def read_template(template: str) -> str:
    """Turn a `template:` of the config into a skeleton.

    Its fields are `{title}`, `{name}` and `{rest}` (the halves of a title with a colon), `{url}`, `{pdf}`,
    `{id}`, `{authors}`, `{first_author}`, `{date}`, `{year}` and `{month}`.

    Raises:
        ConfigError: A field is unknown, or title and link are missing.
    """
    try:
        pieces = [(text, name) for text, name, _, _ in Formatter().parse(template.rstrip("\r\n"))]
    except ValueError as error:
        raise ConfigError(f"template {template!r} cannot be read: {error}") from error
    unknown = [name for _, name in pieces if name is not None and name not in _FIELDS]
    if unknown:
        raise ConfigError(f"template: no field {unknown[0]!r}", f"the fields are {', '.join(_FIELDS)}")
    skeleton = "".join(text + (field(_FIELDS[name]) if name else "") for text, name in pieces)
    if "\x01url:" not in skeleton or not {"title", "name", "rest"} & {name for _, name in pieces}:
        raise ConfigError(f"template {template!r} lacks title or link", "use at least {title} and {url}")
    return skeleton.replace("\r\n", "\n")


def fill(skeleton: str, paper: Paper, number: int = 1, *, style: str = "") -> str:
    """Write an entry: every field of the skeleton in its form, what is not known left out.

    Args:
        skeleton: The form.
        paper: What to put in it.
        number: The entry's number, where it bears one.
        style: The style of the entries around; among HTML tags text is written another way.

    Raises:
        EditRefusedError: The skeleton has no place for the title or the link.
    """
    if "\x01url:" not in skeleton and field("id") not in skeleton:
        raise EditRefusedError(
            f"the entries here do not link to arXiv, so none can be written for {paper.id}",
            "give a `template:` in the config",
        )
    title = shown_text(paper.title)
    halves = split_title(title)
    if halves is None:
        skeleton = without_name(skeleton)
    if title.endswith(("?", "!", ".")):
        skeleton = skeleton.replace(field("title") + ".", field("title"))
    # The first entry under a heading has no style yet.
    in_row = style == "table" or "|" in FIELD.sub("", skeleton)
    titles = _titles(paper, title, halves, in_row=in_row)
    text = FIELD.sub(lambda match: _value(match[1], paper, titles, number), skeleton)
    if style == "table":  # what stays empty in one cell takes nothing out of the next
        return "|".join(map(clean, PIPE.split(text)))
    return clean(html_text(text) if style == "html" else text)


def without_name(skeleton: str) -> str:
    """Put a whole title in the place of a name, and take out what joined the name to the rest."""
    whole = _NAME_REST.sub(lambda match: field("title") + _JOINT.sub("", match["between"]), skeleton)
    return clean(whole.replace(field("alias"), HUMAN))


def _titles(paper: Paper, title: str, halves: tuple[str, str] | None, *, in_row: bool) -> dict[str, str]:
    """Write a title, its halves and the short name that it gives, each by the name of its field."""
    short, rest = halves or (paper.id.base, title)
    texts = {"title": title, "name": short, "rest": rest, "alias": short_name(title)}
    return {name: file_text(text, in_row=in_row) or HUMAN for name, text in texts.items()}


def _value(name: str, paper: Paper, titles: Mapping[str, str], number: int) -> str:
    kind, _, form = name.partition(":")
    if kind == "code":
        return code_address(paper) or HUMAN
    if kind in {"date", "venue", "authors"}:
        value = write_authors(form, paper) if kind == "authors" else write_date(form, paper)
        return HUMAN if value is None else value
    if kind in titles:
        return titles[kind]
    return {"url": form.replace("{id}", paper.id.base), "id": paper.id.base, "number": str(number)}[kind]
