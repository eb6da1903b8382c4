"""How two entries of a list are compared: what is rendered, and the form of what a program can know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import cmarkgfm

from arxiv_watch.markdown import Document, Entry
from arxiv_watch.markdown.form.cleaning import clean
from arxiv_watch.markdown.form.finders import cells_of, skeleton
from arxiv_watch.markdown.form.template import HUMAN, Field, Part, Template
from arxiv_watch.markdown.formats.table import split_cells
from arxiv_watch.markdown.text.authors import ALL, AllAuthors
from arxiv_watch.markdown.text.inline import scan_links, visible
from arxiv_watch.markdown.text.lines import decode, split_lines

LIST_TAG = re.compile(r"<(ul|ol|li|/ul|/ol)\b")  # matches "<li" and "</ul"
DOUBT = re.compile(r"\{[mdbB](?:\?|:02)?\}\.?")  # matches "{m:02}" and "{m?}"
PIPE = re.compile(r"\|")  # matches "|"
PAGE = re.compile(r"\S*?/(abs|pdf|html)/.*")  # matches "https://arxiv.org/abs/{id}"
INSIDE = re.compile(r"(?<=[\[(]) +| +(?=[\])])")  # matches the blank of "[ Paper]"
Change = Callable[[Template], Template]


def as_it_is(form: Template) -> Template:
    """Leave nothing open."""
    return form


def fits(old: tuple[Document, Entry], form: Template, change: Change = as_it_is) -> bool:
    """Tell whether a form is that of an entry, or of the entry without a person's link on its title.

    Args:
        old: The file and the entry as a person wrote it.
        form: The form that is compared with it.
        change: What is left open of both, such as the address of a link.
    """
    document, entry = old
    text, table = document.text(entry), entry.style == "table"
    bare = form_of(without_title_link(text, entry.title), document.header(entry), entry)
    compare = partial(same_form, old_text=text, table=table)
    return any(compare(change(right), change(form)) for right in (shown_form(document, entry), bare))


def shown_form(document: Document, entry: Entry) -> Template:
    return form_of(document.text(entry), document.header(entry), entry)


def is_pure(old: bytes, new: bytes) -> bool:
    """Tell whether taking lines out of the new file gives the old one, a missing final newline aside."""
    before, after = split_lines(decode(old)), iter(split_lines(decode(new)))
    return all(any(line in {other, other.rstrip("\r\n")} for other in after) for line in before)


def rendered_items(data: bytes, style: str) -> int:
    html = cmarkgfm.github_flavored_markdown_to_html(decode(data).encode("utf-8", "replace").decode())
    if style == "paragraph":
        return html.count("<p>")
    return html.count("<tr>") if style == "table" else html.count("<li")


def rendered_levels(data: bytes, style: str) -> Counter[int]:
    """Count what is rendered for each depth of nested lists; rows and paragraphs have one."""
    if style in {"paragraph", "table"}:
        return Counter({0: rendered_items(data, style)})
    html = cmarkgfm.github_flavored_markdown_to_html(decode(data).encode("utf-8", "replace").decode())
    depth, levels = 0, Counter[int]()
    for tag in LIST_TAG.findall(html):
        depth += (tag[:2] in {"ul", "ol"}) - (tag[:1] == "/")
        levels[depth] += tag == "li"
    return levels


def form_of(text: str, header: str, entry: Entry) -> Template:
    """Reduce an entry to its form: what only a person can know and blanks aside, a venue is a venue."""
    text = "\n".join(line.rstrip("\r\n") for line in split_lines(text))
    if entry.style == "table":
        cells = cells_of(text, header)
        # Cells beyond the header are not rendered, missing ones are.
        width = len(split_cells(header)) or len(cells.forms)
        forms = [Template() if is_free(cell) else cell for cell in cells.forms[:width]]
        forms += [Template()] * (width - len(forms))
        form = Template.join(*(piece for cell in forms for piece in ("|", cell)))
    else:
        form = skeleton(text, style=entry.style)
    return tidied(named(form.filled(undoubted)))


def is_free(cell: Template) -> bool:
    """Tell whether a cell holds nothing but a short name, which people give freely, or no field at all."""
    return not cell.fields or (cell.fields == [Field("alias")] and not cell.text.strip("*`[] "))


def undoubted(part: Field) -> Field:
    """Leave open how a venue and all authors are written, and how a date is padded."""
    if part.kind == "venue" or isinstance(part.form, AllAuthors):
        return replace(part, form=ALL if isinstance(part.form, AllAuthors) else None)
    if part.kind != "date":
        return part
    bare = DOUBT.sub(lambda code: code[0].replace("?", "").replace(":02", ""), str(part.form))
    return replace(part, form=bare)


def named(form: Template) -> Template:
    """Call an identifier in brackets a name, as for papers without one, and a name in bold a name."""
    parts: list[Part] = ["", *form.parts, ""]
    for index, part in enumerate(parts):
        before, after = parts[max(index - 1, 0)], parts[min(index + 1, len(parts) - 1)]
        if not isinstance(before, str) or not isinstance(after, str):
            continue
        if part == Field("id") and before.endswith("[") and after.startswith("]"):
            parts[index] = Field("name")
        elif part == Field("alias") and before.endswith("**") and after.startswith("**"):
            parts[index - 1], parts[index + 1] = before[:-2], after[2:]
    return Template.join(*parts)


def tidied(form: Template) -> Template:
    """Take out blanks inside brackets and at the ends of lines, and all but one of several."""
    form = form.rewritten(lambda text: INSIDE.sub("", re.sub(r"[^\S\n]+", " ", text)))
    return form.rewritten(lambda text: re.sub(" ?\n ?", "\n", text)).strip()


def without_venue(form: Template, *, table: bool) -> list[Template]:
    """Take the venue out, and the stop at the end, which `In *Proceedings of …*.` may have taken with it."""
    bare = form.filled(lambda part: HUMAN if part == Field("venue") else part)
    cells = [tidied(clean(cell)) for cell in (bare.split(PIPE) if table else [bare])]
    return [Template.join(*cell.parts[:-1], *(last_part(cell))) for cell in cells]


def last_part(cell: Template) -> list[Part]:
    """Return the last part of a cell, if there is one, without a stop at its end."""
    return [part.rstrip(".") if isinstance(part, str) else part for part in cell.parts[-1:]]


def without_address(form: Template) -> Template:
    """Leave open how the address of a page is written: with `http`, with `www`, with a `.pdf` behind it."""

    def page(part: Field) -> Field:
        found = PAGE.fullmatch(str(part.form)) if part.kind == "url" else None
        return Field("url", found[1]) if found else part

    return form.filled(page)


def without_link(form: Template) -> Template:
    """Leave open whether a link goes to the abstract or the PDF, and by which host."""
    return form.filled(lambda part: Field("url") if part.kind == "url" else part)


def same_form(old: Template, new: Template, *, old_text: str, table: bool) -> bool:
    """Compare forms; where a paper was published, only a person can know, and a date may stand for it."""
    if old == new:
        return True
    published = not re.search(
        r"(?i)\b(?:arxiv|preprint)\b(?!\.org|\]\()", re.sub(r"https?://\S+", "", old_text)
    )
    if not published:
        return False
    dates = [part for part in new.fields if part.kind == "date"]
    dated = new
    if dates and not new.has("venue"):
        place = new.parts.index(dates[0])
        dated = Template.join(*new.parts[:place], Field("venue"), *new.parts[place + 1 :])
    return without_venue(old, table=table) == without_venue(new, table=table) or old == dated


def without_title_link(text: str, title: str) -> str:
    """Take a link to anywhere but arXiv off a title: to a talk or a page only a person knows."""
    for link in reversed(scan_links(text)):
        label = text[slice(*link.label)]
        if link.kind == "link" and not link.id and visible(label) == title:
            text = text[: link.start] + label + text[link.end :]
    return text


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"
