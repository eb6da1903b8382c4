"""How two entries of a list are compared: what is rendered, and the form of what a program can know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial

import cmarkgfm

from arxiv_watch.markdown import Document, Entry
from arxiv_watch.markdown.anatomy import split_cells
from arxiv_watch.markdown.authors import AllAuthors
from arxiv_watch.markdown.cleaning import clean
from arxiv_watch.markdown.inline import scan_links, visible
from arxiv_watch.markdown.lines import decode, split_lines
from arxiv_watch.markdown.spans import cells_of, skeleton
from arxiv_watch.markdown.template import Field, Human, Template

DATE = re.compile("\x01date:[^\x02]*\x02")  # matches "\x01date:{Y}\x02"
LIST_TAG = re.compile(r"<(ul|ol|li|/ul|/ol)\b")  # matches "<li" and "</ul"
DOUBT = re.compile(r"\{[mdbB](?:\?|:02)?\}\.?")  # matches "{m:02}" and "{m?}"


def fits(old: tuple[Document, Entry], form: str, change: Callable[[str], str] = str) -> bool:
    """Tell whether a form is that of an entry, or of the entry without a person's link on its title.

    Args:
        old: The file and the entry as a person wrote it.
        form: The form that is compared with it.
        change: What is left open of both, such as the address of a link.
    """
    document, entry = old
    text, table = text_of(document, entry), entry.style == "table"
    bare = form_of(without_title_link(text, entry.title), header_of(document, entry), entry)
    compare = partial(same_form, old_text=text, table=table)
    return any(compare(change(right), change(form)) for right in (shown_form(document, entry), bare))


def text_of(document: Document, entry: Entry) -> str:
    return "\n".join(document.lines[entry.line - 1 : entry.end_line])


def shown_form(document: Document, entry: Entry) -> str:
    return form_of(text_of(document, entry), header_of(document, entry), entry)


def header_of(document: Document, entry: Entry) -> str:
    return document.lines[entry.header - 1] if entry.header else ""


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


def form_of(text: str, header: str, entry: Entry) -> str:
    """Reduce an entry to its form: what only a person can know and blanks aside, a venue is a venue."""
    text = "\n".join(line.rstrip("\r\n") for line in split_lines(text))
    if entry.style == "table":
        cells = cells_of(text, header)
        width = len(split_cells(header)) or len(
            cells.forms
        )  # cells beyond are not rendered, missing ones are
        forms = [written(cell) if cell.fields else "" for cell in cells.forms[:width]]
        forms = [
            "" if cell.strip("*`[] ") == stand_in("alias") else cell for cell in forms
        ]  # people name freely
        form = "|".join(forms + [""] * (width - len(forms)))
    else:
        form = written(skeleton(text, style=entry.style))
    form = re.sub("\x01venue:[^\x02]*\x02", stand_in("venue"), form)
    form = form.replace(f"[{stand_in('id')}]", f"[{stand_in('name')}]")  # for papers without a short name
    form = form.replace(f"**{stand_in('alias')}**", stand_in("alias"))  # a name is a name
    form = DOUBT.sub(lambda code: code[0].replace("?", "").replace(":02", ""), form)
    form = re.sub(r"(?<=[\[(]) +| +(?=[\])])", "", form)
    return "\n".join(" ".join(line.split()) for line in form.split("\n")).strip()


def without_venue(form: str, *, table: bool) -> str:
    """Take the venue out, and the stop at the end, which `In *Proceedings of …*.` may have taken with it."""
    cells = form.split("|") if table else [form]
    bare = (" ".join(_cleaned(cell.split(stand_in("venue"))).split()) for cell in cells)
    return "|".join(cell.rstrip(".") for cell in bare)


def _cleaned(pieces: list[str]) -> str:
    """Take out what stands between pieces of a form, as if only a person could know it."""
    human = [
        part for piece in pieces for part in (Human(), *map(_part, re.split("(\x01[^\x02]*\x02)", piece)))
    ]
    return written(clean(Template.join(*human[1:])))


def _part(text: str) -> str | Field:
    return Field(text[1:-1]) if text.startswith("\x01") else text


def written(form: Template) -> str:
    """Write a form as one text, with each field between two control characters."""
    return form.filled(_shown).text


def _shown(field: Field) -> str:
    if isinstance(field.form, AllAuthors):
        return stand_in("authors:full")  # how names are joined is no other field
    return stand_in(field.kind if field.form is None else f"{field.kind}:{field.form}")


def stand_in(name: str) -> str:
    """Stand for a field."""
    return f"\x01{name}\x02"


def without_title_link(text: str, title: str) -> str:
    """Take a link to anywhere but arXiv off a title: to a talk or a page only a person knows."""
    for link in reversed(scan_links(text)):
        label = text[slice(*link.label)]
        if link.kind == "link" and not link.id and visible(label) == title:
            text = text[: link.start] + label + text[link.end :]
    return text


def without_address(form: str) -> str:
    """Leave open how the address of a page is written: with `http`, with `www`, with a `.pdf` behind it."""
    page = r"\x01url:\S*?/(abs|pdf|html)/[^\x02]*\x02"
    return re.sub(page, lambda found: stand_in(f"url:{found[1]}"), form)


def without_link(form: str) -> str:
    """Leave open whether a link goes to the abstract or the PDF, and by which host."""
    return re.sub("\x01url:[^\x02]*\x02", stand_in("url"), form)


def same_form(old: str, new: str, *, old_text: str, table: bool) -> bool:
    """Compare forms; where a paper was published, only a person can know, and a date may stand for it."""
    if old == new:
        return True
    published = not re.search(
        r"(?i)\b(?:arxiv|preprint)\b(?!\.org|\]\()", re.sub(r"https?://\S+", "", old_text)
    )
    if not published:
        return False
    venue = stand_in("venue")
    dated = new if venue in new else DATE.sub(venue, new, count=1)
    return without_venue(old, table=table) == without_venue(new, table=table) or old == dated


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"
