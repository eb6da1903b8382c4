"""How titles in lists differ from arXiv's, what a looser comparison would catch, and what it would confuse.

    python benchmarks/titles.py ../shared

*caught*: titles in the lists' histories that are not arXiv's own of the same identifier, taken for it.
*unlinked*: entries without an arXiv link in the lists of today that are taken for a paper at hand.
*confused*: pairs of different papers, of all at hand, with different titles that are taken for one.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from arxiv_watch.errors import ListError
from arxiv_watch.markdown import parse_list
from arxiv_watch.markdown.text.fields import split_title
from arxiv_watch.papers import normalise_title

FEWEST = 7  # words of a title without its name that may still be its own
COMMAND = re.compile(r"\\[A-Za-z]+")
WORD = re.compile(r"[^\W_]+")
Keys = Callable[[str], set[str]]


def rows(file: Path) -> Iterator[dict[str, Any]]:
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def raw(title: str) -> set[str]:
    return {"".join(filter(str.isalnum, title.casefold()))}


def exact(title: str) -> set[str]:
    return {normalise_title(title)}


def words(title: str) -> list[str]:
    """Return the words without articles and the plural's s."""
    plain = COMMAND.sub("", title).casefold()
    found = [word for word in WORD.findall(plain) if word not in {"a", "an", "the"}]
    return [re.sub(r"(?<=[^s]{3})s$", "", word) for word in found]


def stems(title: str) -> set[str]:
    return {normalise_title("".join(words(title)))}


def halves(title: str) -> set[str]:
    """Return the whole title, and what follows a name: two titles match by it only if one lacks a name."""
    name = split_title(title)
    rest = words(name[1]) if name else []
    return stems(title) | (
        {"rest " + "".join(rest)} if len(rest) >= FEWEST else {"rest " + "".join(words(title))}
    )


def one_word(title: str) -> set[str]:
    """Return the title without each of its words, and whole."""
    own = words(title)
    shorter = {" ".join([*own[:index], *own[index + 1 :]]) for index in range(len(own))}
    return {" ".join(own)} | (shorter if len(own) > FEWEST else set())


def alike(rule: Keys, one: str, other: str) -> bool:
    if rule is halves and split_title(one) and split_title(other):
        return bool(stems(one) & stems(other))
    return bool(rule(one) & rule(other))


def main() -> None:
    shared = Path(sys.argv[1])
    files = [*sorted((shared / "data").glob("feed-*.jsonl.gz")), shared / "data" / "listed.jsonl.gz"]
    papers = {row["id"]: row["title"] for file in files for row in rows(file)}
    histories = sorted((shared / "lists" / "history").glob("*.jsonl"))
    pairs = {(row["id"], row["title"]) for file in histories for row in rows(file) if row["title"]}
    listed = [(title, papers[base]) for base, title in pairs if base in papers]
    differ = [pair for pair in listed if not raw(pair[0]) & raw(pair[1])]
    unlinked = {
        title for file in sorted((shared / "lists" / "raw").glob("*.md")) for title in without_id(file)
    }
    print(
        f"{len(papers)} papers, {len(listed)} titles in histories,"
        f" {len(differ)} differ, {len(unlinked)} unlinked"
    )
    for rule in (raw, exact, stems, halves, one_word):
        index: dict[str, set[str]] = defaultdict(set)
        for title in papers.values():
            for key in rule(title):
                index[key].add(title)
        confused = {
            tuple(sorted((one, other)))
            for titles in index.values()
            for one in titles
            for other in titles
            if not raw(one) & raw(other) and alike(rule, one, other)
        }
        caught = sum(alike(rule, *pair) for pair in differ)
        known = sum(any(alike(rule, t, o) for key in rule(t) for o in index.get(key, ())) for t in unlinked)
        print(f"{rule.__name__}: caught {caught}, unlinked {known}, confused {len(confused)}")


def without_id(file: Path) -> Iterator[str]:
    try:
        placed = parse_list({file.name: file.read_bytes()}).placed
    except ListError:
        return
    yield from (entry.title for entry, _ in placed if entry.title and not entry.ids)


if __name__ == "__main__":
    main()
