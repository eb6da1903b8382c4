"""Lists that must not be edited: left half merged, or written by a program from another file."""

from __future__ import annotations

import re
from datetime import date

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.markdown.anatomy import is_element
from arxiv_watch.markdown.document import Document, PaperList, Section
from arxiv_watch.markdown.history import ListHistory
from arxiv_watch.markdown.lines import decode
from arxiv_watch.markdown.placing import Slot

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)|^={7}$", re.MULTILINE)  # matches "<<<<<<< HEAD"
_END_OF_CONFLICT = "\n>>>>>>>"  # only before one is "=======" a marker: elsewhere it underlines a heading
_SPANNING = re.compile(r"<t[dh]\b[^<>]*\browspan\s*=\s*[\"']?(?:[2-9]|\d\d)", re.IGNORECASE)
_SOURCE = r"[`\"'\w./-]+\.(?:ya?ml|csv|tsv|json|jsonl|toml|bib|tex)\b"
_DO_NOT = r"do(?: not|n['’]t)"
# Contents, badges and sections may be generated in a list that is kept by hand.
_PART = r"[^<>]*\b(?:(?:doc)?toc|contents|badges?|contributors|section|block)\b"
_THIS = r"this (?:file|readme|page|list|table)"
_MADE = r"(?:generated|built|rendered|compiled)"
_REST = r"[^\n]{0,200}"
_GENERATED = re.compile(
    rf"<!--(?!{_PART})[^<>]*\b(?:auto-?generated|generated (?:by|from|automatically)|{_DO_NOT} edit)\b"
    r"[^<>]*-->"
    rf"|\b{_THIS} (?:is|was) (?:auto(?:matically)?[- ]?)?{_MADE}\b{_REST}"
    rf"|\b{_DO_NOT} (?:manually )?(?:edit|modify|change) {_THIS}\b{_REST}"
    rf"|\b{_MADE} (?:automatically )?from \W?{_SOURCE}{_REST}"
    rf"|\b(?:edit|change|update) \W?{_SOURCE}{_REST}\b(?:instead|not (?:this|the) (?:file|readme|list))\b"
    rf"|[本此该](?:文件|文档|列表|页面|README)[^\n。]{{0,15}}自动生成{_REST}"
    r"|^#+ Updated on \d{4}\.\d\d\.\d\d(?=\s+> Usage instructions)",
    re.IGNORECASE | re.MULTILINE,
)


def find_conflict(document: Document) -> int | None:
    """Return the line of a conflict marker, from 1, or None."""
    text = decode(document.data).replace("\r\n", "\n")
    end = text.rfind(_END_OF_CONFLICT)
    for match in _CONFLICT.finditer(text):
        if match.start() < end or not match[0].startswith("="):
            return text.count("\n", 0, match.start()) + 1
    return None


def find_generated(document: Document) -> tuple[int, str] | None:
    """Return the line and the words by which a file says that a program writes it, or None."""
    text = decode(document.data)
    match = _GENERATED.search(text)
    return (text.count("\n", 0, match.start()) + 1, " ".join(match[0].split())) if match else None


def refuse_unsafe(document: Document) -> None:
    """Refuse a file that no edit can be right in.

    Raises:
        EditRefusedError: It holds conflict markers, or says that a program writes it.
    """
    conflict = find_conflict(document)
    if conflict:
        raise EditRefusedError(
            f"{document.path}:{conflict}: an unresolved merge conflict", "resolve it in the list first"
        )
    generated = find_generated(document)
    if generated:
        line, words = generated
        raise EditRefusedError(
            f"{document.path}:{line}: the file is generated ({words!r})", "edit what it is generated from"
        )


def refuse_fragment(paper_list: PaperList, history: ListHistory | None, today: date) -> None:
    """Refuse a list that has just lost most of itself, as far as its history is known.

    One broken commit is soon mended.

    Raises:
        EditRefusedError: Since yesterday it has lost more than half of its papers or headings.
    """
    papers = len({identifier for entry, _ in paper_list.placed for identifier in entry.ids})
    headings = len({path for entry, path in paper_list.placed if entry.ids})
    before = history.larger(papers, headings, today) if history else None
    if before:
        names = ", ".join(document.path for document in paper_list.documents)
        raise EditRefusedError(
            f"{names}: {papers} papers under {headings} headings, where there were {before.papers} under"
            f" {before.headings} on {before.day}",
            "mend the list; if it is meant, the bot goes on two days after the commit",
        )


def refuse_joined(document: Document, section: Section, slot: Slot) -> None:
    """Refuse an HTML table or list in which an inserted line would not be a separate row or item.

    Raises:
        EditRefusedError: The entry beside the place shares its lines with others, or rows share cells.
    """
    texts = {
        entry: "\n".join(document.lines[entry.line - 1 : entry.end_line])
        for entry in section.entries
        if entry.style == "html"
    }
    name = format_path(section.path)
    shared = next((entry for entry, text in texts.items() if _SPANNING.search(text)), None)
    if shared:
        raise EditRefusedError(
            f"{document.path}:{shared.line}: a cell under {name!r} spans several rows",
            "add the paper by hand, or write the cell into each row",
        )
    if slot.neighbour and not texts[slot.neighbour].lstrip().startswith("<"):
        raise EditRefusedError(
            f"{document.path}:{slot.neighbour.line}: HTML right above makes GitHub show the entries under "
            f"{name!r} as plain text",
            "put a blank line between the HTML and the entries",
        )
    if slot.neighbour and not is_element(texts[slot.neighbour]):
        raise EditRefusedError(
            f"{document.path}:{slot.neighbour.line}: the entries under {name!r} are not HTML rows or items "
            "on lines of their own",
            "give each `<tr>` or `<li>` its own lines and its closing tag",
        )
