"""How well the list engine reads and extends real lists.

    python benchmarks/lists.py ../shared/lists [--each N] [--only PART] [--verbose]

For every Markdown file in `raw/` there:

*Reading.* A plain scan of the file for arXiv links is compared with the papers of the list and
of its entries.

*Leave-one-out.* An entry is taken out and its paper put back under its heading; N entries a list, evenly
spread over those whose heading keeps another paper. Counted are insertions that are pure and render as one
more item or row in GitHub's own renderer (cmark-gfm), and new entries whose skeleton (fields, order,
punctuation, link form; human-only fields, blanks and venue names aside) is that of the entry taken out.
Beside it stands how often most of the other entries under the heading have that form, and how often any has.

*Place.* For a list with a `.bundle` of its git history every paper of every commit is put into the list
as it was before. For the others with `history/*.jsonl` every paper that is still listed is put back in the
order of the days they were added, into the heading as it is now without what came later (what was moved
since counts against the engine). The place is right if it is between the same older entries as the person's.

*Time.* The median of five readings, and of three edits.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import (
    Entry,
    Insertion,
    PaperList,
    Section,
    check_list,
    insert,
    parse_list,
    read_history,
)
from arxiv_watch.markdown.form.template import Template
from arxiv_watch.markdown.history.changes import Arrivals
from arxiv_watch.markdown.placing.rules import (
    Standing,
    choose_habit,
    entries_beside,
    explaining,
    learn_habit,
    present_rule,
)
from arxiv_watch.markdown.placing.slots import choose_slot
from arxiv_watch.markdown.reading.sections import tell_order
from arxiv_watch.markdown.text.lines import decode, split_lines
from arxiv_watch.papers import Paper, normalise_title
from lists_forms import (
    fits,
    is_pure,
    rendered_items,
    share,
    shown_form,
    without_address,
    without_link,
)

SCAN = re.compile(
    r"arxiv\.org/+(?:abs|pdf|html)/+((?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?!\d))(?!\S*\.(?:png|jpe?g))",
    re.IGNORECASE,
)
AUTHORS = ("Ann Lee", "Bob Ray", "Cy Young")


@dataclass
class Score:
    """What was counted for one list."""

    name: str
    linked: int = 0
    found: int = 0
    invented: int = 0
    in_entries: int = 0
    entries: int = 0
    tried: int = 0
    pure: int = 0
    rendered: int = 0
    same: int = 0
    same_page: int = 0
    same_but_link: int = 0
    seen: int = 0
    usual: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    placed: int = 0
    place_without: int = 0
    place_with: int = 0
    has_history: bool = False
    read_seconds: float = 0.0
    edit_seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lists", type=Path)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--scale", action="store_true", help="measure made lists of 0.5 to 4 MB as well")
    arguments = parser.parse_args()
    scores = []
    for file in sorted((arguments.lists / "raw").glob("*.md")):
        if arguments.only not in file.name:
            continue
        score = measure(file, arguments.lists, arguments.each, arguments.verbose)
        if score:
            scores.append(score)
            print(row(score), flush=True)
    print(total(scores))
    if arguments.scale:
        print("\n".join(scaling()))


def measure(file: Path, lists: Path, each: int, verbose: bool) -> Score | None:  # noqa: FBT001 - the flag of the command line
    data = file.read_bytes()
    if not SCAN.search(decode(data)):
        return None
    listed, read_seconds = timed(lambda: parse_list({file.name: data}), 5)
    score = Score(file.stem, read_seconds=read_seconds)
    reading(score, data, listed)
    leave_one_out(score, data, listed, each, verbose)
    history, bundle = lists / "history" / f"{file.stem}.jsonl", lists / f"{file.stem}.bundle"
    if bundle.exists():
        replay_commits(score, bundle)
    elif history.exists():
        replay_places(score, listed, history)
    return score


def timed(action: Callable[[], Any], times: int) -> tuple[Any, float]:
    seconds = []
    for _ in range(times):
        start = time.process_time()
        result = action()
        seconds.append(time.process_time() - start)
    return result, statistics.median(seconds)


def reading(score: Score, data: bytes, listed: PaperList) -> None:
    scanned = {found.base for match in SCAN.findall(decode(data)) if (found := ArxivId.find(match))}
    known = {identifier.base for identifier in listed.ids}
    everywhere = (section for document in listed.documents for section in document.sections)
    in_entries = {i.base for section in everywhere for entry in section.entries for i in entry.ids}
    score.linked, score.found = len(scanned), len(scanned & known)
    score.invented = sum(not known_to(data, base) for base in known - scanned)
    score.in_entries = len(scanned & in_entries)
    score.entries = len(listed.placed)


def known_to(data: bytes, base: str) -> bool:
    return base.encode() in data


def candidates(listed: PaperList, each: int) -> list[tuple[Entry, HeadingPath]]:
    """Choose entries, evenly spread: alone in naming their paper, and not the only paper of their heading."""
    uses = Counter(identifier for entry, _ in listed.placed for identifier in entry.ids)
    titles = Counter(normalise_title(entry.title) for entry, _ in listed.placed)
    heads = Counter(path for entry, path in listed.placed if entry.ids)
    fit = [
        (entry, path)
        for entry, path in listed.placed
        if len(entry.ids) == 1
        and uses[entry.ids[0]] == 1
        and heads[path] > 1
        and entry.title
        and titles[normalise_title(entry.title)] == 1
    ]
    step = max(len(fit) / each, 1.0)
    return [fit[int(index * step)] for index in range(min(each, len(fit)))]


def leave_one_out(score: Score, data: bytes, listed: PaperList, each: int, verbose: bool) -> None:  # noqa: FBT001 - the flag of the command line
    lines = split_lines(decode(data))
    seconds = []
    shown = shown_forms(listed)
    for entry, path in candidates(listed, each):
        without = take_out(lines, entry)
        paper = paper_of(entry)
        try:
            rest = parse_list({score.name: without})
            if paper.id in rest.ids:
                continue  # the intro or the news name it as well
            score.tried += 1
            start = time.process_time()
            edit = insert(rest, [Insertion(paper, path)])
            seconds.append(time.process_time() - start)
        except ArxivWatchError as error:
            score.refused[re.sub(r"\d+", "9", str(error))[-80:]] += 1
            if verbose:
                print(f"  REFUSED {entry.line}: {error}")
            continue
        if not edit.files:
            score.tried -= 1  # the news name it as well
            continue
        new = edit.files[score.name]
        score.pure += is_pure(without, new)
        score.rendered += rendered_items(new, entry.style) - rendered_items(without, entry.style) == 1
        reread = parse_list({score.name: new})
        written = next(e for e, _ in reread.placed if paper.id in e.ids)
        judge(score, (listed, entry), (reread, written), shown[path], verbose)
    score.edit_seconds = statistics.median(seconds) if seconds else 0.0


def shown_forms(listed: PaperList) -> dict[HeadingPath, list[Template]]:
    """List the forms of the papers under each heading."""
    forms: dict[HeadingPath, list[Template]] = defaultdict(list)
    for entry, path in listed.placed:
        if entry.ids:
            forms[path].append(shown_form(listed.documents[0], entry))
    return forms


def judge(
    score: Score,
    old: tuple[PaperList, Entry],
    new: tuple[PaperList, Entry],
    shown: list[Template],
    verbose: bool,  # noqa: FBT001 - the flag of the command line
) -> None:
    """Compare the form of the entry taken out with that of the one written, and with those beside it."""
    (before, entry), (after, written) = (old[0].documents[0], old[1]), (new[0].documents[0], new[1])
    fit = partial(fits, (before, entry))
    old_form, new_form = shown_form(before, entry), shown_form(after, written)
    same = fit(new_form)
    score.same += same
    score.same_page += fit(new_form, without_address)
    score.same_but_link += fit(new_form, without_link)
    others = Counter(shown)
    others[old_form] -= 1
    beside = [form for form, count in others.most_common() if count]
    score.usual += fit(beside[0])
    score.seen += any(map(fit, beside))
    if verbose and not same:
        print(f"  {entry.line}")
        print(f"    - {before.text(entry).strip()!r}\n    + {after.text(written).strip()!r}")
        print(f"    {old_form.parts}\n    {new_form.parts}")


def take_out(lines: list[str], entry: Entry) -> bytes:
    """Take an entry's lines out, and the blank lines after it."""
    start, end = entry.line - 1, entry.end_line
    while end < len(lines) and not lines[end].strip() and (start == 0 or not lines[start - 1].strip()):
        end += 1
    kept = lines[:start] + lines[end:]
    return "".join(kept).encode("utf-8", "surrogateescape")


def paper_of(entry: Entry) -> Paper:
    return Paper(
        replace(entry.ids[0], version=None),
        entry.title,
        authors=AUTHORS,
        published=entry.ids[0].month.replace(day=15),
    )


def replay_commits(score: Score, bundle: Path) -> None:
    """Put the papers of each commit into the list as it was before it."""
    score.has_history = True
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "-q", str(bundle), folder], check=True)
        log = git_output(folder, "log", "--first-parent", "--reverse", "--format=%H", "--", "README.md")
        before: PaperList | None = None
        for commit in log.decode().splitlines():
            try:
                after = parse_list({"README.md": git_output(folder, "show", f"{commit}:README.md")})
            except ArxivWatchError:
                continue  # no paper yet
            if before:
                history = read_history(Path(folder), {"README.md": before.documents[0].data})
                for old, new in common_sections(before, after):
                    replay_section(score, before, old, new, history.arrivals["README.md"])
            subprocess.run(["git", "-C", folder, "update-ref", "--no-deref", "HEAD", commit], check=True)
            before = after


def replay_section(score: Score, before: PaperList, old: Section, new: Section, arrivals: Arrivals) -> None:
    """Put what a commit added under a heading into it as it was."""
    known = {entry.ids[0] for entry in old.entries if entry.ids}
    kept = [entry for entry in new.entries if entry.ids and entry.ids[0] in known]
    stayed = {other.ids[0] for other in kept}
    for entry in new.entries:
        if entry.ids and entry.ids[0] not in before.ids:
            score.placed += 1
            real = {other.ids[0] for other in kept if other.line < entry.line}
            habit = learn_habit(before.documents[0], old, arrivals, entry.ids[0])
            beside = entries_beside(before.documents[0], old, arrivals)
            rules = (None, habit.rule if habit else None)
            slots = [choose_slot(beside, entry.ids[0], rule, present_rule(old)) for rule in rules]
            without, informed = (
                {other.ids[0] for other in old.entries if other.ids and other.end_line <= slot.line} & stayed
                == real
                for slot in slots
            )
            score.place_without += without
            score.place_with += informed


def git_output(folder: str, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True).stdout


def common_sections(before: PaperList, after: PaperList) -> Iterator[tuple[Section, Section]]:
    """Pair the sections that held papers before with what they are after."""
    held = {
        section.path: section
        for section in before.documents[0].sections
        if any(entry.ids for entry in section.entries)
    }
    for section in after.documents[0].sections:
        if section.path in held:
            yield held[section.path], section


def replay_places(score: Score, listed: PaperList, history: Path) -> None:
    """Put the papers back in the order of the days they were added, into the list as it is now."""
    score.has_history = True
    added: dict[tuple[str, HeadingPath], date] = {}
    for line in history.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["removed"] is None:
            added[record["id"], tuple(record["path"])] = date.fromisoformat(record["added"])
    precedents: list[tuple[HeadingPath, frozenset[str]]] = []
    for day, section, entry in sorted(dated_entries(listed, added), key=lambda item: item[0]):
        standing = [
            replace(one, age=-known.toordinal() if known else 0)
            for one in entries_beside(listed.documents[0], section)
            if not one.entry.ids
            or ((known := added.get((one.entry.ids[0].base, section.path))) is not None and known <= day)
        ]
        old = [one for one in standing if one.entry is entry or one.age > -day.toordinal()]
        index = next((place for place, one in enumerate(old) if one.entry is entry), None)
        if index is None or not any(one.entry.ids for one in old if one.entry is not entry):
            continue
        beside = old[:index] + old[index + 1 :]
        order, key = tell_order([one.entry for one in beside], [(one.year, one.month) for one in beside])
        present = present_rule(replace(section, order=order, ordered_by=key))
        own = [precedent for path, precedent in reversed(precedents[-400:]) if path == section.path]
        others = [precedent for _, precedent in reversed(precedents[-400:])]
        habit = choose_habit(own, others, present, beside, entry.ids[0])
        score.placed += 1
        score.place_without += right_place(beside, entry, None, present)
        score.place_with += right_place(beside, entry, habit.rule if habit else None, present)
        precedents.append((section.path, explaining(old, index)))


def dated_entries(
    listed: PaperList, added: dict[tuple[str, HeadingPath], date]
) -> Iterator[tuple[date, Section, Entry]]:
    for document in listed.documents:
        for section in document.sections:
            seen = set()
            for entry in section.entries:
                key = (entry.ids[0].base, section.path) if entry.ids else None
                if key in added and key not in seen:
                    seen.add(key)
                    yield added[key], section, entry


def right_place(beside: Sequence[Standing], entry: Entry, rule: str | None, present: str) -> bool:
    """Tell whether the chosen place lies between the same entries as the person's."""
    slot = choose_slot(beside, entry.ids[0], rule, present)
    entries = [one.entry for one in beside]
    chosen = sum((other.end_line <= slot.line) for other in entries)
    actual = sum(other.line < entry.line for other in entries)
    between = entries[min(chosen, actual) : max(chosen, actual)]
    return all(same_rank(other, entry) for other in between)


def same_rank(other: Entry, entry: Entry) -> bool:
    """Tell whether two entries may stand either way round: one has no paper, or it is the same paper."""
    return not other.ids or other.ids[0] == entry.ids[0]


def scaling() -> Iterator[str]:
    """Time made lists of one style: bullets under headings of fifty papers each."""
    for entries in (4_000, 8_000, 16_000, 32_000):
        lines = ["# List"]
        for number in range(entries):
            if number % 50 == 0:
                lines += ["", f"## Part {number // 50}"]
            identifier = f"{20 + number // 12_000}{number // 1_000 % 12 + 1:02}.{number % 100_000:05}"
            title = f"Paper {number}: Serving Large Models on Small Machines"
            lines.append(
                f"- [ ] [{title}](https://arxiv.org/abs/{identifier}): a note on it, as long as notes are"
            )
        data = "\n".join(lines).encode()
        listed, read_seconds = timed(partial(parse_list, {"list.md": data}), 3)
        new = Paper(ArxivId("2511.20001"), "Something New: Not Seen Before", authors=AUTHORS)
        insertion = Insertion(new, listed.headings[-1])
        _, edit_seconds = timed(partial(insert, listed, [insertion]), 3)
        yield f"{len(data) / 1e6:.1f} MB: read {read_seconds:.2f} s, edited {edit_seconds:.2f} s"
    for headings in (1_000, 2_000, 4_000, 8_000):
        entry = "- [Paper {0} of Many](https://arxiv.org/abs/2401.{0:05}): a note on it\n"
        text = "\n".join(f"## Part {number}\n{entry.format(number)}" for number in range(headings))
        listed = parse_list({"list.md": text.encode()})
        _, seconds = timed(partial(check_list, listed), 1)
        yield f"{headings} headings of one paper: checked {seconds:.1f} s"


def row(score: Score) -> str:
    place = share(score.place_without, score.placed)
    with_history = share(score.place_with, score.placed) if score.has_history else "–"
    return (
        f"| {score.name} | {score.entries} | {score.found}/{score.linked} "
        f"| {score.in_entries} | {score.invented} "
        f"| {score.tried} | {share(score.pure, score.tried)} | {share(score.rendered, score.tried)} "
        f"| {share(score.same, score.tried)} | {share(score.same_page, score.tried)} "
        f"| {share(score.same_but_link, score.tried)} "
        f"| {share(score.usual, score.tried)} | {share(score.seen, score.tried)} "
        f"| {place} | {with_history} | {1000 * score.read_seconds:.0f} | {1000 * score.edit_seconds:.0f} |"
    )


def total(scores: list[Score]) -> str:
    tried = sum(score.tried for score in scores)
    forms = mean([score.same / score.tried for score in scores if score.tried])
    pages = mean([score.same_page / score.tried for score in scores if score.tried])
    entries = sum(score.entries for score in scores if score.tried)
    by_entries = sum(score.entries * score.same / score.tried for score in scores if score.tried) / entries
    but_link = mean([score.same_but_link / score.tried for score in scores if score.tried])
    replayed = [score for score in scores if score.has_history]
    without = mean([score.place_without / score.placed for score in replayed])
    with_history = mean([score.place_with / score.placed for score in replayed])
    usual = mean([score.usual / score.tried for score in scores if score.tried])
    seen = mean([score.seen / score.tried for score in scores if score.tried])
    lines = [
        f"identifiers found: {sum(s.found for s in scores)} of {sum(s.linked for s in scores)}",
        f"pure insertion: {sum(s.pure for s in scores)} of {tried}",
        f"one more rendered item: {sum(s.rendered for s in scores)} of {tried}",
        f"same skeleton: {sum(s.same for s in scores)} of {tried}; mean over lists {forms}",
        f"the same, each list counting by its entries: {100 * by_entries:.0f} %",
        f"the same but for how the address of a page is written: mean over lists {pages}",
        f"the same but for the link's form: mean over lists {but_link}",
        f"the form of most others under the heading: {usual}; of any: {seen}",
        f"place, mean over lists: {without} without history, {with_history} with it",
    ]
    return "\n".join(lines)


def mean(values: list[float]) -> str:
    return f"{100 * statistics.mean(values):.0f} %" if values else "–"


if __name__ == "__main__":
    main()
