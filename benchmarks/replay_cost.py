"""Time and memory, each measured in a process of its own.

python benchmarks/replay_cost.py [--day]

Without `--day` also of `classify`, which judges three months of announcements and takes a minute.
"""

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
from replay_data import WINDOWS, Feed, Replay, load

DAY_CANDIDATES = 1300
TWO_WEEKS, MOST = 4792, 10_000  # papers of background


def main() -> None:
    """Print the table."""
    feed = Feed.read()
    seed = load(WINDOWS[0], feed)
    large = None if "--day" in sys.argv else load(WINDOWS[1], feed)
    print("\n".join(measure_all(seed, large)))


def measure_all(seed: Replay, large: Replay | None) -> list[str]:
    """Measure normal days of one list, and `classify` for the whole window of another; return table rows."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listed = len({record.paper.id for record in seed.records})
        for background in (TWO_WEEKS, MOST):
            _write(folder, seed.records, seed.background[:background], seed.candidates[:DAY_CANDIDATES])
            what = f"a day of {seed.window.name}: {DAY_CANDIDATES:,} candidates, {listed} listed"
            what += f", {background:,} papers of background; from start to decision, with the reasons"
            rows.append(_row(what, folder, "day"))
        if large is not None:
            _write(folder, large.records, large.background, large.candidates)
            what = f"`classify` of {len(large.candidates):,} candidates for {large.window.name}'s list"
            rows.append(_row(f"{what}, by the command line, with the reasons of each", folder, "classify"))
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
    (folder / "list.md").write_text("\n".join(_as_list(records)), encoding="utf-8")


def _as_list(records: Sequence[Record]) -> Iterator[str]:
    """Yield the lines of a list that holds the records."""
    for path in dict.fromkeys(record.path for record in records):
        yield from (f"{'#' * level} {heading}\n" for level, heading in enumerate(path, 1))
        papers = (record.paper for record in records if record.path == path)
        yield from (f"- [{paper.id}](https://arxiv.org/abs/{paper.id})" for paper in papers)
        yield ""


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
    """Do one piece of work, and print the process's CPU seconds and its peak memory in MB."""
    if by == "classify":
        from arxiv_watch.cli import main as command  # only one of the two is measured

        files = {"papers": "candidates", "metadata": "records", "background": "background"}
        options = [
            word for key, stem in files.items() for word in (f"--{key}", str(folder / f"{stem}.jsonl"))
        ]
        code = command(
            ["classify", *options, "--list", str(folder / "list.md"), "--output", str(folder / "out.jsonl")]
        )
        assert code == 0, code
    else:
        from arxiv_watch.model import fit

        records, background = _read_records(folder / "records.jsonl"), _read(folder / "background.jsonl")
        model = fit(records, list(background))
        line = model.operating_point(0.5).unsure
        candidates = list(_read(folder / "candidates.jsonl"))
        predicted = zip(candidates, model.predict(candidates, evidence=False), strict=True)
        shown = [paper for paper, prediction in predicted if prediction.relevance >= line]
        assert all(each.id for each in model.predict(shown))
    print(json.dumps([time.process_time(), _peak()]))


def _peak() -> float:
    """Return the process's own peak memory in MB; `getrusage` would tell its parent's, if that was larger."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    if sys.argv[1:] in ([], ["--day"]):
        main()
    else:
        _measure(Path(sys.argv[1]), sys.argv[2])
