"""Sentences on what became of earlier pull requests, for the report and for the reviewer."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from arxiv_watch.conversation import code
from arxiv_watch.forge.ledger import PastPull
from arxiv_watch.forge.state import Subject
from arxiv_watch.identifiers import ArxivId


def renamed_watches(claimed: Iterable[str], subject: Subject) -> Iterable[str]:
    """Say under which former names a watch was found again."""
    for name in claimed:
        yield (
            f"the list was renamed, and with it the watch {name!r}: what it proposed is carried on; add "
            f"`former_names: [{name}]` to the watch {subject.watch!r}"
        )


def merged_though_unticked(
    past: Iterable[PastPull], listed: Container[ArxivId], files: Mapping[str, bytes]
) -> Iterable[str]:
    """Tell of papers whose boxes were emptied just before the last merge, and how to take them out."""
    merged = [pull for pull in past if pull.facts.merged_at is not None and pull.is_known]
    for pull in merged[-1:]:
        for paper in pull.memory.papers:
            if pull.reading.ticks.get(paper) is False and paper in listed:
                yield (
                    f"{paper} was unticked in #{pull.facts.number}, which was merged before that took "
                    f"effect; to take it out, delete {_line_of(paper, files)}"
                )


def _line_of(paper: ArxivId, files: Mapping[str, bytes]) -> str:
    places = (
        f"line {number} of {code(path)}"
        for path, data in files.items()
        for number, line in enumerate(data.split(b"\n"), start=1)
        if paper.base.encode() in line
    )
    return next(places, "its line")


def endings(past: Sequence[PastPull]) -> Iterable[str]:
    """Say which pull requests cannot be read, and what the end of the last one was taken for."""
    for pull in past:
        if not pull.is_known:
            yield f"pull request #{pull.facts.number} no longer says which papers it holds; it is left alone"
    last = past[-1] if past else None
    if last is None or not last.is_known or last.facts.open or last.facts.merged_at or last.superseded:
        return
    number, count = last.facts.number, len(last.memory.ids)
    if last.rejected_by:
        told = f"{count} paper{'s' * (count != 1)}"
        yield f"{last.rejected_by} closed #{number}: {told} in it count as rejected; to undo that, reopen it"
    elif not last.judged:
        yield f"no person closed #{number}: its papers may come again; to reject one, untick its box there"
