"""How the list engine does where a person inserted a paper.

    python benchmarks/lists_insertions.py ../shared/lists/insertions [--histories FOLDER] [--only PART]

Each folder is one list; `cases.jsonl` names for each case the file before, the paper, the heading, the lines
that a person wrote, and the first of them in the file after. The paper is put under the heading; counted are:

*refused*: no edit was made. *held*: the list shows the title already, and the person only completed the
entry; counted nowhere else. *pure*: nothing but new lines. *item*: GitHub's own renderer (cmark-gfm) shows
one more item at the entry's level, row, paragraph or heading, or as many as the person's lines make, and none
less at any level. *all items*: the same over the items of all levels together. *form*: the skeleton is that
of the person's lines, what only a person knows left out; *page*: however the address of the page that a link
opens is written; *any*: whichever page a link opens. *outside*: that renderer's page
gained the title once and a link to the paper, lost nothing, and shows no half bracket, separator or mark that
its other lines do not show. *place*: only blank lines stand between the chosen line and the
person's. *with*: the same with the history up to the commit before, read from the bare git
repositories in FOLDER (`owner+name` or `owner+name/repo`), as far as they are there. With them the person's
place is that of the commit itself; without, lines that no case names may have moved it.

The lists are parted by the parity of the SHA-256 of their names; settings are chosen on the odd half alone.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import hashlib
import json
import statistics
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import (
    Document,
    Edit,
    Entry,
    Insertion,
    ListHistory,
    PaperList,
    insert,
    parse_list,
    read_history,
)
from arxiv_watch.markdown.text.lines import decode, split_lines
from arxiv_watch.papers import Paper, normalise_title
from lists_forms import (
    Change,
    as_it_is,
    fits,
    is_pure,
    rendered_levels,
    share,
    shown_form,
    without_address,
    without_link,
)
from lists_outside import shows_rightly

FILE = "README.md"
HELD = "the list holds it"
GRADES: tuple[tuple[str, Change], ...] = (
    ("form", as_it_is),
    ("page", without_address),
    ("any", without_link),
)


@dataclass(frozen=True)
class Case:
    """One paper that a person inserted.

    Attributes:
        before: The file as it was.
        insertion: The paper and its heading.
        lines: The person's lines.
        place: The line of `before`, from 0, before which they were put.
        style: `bullet`, `numbered`, `table`, `paragraph` or `heading`.
    """

    before: bytes
    insertion: Insertion
    lines: tuple[str, ...]
    place: int
    style: str

    @property
    def after(self) -> bytes:
        """The file with the person's lines, set apart where paragraphs would run into their neighbours."""
        lines = split_lines(decode(self.before))
        above, below = lines[: self.place], lines[self.place :]
        own = [line + "\n" for line in self.lines]
        if self.style in {"paragraph", "heading"}:
            own = ["\n", *own, "\n"]
        if above and not above[-1].endswith(("\n", "\r")):
            above[-1] += "\n"
        return "".join([*above, *own, *below]).encode("utf-8", "surrogateescape")


# Judges of the whole edit, from the case and the file after; each makes one more column.
JUDGES: dict[str, Callable[[Case, bytes], bool]] = {
    "outside": lambda case, after: shows_rightly(case.before, after, case.insertion.paper)
}


@dataclass
class Score:
    """What was counted for one list."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def is_learnt(self) -> bool:
        """Whether settings may be chosen on the list."""
        return int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % 2 == 1

    def tried(self, column: str) -> int:
        """Return how many cases a column is counted over."""
        return self.counts["with tried"] if column == "with" else self.counts["cases"] - self.counts["held"]


@dataclass(frozen=True)
class Commit:
    """The commit that a case was taken from."""

    parent: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def place(self, line: int) -> int:
        """Return before which line of the file before, from 0, a line of the file after stands, from 1."""
        matcher = difflib.SequenceMatcher(None, self.before, self.after, autojunk=False)
        for _, start, end, new_start, new_end in matcher.get_opcodes():
            if new_start < line <= new_end:
                return start if end - start != new_end - new_start else start + line - 1 - new_start
        return len(self.before)


@dataclass(frozen=True)
class Repository:
    """A bare git repository with the history of a list."""

    git: Path
    path: str

    @classmethod
    def find(cls, histories: Path | None, name: str) -> Repository | None:
        """Find the repository of a list named `owner+name`, or `owner+name__path__of__the__file`."""
        repository, _, path = name.partition("__")
        for git in (histories / repository / "repo", histories / repository) if histories else ():
            if (git / "HEAD").is_file():
                return cls(git, path.replace("__", "/") or FILE)
        return None

    def commit(self, before: bytes, rows: Sequence[Mapping[str, Any]]) -> Commit | None:
        """Find the commit that made of a file one with all the lines of the cases where they say."""
        old, day = tuple(decode(before).splitlines()), date.fromisoformat(rows[0]["day"])
        days = [f"--since={day - timedelta(days=2)}", f"--until={day + timedelta(days=2)}"]
        form = ["--raw", "--no-abbrev", "--first-parent", "-m", "--format=%P"]
        log = self.run("log", *form, *days, "HEAD", "--", self.path)
        parent = ""
        for line in log.decode(errors="replace").splitlines():
            if not line.startswith(":"):
                parent = line.split()[0] if line else parent
                continue
            if not line.split()[4].startswith("M"):
                continue
            blobs = (self.run("cat-file", "blob", blob) for blob in line.split()[2:4])
            earlier, after = (tuple(decode(blob).splitlines()) for blob in blobs)
            # Addresses of people were taken out of some of the files.
            changed = sum(one != other for one, other in zip(earlier, old, strict=False))
            if (
                len(earlier) == len(old)
                and changed < 3
                and all(after[row["line"] - 1 :][:1] == tuple(row["lines"][:1]) for row in rows)
            ):
                return Commit(parent, earlier, after)
        return None

    def history(self, commit: str, before: bytes) -> ListHistory:
        """Read the history that a user would have had at a commit."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                ["git", "clone", "--quiet", "--no-checkout", "--shared", self.git, folder], check=True
            )
            subprocess.run(["git", "-C", folder, "update-ref", "--no-deref", "HEAD", commit], check=True)
            history = read_history(Path(folder), {self.path: before})
            return ListHistory({FILE: history.arrivals[self.path]})

    def run(self, *arguments: str) -> bytes:
        """Return what a command of git prints of the repository."""
        return subprocess.run(["git", "-C", self.git, *arguments], check=True, capture_output=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lists", type=Path)
    parser.add_argument("--histories", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    files = sorted(arguments.lists.glob(f"*{arguments.only}*/cases.jsonl"))
    if not files:
        print(f"skipped: there are no cases in {arguments.lists}")
        return
    print("| list | half | cases | " + " | ".join(columns()) + " |")
    print("|---|---|" + "---|" * (len(columns()) + 1))
    scores = []
    for file in files:
        scores.append(measure(file.parent, arguments.histories, arguments.verbose))
        print(row(scores[-1]), flush=True)
    print("\n".join(totals(scores)))


def columns() -> list[str]:
    return [
        "refused",
        "held",
        "pure",
        "item",
        "all items",
        *(column for column, _ in GRADES),
        *JUDGES,
        "place",
        "with",
    ]


def measure(folder: Path, histories: Path | None, verbose: bool) -> Score:  # noqa: FBT001 - the flag of the command line
    score = Score(folder.name)
    repository = Repository.find(histories, folder.name)
    commits: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        commits[case["before"]].append(case)
    for name, rows in commits.items():
        before = gzip.decompress((folder / name).read_bytes())
        commit = repository.commit(before, rows) if repository else None
        history = repository.history(commit.parent, before) if repository and commit else None
        listed = parse_list({FILE: before})
        for case in read_cases(before, rows, commit):
            judge(score, listed, case, history, verbose)
    return score


def read_cases(before: bytes, rows: Sequence[Mapping[str, Any]], commit: Commit | None) -> Iterator[Case]:
    """Read the cases of one commit; without it, the lines of the other cases are taken off the line."""
    for case in rows:
        others = sum(len(other["lines"]) for other in rows if other["line"] < case["line"])
        place = commit.place(case["line"]) if commit else case["line"] - 1 - others
        facts = case["paper"]
        paper = Paper(
            ArxivId.parse(facts["id"]),
            facts["title"],
            authors=tuple(facts["authors"]),
            categories=tuple(facts["categories"]),
            published=date.fromisoformat(facts["published"]),
        )
        insertion = Insertion(paper, tuple(case["heading"]))
        yield Case(before, insertion, tuple(case["lines"]), place, case["style"])


def judge(
    score: Score,
    listed: PaperList,
    case: Case,
    history: ListHistory | None,
    verbose: bool,  # noqa: FBT001 - the flag of the command line
) -> None:
    """Insert the paper as a user would, and compare that with what the person did."""
    score.counts["cases"] += 1
    edit, informed = attempt(listed, case, None), attempt(listed, case, history)
    if HELD in (edit, informed) and holds_title(case):
        score.counts["held"] += 1
        return
    score.counts["with tried"] += history is not None
    if isinstance(edit, str) or isinstance(informed, str):
        score.counts["refused"] += 1
        if verbose:
            print(f"  REFUSED {case.insertion.paper.id}: {edit if isinstance(edit, str) else informed}")
        return
    right = dict(verdicts(case, edit.files[FILE])) | {"place": is_placed(case, edit)}
    if history is not None:
        right["with"] = is_placed(case, informed)
    score.counts.update(column for column in right if right[column])
    if verbose and not all(right.values()):
        show(case, informed, [column for column in right if not right[column]])


def attempt(listed: PaperList, case: Case, history: ListHistory | None) -> Edit | str:
    try:
        edit = insert(listed, [case.insertion], history=history)
    except ArxivWatchError as error:
        return str(error)
    return edit if edit.files else HELD


def holds_title(case: Case) -> bool:
    """Tell whether the file shows the title, however the list engine reads it."""
    return normalise_title(case.insertion.paper.title) in normalise_title(decode(case.before))


def verdicts(case: Case, after: bytes) -> Iterator[tuple[str, bool]]:
    """Judge a new file, column by column."""
    yield "pure", is_pure(case.before, after)
    old, new = entry_of(case, case.after), entry_of(case, after)
    style = old[1].style if old else case.style
    before, now, theirs = (rendered_levels(data, style) for data in (case.before, after, case.after))
    yield "item", at_its_level(before, now) in {1, at_its_level(before, theirs)}
    yield "all items", now.total() - before.total() in {1, theirs.total() - before.total()}
    for column, change in GRADES:
        yield column, bool(old and new and fits(old, shown_form(*new), change))
    for column, is_right in JUDGES.items():
        yield column, is_right(case, after)


def at_its_level(before: Counter[int], now: Counter[int]) -> int:
    """Count the new items of the outermost level that has any; none where a level lost one."""
    if before - now:
        return 0
    more = now - before
    return more[min(more, default=0)]


def entry_of(case: Case, data: bytes) -> tuple[Document, Entry] | None:
    """Read the entry of the case's paper, under its heading if it is there."""
    paper = case.insertion.paper.id
    listed = parse_list({FILE: data})
    found = [pair for pair in listed.placed if paper in pair[0].ids]
    here = [entry for entry, path in found if path == case.insertion.path] or [entry for entry, _ in found]
    return (listed.documents[0], here[0]) if here else None


def is_placed(case: Case, edit: Edit) -> bool:
    """Tell whether only blank lines are between the chosen place and the person's."""
    lines, place = decode(case.before).splitlines(), edit.places[0]
    assert place
    above = zip(lines, decode(edit.files[FILE]).splitlines()[: place.line - 1], strict=False)
    chosen = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], above))
    return not any(line.strip() for line in lines[min(chosen, case.place) : max(chosen, case.place)])


def show(case: Case, edit: Edit, wrong: Sequence[str]) -> None:
    paper, after = case.insertion.paper, edit.files[FILE]
    new, place = entry_of(case, after), edit.places[0]
    text = new[0].text(new[1]) if new else "not read"
    print(f"  {paper.id} under {case.insertion.path[-1]!r}: {', '.join(wrong)}")
    if {"place", "with"} & {*wrong}:
        print(f"    before line {case.place + 1}, not {place.line if place else '?'}")
    print(f"    - {chr(10).join(case.lines)!r}\n    + {text!r}")


def row(score: Score) -> str:
    cells = [share(score.counts[column], score.tried(column)) for column in columns()[2:]]
    half = "odd" if score.is_learnt else "even"
    counts = [str(score.counts[column]) for column in ("cases", *columns()[:2])]
    return f"| {' | '.join([score.name, half, *counts, *cells])} |"


def totals(scores: Sequence[Score]) -> Iterator[str]:
    """Sum up all lists, and each half: over cases, and as means over lists."""
    for name, part in (
        ("all", scores),
        ("odd: settings chosen on it", [score for score in scores if score.is_learnt]),
        ("even: only reported", [score for score in scores if not score.is_learnt]),
    ):
        refused, held = (sum(score.counts[column] for score in part) for column in columns()[:2])
        yield f"{name}: {refused} refused, {held} held"
        for column in columns()[2:]:
            tried = sum(score.tried(column) for score in part)
            right = sum(score.counts[column] for score in part)
            lists = [score.counts[column] / score.tried(column) for score in part if score.tried(column)]
            mean = f"{statistics.mean(lists):.2f}" if lists else "–"
            yield f"  {column}: {right} of {tried}, {right / max(tried, 1):.2f}; mean over lists {mean}"


if __name__ == "__main__":
    main()
