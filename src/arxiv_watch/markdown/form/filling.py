"""Filling a template with a paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Formatter

from arxiv_watch.errors import ConfigError, EditRefusedError
from arxiv_watch.markdown.form.cleaning import clean
from arxiv_watch.markdown.form.template import HUMAN, Field, Part, Template
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.table import PIPE
from arxiv_watch.markdown.text.authors import ALL, AllAuthors, FirstAuthor, write_authors
from arxiv_watch.markdown.text.escapes import file_text, html_text, shown_text
from arxiv_watch.markdown.text.fields import ABSTRACT, code_address, short_name, split_title, write_date
from arxiv_watch.papers import Paper

_FIELDS = {
    "title": Field("title"),
    "name": Field("name"),
    "rest": Field("rest"),
    "url": Field("url", ABSTRACT),
    "pdf": Field("url", "https://arxiv.org/pdf/{id}"),
    "id": Field("id"),
    "authors": Field("authors", ALL),
    "first_author": Field("authors", FirstAuthor("first", " et al.")),
    "date": Field("date", "{Y}-{m:02}-{d:02}"),
    "year": Field("date", "{Y}"),
    "month": Field("date", "{m:02}"),
}
_JOINT = re.compile(r"(?<![\s:：])[\s:：]+$")  # matches ": " between a name and the rest of a title


def read_template(text: str) -> Template:
    """Read a `template:` of the config.

    Its fields are `{title}`, `{name}` and `{rest}` (the halves of a title with a colon), `{url}`, `{pdf}`,
    `{id}`, `{authors}`, `{first_author}`, `{date}`, `{year}` and `{month}`.

    Raises:
        ConfigError: A field is unknown or has a format, or title and link are missing.
    """
    try:
        pieces = list(Formatter().parse(text.rstrip("\r\n")))
    except ValueError as error:
        raise ConfigError(f"template {text!r} cannot be read: {error}") from error
    fields = f"the fields are {', '.join(_FIELDS)}"
    for _, name, form, conversion in pieces:
        if name is not None and name not in _FIELDS:
            raise ConfigError(f"template: no field {name!r}", fields)
        if form or conversion:
            raise ConfigError(f"template: {{{name}}} takes no format such as {form or conversion!r}", fields)
    template = Template.join(
        *(part for literal, name, _, _ in pieces for part in (literal, _FIELDS[name] if name else ""))
    )
    if not template.has("url") or not template.has("title", "name", "rest"):
        raise ConfigError(f"template {text!r} lacks title or link", "use at least {title} and {url}")
    return template.rewritten(lambda literal: literal.replace("\r\n", "\n"))


def fill(
    template: Template, paper: Paper, number: int = 1, *, style: str = "", formulas: bool = False
) -> str:
    """Write an entry: every field of the template in its form, what is not known left out.

    `style` is that of the entries around; with `formulas`, a formula in a title is left as one.
    """
    if not template.has("url", "id"):
        raise EditRefusedError(
            f"the entries here do not link to arXiv, so none can be written for {paper.id}",
            "give a `template:` in the config",
        )
    title = shown_text(paper.title)
    halves = split_title(title)
    if halves is None:
        template = without_name(template)
    if title.endswith(("?", "!", ".")):
        template = _without_stop(template)
    # The first entry under a heading has no style yet.
    in_row = FORMATS[style].in_cells or "|" in template.text
    titles = _titles(paper, title, halves, in_row=in_row, formulas=formulas)
    values = {field: _value(field, paper, titles, number) for field in template.fields}
    known = template.filled(lambda field: HUMAN if values[field] is None else field)
    # What stays empty in one cell takes nothing out of the next.
    cells = map(clean, known.split(PIPE) if FORMATS[style].in_cells else [known])
    written = "|".join(cell.filled(lambda field: values[field] or "").text for cell in cells)
    return html_text(written) if FORMATS[style].element else written


def without_name(template: Template) -> Template:
    """Put a whole title in the place of a name, and take out what joined the name to the rest."""
    parts = list(template.parts)
    while (place := _find_name(parts)) is not None:
        end = parts.index(Field("rest"), place)
        between = parts[place + 1 : end]
        if between and isinstance(between[-1], str):
            between[-1] = _JOINT.sub("", between[-1])
        if between and isinstance(between[0], str):
            between[0] = between[0].removeprefix(":")
        parts[place : end + 1] = [Field("title"), *between]
    return clean(Template.join(*(HUMAN if part == Field("alias") else part for part in parts)))


def _find_name(parts: Sequence[Part]) -> int | None:
    """Find a name that the rest of its title follows in the same line and cell."""
    name = None
    for place, part in enumerate(parts):
        if part == Field("name"):
            name = place
        elif part == Field("rest") and name is not None:
            return name
        elif isinstance(part, str) and ("\n" in part or "|" in part):
            name = None
    return None


def _without_stop(template: Template) -> Template:
    """Take away the full stop after a title: it brings a mark of its own."""
    pairs = zip(template.parts, (None, *template.parts), strict=False)
    return Template.join(
        *(
            part.removeprefix(".") if isinstance(part, str) and before == Field("title") else part
            for part, before in pairs
        )
    )


def _titles(
    paper: Paper, title: str, halves: tuple[str, str] | None, *, in_row: bool, formulas: bool
) -> dict[str, str | None]:
    """Write a title, its halves and the short name that it gives, each by the name of its field."""
    short, rest = halves or (paper.id.base, title)
    texts = {"title": title, "name": short, "rest": rest, "alias": short_name(title)}
    return {name: file_text(text, in_row=in_row, formulas=formulas) or None for name, text in texts.items()}


def _value(field: Field, paper: Paper, titles: Mapping[str, str | None], number: int) -> str | None:
    """Write what belongs in the place of a field; None where it is not known."""
    match field:
        case Field("authors", (AllAuthors() | FirstAuthor()) as form):
            return write_authors(form, paper)
        case Field("date" | "venue", form):
            return write_date(str(form or ""), paper)
        case Field("url", form):
            return str(form).replace("{id}", paper.id.base)
        case Field("code"):
            return code_address(paper) or None
        case _:
            return {"id": paper.id.base, "number": str(number), **titles}[field.kind]
