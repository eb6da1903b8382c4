"""Golden cases: Markdown files that hold a list before, a paper as JSON, and the list after.

What the eye cannot see is written with signs: `␠` a blank, `␍` a carriage return, `⍽` a no-break space,
`⟦ZWSP⟧` a zero-width space, `⟦BOM⟧` a byte order mark, `⟦EOF⟧` no newline at the end.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import parse_path
from arxiv_watch.markdown import Insertion, insert, parse_list
from arxiv_watch.rows import paper_from_row

GOLDEN = Path(__file__).resolve().parents[1] / "markdown" / "golden"
_SIGNS = {"␠": " ", "␍": "\r", "⍽": "\u00a0", "⟦ZWSP⟧": "\u200b", "⟦BOM⟧": "\ufeff"}
_FENCE = re.compile(r"^~~~~(\w+)\n(.*?)^~~~~$", re.MULTILINE | re.DOTALL)
FILE = "README.md"


@dataclass(frozen=True)
class Case:
    """One golden case; `kind` is `after` or `refused`, and `outcome` the list or a part of the reason."""

    name: str
    before: bytes
    asked: dict[str, Any]
    kind: str
    outcome: str


def read_cases() -> list[Case]:
    cases = []
    for file in sorted(GOLDEN.glob("*.md")):
        (_, before), (_, asked), (kind, outcome) = _FENCE.findall(file.read_text(encoding="utf-8"))
        cases.append(Case(file.stem, decode(before), json.loads(asked), kind, outcome))
    return cases


def apply(before: bytes, asked: dict[str, Any]) -> tuple[str, str]:
    """Insert the paper and tell what kind of outcome it is, and the outcome with its signs."""
    insertion = Insertion(paper_from_row(asked), parse_path(asked["heading"]))
    try:
        edit = insert(parse_list({FILE: before}), [insertion], template=asked.get("template"))
    except EditRefusedError as error:
        return "refused", f"{error}\n"
    return "after", encode(edit.files[FILE])


def decode(text: str) -> bytes:
    for sign, meaning in _SIGNS.items():
        text = text.replace(sign, meaning)
    return text.replace("⟦EOF⟧\n", "").encode()


def encode(data: bytes) -> str:
    text = data.decode().replace("\r\n", "␍\n").replace("\u00a0", "⍽").replace("\u200b", "⟦ZWSP⟧")
    text = text.replace("\ufeff", "⟦BOM⟧")
    text = re.sub(r" +(?=␍?$)", lambda blanks: "␠" * len(blanks[0]), text, flags=re.MULTILINE)
    return text if text.endswith("\n") else text + "⟦EOF⟧\n"
