"""What a pull request remembers of its papers, in commit trailers and in its body's marker.

The trailers are the truth: a body can be edited or emptied, the commits of a pull request stay on
GitHub even when its branch is deleted. The marker is a copy that saves reading the commits.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard, TypeVar

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId

_VERSION = "v1"
# matches "e30cba83218e7135d8ad1dfabad5454ac1d593a7"
_SHA = re.compile(r"[0-9a-f]{40}")
# matches "<!-- arxiv-watch:v1 eyJiYXNlIjoi -->"; a forged one of megabytes is not read
_MARKER = re.compile(r"<!-- arxiv-watch:v1 ([A-Za-z0-9+/=]{1,40000}) -->")
_LIMIT = 65_536  # characters of a commit message worth reading: nobody writes longer ones

# The kinds of papers, as a memory and the marker call them, each with its trailer; read in this order.
_TRAILERS = {"papers": "Id", "unsure": "Unsure", "refused": "Refused", "moved": "Moved"}

Papers = Mapping[ArxivId, HeadingPath]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Memory:
    """Which papers a pull request holds, and under which headings.

    Attributes:
        watch: The watch it belongs to; empty where a pull request no longer says what it holds.
        base: The commit of the base branch that its branch contains.
        papers: Papers that its branch adds.
        unsure: Papers that its body only shows.
        refused: Papers that a person rejected here.
        moved: Papers of the branch that a person put under another heading, each with the proposed one.
        patterns: The list as the config named it.
        priors: `Prediction.base_relevance` of each paper that was shown: what later runs recalibrate by.
    """

    watch: str = ""
    base: str = ""
    papers: Papers = field(default_factory=dict)
    unsure: Papers = field(default_factory=dict)
    refused: Papers = field(default_factory=dict)
    moved: Papers = field(default_factory=dict)
    patterns: str = ""
    priors: Mapping[ArxivId, float] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[ArxivId]:
        """Every paper that it ever showed."""
        return frozenset({*self.papers, *self.unsure, *self.refused})

    def answered(self, ticks: Mapping[ArxivId, bool]) -> Memory:
        """Return the memory after a reviewer's ticks.

        An emptied box refuses a paper; one that was refused and is ticked again is as good as an unsure
        one that was ticked: it is not in the branch yet, but wanted there.
        """
        no = {paper: path for paper, path in self.papers.items() if ticks.get(paper) is False}
        back = {paper: path for paper, path in self.refused.items() if ticks.get(paper)}
        refused = {paper: path for paper, path in self.refused.items() if paper not in back}
        return replace(self, unsure={**self.unsure, **back}, refused={**refused, **no})


@dataclass(frozen=True, slots=True)
class Marker:
    """The copy in the body, with what only matters for the body.

    Attributes:
        memory: The memory as of `head`.
        head: The commit that the bot left the branch at.
        title: The title that the bot gave.
        finished: Whether labels, reviewers and assignees were set.
        closed: Whether the bot itself closed it; it will not do so again after somebody reopened it.
        assignees: The logins that the bot assigned; any other was assigned by a person.
        alternatives: The other headings that each paper has boxes for.
    """

    memory: Memory
    head: str
    title: str
    finished: bool = False
    closed: bool = False
    assignees: tuple[str, ...] = ()
    alternatives: Mapping[ArxivId, tuple[HeadingPath, ...]] = field(default_factory=dict)


def commit_message(memory: Memory, subject: str, run_id: str = "") -> str:
    """Write the message of a commit: its subject and trailers, never a title or a name."""
    trailers = [
        f"Arxiv-Watch: {_VERSION}",
        f"Arxiv-Watch-Watch: {_quote(memory.watch)}",
        f"Arxiv-Watch-Base: {memory.base}",
        f"Arxiv-Watch-List: {_quote(memory.patterns)}",
        *([f"Arxiv-Watch-Run: {run_id}"] if run_id.isalnum() else []),
        *(
            f"Arxiv-Watch-{_TRAILERS[kind]}: {paper} {_quote(path)}"
            for kind, papers in _kinds_of(memory).items()
            for paper, path in sorted(papers.items())
        ),
        *(f"Arxiv-Watch-Prior: {paper} {prior:.6f}" for paper, prior in sorted(memory.priors.items())),
    ]
    return "\n".join([subject, "", *trailers])


def read_commit(message: str) -> Memory | None:
    """Read the trailers of a commit message, or return None where they are not ours or damaged."""
    rows = [line.partition(": ") for line in message[:_LIMIT].rstrip().rpartition("\n\n")[2].splitlines()]
    values: dict[str, list[str]] = {}
    for key, _, value in rows:
        values.setdefault(key, []).append(value)
    if values.get("Arxiv-Watch") != [_VERSION]:
        return None
    try:
        return _memory(
            json.loads(values["Arxiv-Watch-Watch"][0]),
            values["Arxiv-Watch-Base"][0],
            json.loads(values.get("Arxiv-Watch-List", ['""'])[0]),
            {kind: map(_split, values.get(f"Arxiv-Watch-{key}", [])) for kind, key in _TRAILERS.items()},
            map(str.split, values.get("Arxiv-Watch-Prior", [])),
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def write_marker(marker: Marker) -> str:
    """Write the marker as an HTML comment; base64 has no `-`, so nothing can end it early."""
    memory = marker.memory
    lists = _kinds_of(memory)
    offered = (path for several in marker.alternatives.values() for path in several)
    paths = sorted({*offered, *(path for papers in lists.values() for path in papers.values())})
    number = {path: index for index, path in enumerate(paths)}
    row = {
        "watch": memory.watch,
        "base": memory.base,
        "list": memory.patterns,
        "head": marker.head,
        "title": marker.title,
        "paths": paths,
        **{
            key: [[str(paper), number[path]] for paper, path in sorted(papers.items())]
            for key, papers in lists.items()
        },
        "alternatives": [
            [str(paper), *(number[path] for path in several)]
            for paper, several in sorted(marker.alternatives.items())
        ],
        "priors": [[str(paper), prior] for paper, prior in sorted(memory.priors.items())],
        "assignees": marker.assignees,
        "finished": marker.finished,
        "closed": marker.closed,
    }
    text = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
    return f"<!-- arxiv-watch:v1 {base64.b64encode(text.encode()).decode()} -->"


def read_marker(body: str) -> Marker | None:
    """Read the last marker of a body, or return None where there is none or it is damaged."""
    found = _MARKER.findall(body)
    if not found:
        return None
    try:
        row = json.loads(base64.b64decode(found[-1], validate=True))
        paths = [_path(path) for path in row["paths"]]
        memory = _memory(
            row["watch"],
            row["base"],
            row.get("list", ""),
            {kind: _numbered(row.get(kind, []), paths) for kind in _TRAILERS},
            row.get("priors", []),
        )
        assignees = _path(row["assignees"])
        offered = {
            ArxivId.parse(paper): tuple(paths[index] for index in several)
            for paper, *several in row.get("alternatives", [])
        }
        marker = Marker(memory, row["head"], row["title"], row["finished"], row["closed"], assignees, offered)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None  # anybody who may edit the body can put any JSON there; the trailers are the truth
    flags = {type(row["finished"]), type(row["closed"])} == {bool}
    return marker if flags and type(row["title"]) is str and _is_sha(row["head"]) else None


def _kinds_of(memory: Memory) -> dict[str, Papers]:
    return {kind: getattr(memory, kind) for kind in _TRAILERS}


def _memory(
    watch: object,
    base: object,
    patterns: object,
    kinds: Mapping[str, Iterable[tuple[str, HeadingPath]]],
    priors: Iterable[Sequence[Any]],
) -> Memory:
    """Make a memory of what JSON held, which may be anything."""
    if not isinstance(watch, str) or not isinstance(patterns, str) or not _is_sha(base):
        raise ValueError("not a memory")
    papers = {kind: _parsed(rows) for kind, rows in kinds.items()}
    shown_with = _parsed((paper, float(prior)) for paper, prior in priors)
    # What is no probability was written by somebody else.
    probabilities = {paper: prior for paper, prior in shown_with.items() if 0 <= prior <= 1}
    return Memory(watch, base, **papers, patterns=patterns, priors=probabilities)


def _parsed(rows: Iterable[tuple[str, T]]) -> dict[ArxivId, T]:
    return {ArxivId.parse(paper): value for paper, value in rows}


def _numbered(
    rows: Iterable[tuple[str, int]], paths: Sequence[HeadingPath]
) -> Iterator[tuple[str, HeadingPath]]:
    return ((paper, paths[index]) for paper, index in rows)


def _split(row: str) -> tuple[str, HeadingPath]:
    paper, _, path = row.partition(" ")
    return paper, _path(json.loads(path))


def _path(value: object) -> HeadingPath:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ValueError("not a heading path")
    return tuple(value)


def _is_sha(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _SHA.fullmatch(value) is not None


def _quote(value: str | HeadingPath) -> str:
    """Write JSON in ASCII in which nothing mentions, refers to or closes anything."""
    text = json.dumps(value)
    return (
        text.replace("@", "\\u0040")
        .replace("#", "\\u0023")
        .replace("://", "\\u003a//")
        .replace("GH-", "GH\\u002d")
    )
