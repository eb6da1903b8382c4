"""Take insertions that people made out of the git histories of lists, as cases for `lists_insertions.py`.

    python benchmarks/lists_cases.py CLONES OUT [--without FOLDER]

CLONES holds bare clones, `owner+name` or `owner+name/repo`; FOLDER, one folder a list, names those to leave
out. A case is a block of a commit that only added lines, with one paper of arXiv that the file did not hold
before, under a heading that it held. The paper's title is what the list engine reads, its day the middle of
the identifier's month; authors nobody knows. At most `MOST` a list, the latest ones.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.markdown import PaperList, parse_list
from lists_insertions import FILE, Repository

MOST = 14  # of a list
COMMITS = 400  # of a list that are looked at
LINES = 8  # of a block; a person's entry has fewer
BYTES = 600_000  # of a file: larger ones take minutes to compare
AUTHORS = ("Ada Lovelace", "Charles Babbage", "Grace Hopper", "Alan Turing")

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", type=Path)
    arguments = parser.parse_args()
    left_out = {folder.name for folder in arguments.without.iterdir()} if arguments.without else set()
    for folder in sorted(arguments.clones.iterdir()):
        repository = Repository.find(arguments.clones, folder.name)
        if repository and folder.name not in left_out:
            print(folder.name, write_cases(repository, arguments.out / folder.name), flush=True)


def write_cases(repository: Repository, out: Path) -> int:
    """Write the cases of one list, and return how many there are."""
    rows: list[Row] = []
    for day, before, after in versions(repository):
        found = list(read_cases(day, before, after))
        if found:
            out.mkdir(parents=True, exist_ok=True)
            name = f"{len(rows):02}.md.gz"
            (out / name).write_bytes(gzip.compress(before))
            rows += [row | {"before": name} for row in found]
        if len(rows) >= MOST:
            break
    if rows:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[:MOST]]
        (out / "cases.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(rows[:MOST])


def versions(repository: Repository) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield each commit's day, and the file before and after it, the latest first."""
    form = ["--raw", "--no-abbrev", "--first-parent", "-m", "--format=%cs"]
    log = repository.run("log", f"-{COMMITS}", *form, "HEAD", "--", repository.path)
    day = ""
    for line in log.decode(errors="replace").splitlines():
        if not line.startswith(":"):
            day = line or day
        elif line.split()[4].startswith("M"):
            before, after = (repository.run("cat-file", "blob", blob) for blob in line.split()[2:4])
            if len(after) <= BYTES:
                yield day, before, after


def read_cases(day: str, before: bytes, after: bytes) -> Iterator[Row]:
    """Read the insertions of one commit, which changed and took away nothing."""
    old, new = (data.decode("utf-8", "surrogateescape").splitlines() for data in (before, after))
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changes = [code for code in codes if code[0] != "equal"]
    if any(code[0] != "insert" for code in changes):
        return
    try:
        earlier, later = parse_list({FILE: before}), parse_list({FILE: after})
    except ArxivWatchError:
        return
    for _, _, _, start, end in changes:
        written = [index for index in range(start, end) if new[index].strip()]
        if written and written[-1] - written[0] < LINES:
            yield from case_of(later, earlier, day, new[written[0] : written[-1] + 1], written[0] + 1)


def case_of(later: PaperList, earlier: PaperList, day: str, lines: Sequence[str], line: int) -> Iterator[Row]:
    """Make a case of a block, if it is one paper's."""
    found = [
        (section, entry)
        for section in later.documents[0].sections
        for entry in section.entries
        if line <= entry.line < line + len(lines)
    ]
    if len(found) != 1:
        return
    [(section, entry)] = found
    if (
        not entry.ids
        or not entry.title
        or entry.ids[0] in earlier.ids
        or section.path not in earlier.headings
    ):
        return
    month = entry.ids[0].month
    yield {
        "paper": {
            "id": entry.ids[0].base,
            "title": entry.title,
            "authors": AUTHORS,
            "categories": ["cs.LG"],
            "published": month.replace(day=15).isoformat(),
        },
        "authors_known": False,
        "heading": section.path,
        "lines": lines,
        "line": line,
        "day": day,
        "style": section.style,
    }


if __name__ == "__main__":
    main()
