"""The documents as a reader meets them: their fenced blocks, their links, and the commands they show."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\S*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\((?P<target>[^()\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)
_VARIABLE = re.compile(r"[A-Z_]+=\S*")


@dataclass(frozen=True)
class Block:
    """A fenced block: what it is marked as, its text without indentation, and its 1-based line."""

    document: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


@dataclass(frozen=True)
class Step:
    """One command of a console block, what is shown of its output, and the exit code it is to have."""

    words: tuple[str, ...]
    shown: str
    code: int


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks_of(path: Path) -> list[Block]:
    text = read(path)
    return [
        Block(
            path.relative_to(ROOT).as_posix(),
            text.count("\n", 0, match.start()) + 1,
            match["language"],
            re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
        )
        for match in _FENCE.finditer(text)
    ]


def steps_of(block: Block) -> list[Step]:
    """Part a console block into commands; `$ echo $?` and its answer tell the exit code of the one before."""
    steps: list[Step] = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if command == "echo $?":
            steps[-1] = Step(steps[-1].words, steps[-1].shown, int(shown))
        else:
            words = shlex.split(command)
            while words and _VARIABLE.fullmatch(words[0]):
                words.pop(0)  # the stand-ins' own values are used
            steps.append(Step(tuple(words), shown, 0))
    return steps


def prose_of(text: str) -> str:
    """Return a document without its fenced blocks, and with nothing in its code spans."""
    return re.sub(r"`[^`\n]*`", "``", _FENCE.sub("", text))


def links_of(path: Path) -> list[str]:
    return [match["target"] for match in _LINK.finditer(prose_of(read(path)))]


def anchors_of(path: Path) -> set[str]:
    """Return the anchors that GitHub gives a document's headings."""
    anchors: set[str] = set()
    for match in _HEADING.finditer(_FENCE.sub("", read(path))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match["text"])
        slug = re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")
        number = 0
        while (anchor := f"{slug}-{number}" if number else slug) in anchors:
            number += 1
        anchors.add(anchor)
    return anchors


def is_shown(shown: str, output: str) -> bool:
    """Tell whether an output holds what a document shows of it; a line `…` stands for any lines.

    Blanks and line breaks do not count: versions of Python break help texts differently.
    """
    rest = " ".join(output.split())
    for part in re.split(r"^…$", shown, flags=re.MULTILINE):
        found = rest.find(wanted := " ".join(part.split()))
        if found < 0:
            return False
        rest = rest[found + len(wanted) :]
    return True
