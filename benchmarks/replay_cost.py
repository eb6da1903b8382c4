"""Time and memory, each measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Record
from arxiv_watch.rows import paper_to_row, read_papers, write_rows
from replay_data import Replay

DAY_CANDIDATES, DAY_LISTED, DAY_BACKGROUND = 1300, 860, 10_000


def measure_all(large: Replay, other: Replay) -> list[str]:
    """Measure the whole window by us and by arxiv-sanity-lite, and one normal day; return table rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, large.records, large.background, large.candidates)
        window = f"{len(large.candidates):,} candidates, {len(large.background):,} background papers"
        rows = [_row(f"{window}: {by}", folder, by) for by in ("arxiv-watch", "arxiv-sanity-lite")]
        newest = sorted(other.records, key=lambda record: record.paper.id)[-DAY_LISTED:]
        _write(folder, newest, other.background[:DAY_BACKGROUND], other.candidates[:DAY_CANDIDATES])
        day = f"a day: {DAY_CANDIDATES:,} candidates, {DAY_LISTED} listed, {DAY_BACKGROUND:,} background"
        rows.append(_row(f"{day}; from start to decision, evidence included", folder, "day"))
    return rows


def _write(
    folder: Path, records: Sequence[Record], background: Sequence[Paper], candidates: Sequence[Paper]
) -> None:
    for name, papers in (("background", background), ("candidates", candidates)):
        write_rows(folder / f"{name}.jsonl", (paper_to_row(paper) for paper in papers))
    rows = [
        {**paper_to_row(record.paper), "path": record.path, "added": str(record.added)} for record in records
    ]
    write_rows(folder / "records.jsonl", rows)


def _row(what: str, folder: Path, by: str) -> str:
    done = subprocess.run(
        [sys.executable, __file__, str(folder), by], check=True, capture_output=True, text=True
    )
    seconds, megabytes = json.loads(done.stdout)
    return f"| {what} | {seconds:.1f} | {megabytes:.0f} |"


def _read(path: Path) -> Iterator[Paper]:
    return read_papers(path, lambda complaint: print(complaint, file=sys.stderr))


def _read_records(path: Path) -> list[Record]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Record(paper, tuple(row["path"]), date.fromisoformat(row["added"]))
        for paper, row in zip(_read(path), rows, strict=True)
    ]


def _measure(folder: Path, by: str) -> None:
    """Do one piece of work, and print its CPU seconds and the process's peak memory in MB."""
    records, background = _read_records(folder / "records.jsonl"), list(_read(folder / "background.jsonl"))
    candidates = _read(folder / "candidates.jsonl")
    start = 0.0 if by == "day" else time.process_time()
    if by == "arxiv-sanity-lite":
        from replay_baselines import arxiv_sanity_lite  # only one of the two is measured

        arxiv_sanity_lite(records, background, candidates)
    else:
        from arxiv_watch.model import fit  # likewise

        model = fit(records, background)
        line = model.operating_point(0.5).unsure
        for _ in model.predict(candidates, evidence_from=line):
            pass
    print(json.dumps([time.process_time() - start, _peak()]))


def _peak() -> float:
    """Return the process's own peak memory in MB; `getrusage` would tell its parent's, if that was larger."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    _measure(Path(sys.argv[1]), sys.argv[2])
