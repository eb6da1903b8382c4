"""What many lists cost: the collected file, and a job that works from it (docs/scaling.md).

With `--shards 20` the watches of the last number are dealt to so many jobs by `arxiv-watch watches --shard`;
it is checked that each watch is in one of them, and the shards named by `--run` are worked through. The time
of the collecting job is told as well, without its requests.

`python benchmarks/scaling.py` needs the real papers and lists in ../shared. Lists are real ones, each under
as many names as it takes; papers are those that arXiv announced in the week before `DAY`, their background
those of the two weeks before that.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from arxiv_watch.arxiv.collected import VERSION, CollectedArxiv, Collection, write_collection
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.clock import SimulatedClock
from arxiv_watch.collect import collect
from arxiv_watch.config import load_config
from arxiv_watch.markdown import parse_list
from arxiv_watch.papers import Announcement, AnnounceType, Coverage, CoverageState, Paper
from arxiv_watch.publish import DryRun
from arxiv_watch.rows import read_papers
from replay_data import FEED, SHARED

DAY = date(2025, 11, 20)
FIELDS = (
    *("cs.CL", "cs.LG", "cs.AI", "cs.CV", "cs.DC", "cs.SE", "cs.AR", "cs.PL", "cs.NE", "cs.RO"),
    *("cs.IR", "cs.CR", "cs.SD", "cs.HC", "cs.CY", "cs.DB", "cs.SI", "cs.MA", "cs.GR", "cs.PF"),
)
WEEK, BACKGROUND = timedelta(days=7), timedelta(days=21)
WATCHES = (1, 10, 50)


def main() -> None:
    """Print a row for the file and one for each number of watches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watches", type=int, nargs="+", default=WATCHES)
    parser.add_argument("--shards", type=int, default=0, metavar="N")
    parser.add_argument(
        "--run", type=int, nargs="+", default=(1,), metavar="I", help="shards to work through"
    )
    arguments = parser.parse_args()
    wanted = arguments.watches
    lists = sorted((SHARED / "lists" / "raw").glob("*.md"))
    if not FEED.exists() or not lists:
        sys.exit("needs the real papers and lists beside the checkout")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        collection = _collection(lists)
        write_collection(folder / "poll.gz", collection)
        size = (folder / "poll.gz").stat().st_size
        print(
            f"the file: {len(collection.poll.announcements):,} announced, "
            f"{len(collection.poll.background):,} background, {len(collection.metadata):,} listed papers: "
            f"{size / 1e6:.1f} MB\n"
        )
        print("| watches | CPU s | CPU s a watch | peak MB | proposed |\n|--:|--:|--:|--:|--:|")
        if arguments.shards:
            repository = _repository(folder, lists, wanted[-1])
            _simulate(folder, repository, wanted[-1], arguments.shards, arguments.run)
            seconds = _collect(repository, collection)
            print(f"collecting for them: {seconds:.1f} CPU seconds beside the requests")
            return
        for number in wanted:
            _print_row(str(number), number, *_work(folder, _repository(folder, lists, number)))


def _print_row(name: str, number: int, seconds: float, megabytes: float, proposed: int) -> None:
    print(f"| {name} | {seconds:.1f} | {seconds / number:.1f} | {megabytes:.0f} | {proposed} |", flush=True)


def _simulate(folder: Path, repository: Path, number: int, shards: int, chosen: list[int]) -> None:
    """Deal the watches to shards, each of which must be in one, and work through some of these."""
    dealt = [_shard(repository, index, shards) for index in range(1, shards + 1)]
    names = [name for shard in dealt for name in shard]
    if sorted(names) != sorted({f"w{index}" for index in range(number)}):
        sys.exit("a watch is in no shard, or in two")
    sizes = [len(shard) for shard in dealt]
    for index in chosen:
        row = _work(folder, repository, *dealt[index - 1])
        _print_row(f"shard {index} of {shards}, {sizes[index - 1]} watches", sizes[index - 1], *row)
    print(f"\n{number} watches, each in one of {shards} shards of {min(sizes)} to {max(sizes)}")


def _collect(repository: Path, collection: Collection) -> float:
    """Collect for all watches from an arXiv that answers at once; return the CPU seconds."""
    watches = load_config(repository / "config.yml", {}).watches
    clock = SimulatedClock(collection.made)
    before = time.process_time()
    _, errors = collect(watches, CollectedArxiv(collection, clock), DryRun(repository), clock)
    for error in errors:
        print(error, file=sys.stderr)
    return time.process_time() - before


def _shard(repository: Path, index: int, shards: int) -> list[str]:
    command = ["watches", "--format", "json", "--shard", f"{index}/{shards}"]
    done = subprocess.run(
        [sys.executable, "-m", "arxiv_watch", "--config", "apart.yml", *command],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    return [watch["name"] for watch in json.loads(done.stdout)]


def _papers(path: Path) -> list[Paper]:
    return list(read_papers(path, lambda complaint: print(complaint, file=sys.stderr)))


def _collection(lists: list[Path]) -> Collection:
    papers = _papers(FEED)
    listed = {one for path in lists for one in parse_list({path.name: path.read_bytes()}).ids}
    known = {paper.id: paper for paper in (*papers, *_papers(SHARED / "data" / "listed.jsonl.gz"))}
    week = [paper for paper in papers if paper.announced and DAY - WEEK <= paper.announced <= DAY]
    announcements = tuple(Announcement(paper, paper.announced or DAY, _types(paper)) for paper in week)
    coverage = tuple(Coverage(field, DAY, CoverageState.FRESH, source="rss") for field in FIELDS)
    background = tuple(
        paper for paper in papers if paper.announced and DAY - BACKGROUND <= paper.announced < DAY - WEEK
    )
    metadata = tuple(known[one] for one in sorted(listed) if one in known)
    made = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    return Collection(
        VERSION, made, tuple(FIELDS), (), DAY - WEEK, Poll(announcements, coverage, background), metadata
    )


def _types(paper: Paper) -> dict[str, AnnounceType]:
    fields = [field for field in paper.categories if field in FIELDS]
    return {
        field: AnnounceType.NEW if field == paper.primary_category else AnnounceType.CROSS for field in fields
    }


def _repository(folder: Path, lists: list[Path], number: int) -> Path:
    """Make a folder with the lists and a config of so many watches."""
    repository = folder / str(number)
    repository.mkdir()
    watches = []
    for index in range(number):
        path = lists[index % len(lists)]
        repository.joinpath(path.name).write_bytes(path.read_bytes())
        watches.append({"name": f"w{index}", "list": path.name, "categories": FIELDS})
    repository.joinpath("config.yml").write_text(json.dumps({"watches": watches}), encoding="utf-8")
    apart = [{**watch, "repository": f"lab/{watch['name']}"} for watch in watches]  # none of these is parted
    repository.joinpath("apart.yml").write_text(json.dumps({"watches": apart}), encoding="utf-8")
    return repository


def _work(folder: Path, repository: Path, *names: str) -> tuple[float, float, int]:
    """Work from the file for some watches, or all; return CPU seconds, peak megabytes, and proposals."""
    now = f"{DAY}T12:00:00+00:00"
    command = [sys.executable, "-m", "arxiv_watch", "--config", "config.yml", "--now", now, "poll"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*command, "--from", str(folder / "poll.gz"), "--format", "json", *names],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
    counts: dict[str, int] = defaultdict(int)
    for watch in json.loads(done.stdout)["watches"]:
        counts[watch["name"]] += len(watch["proposals"])
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024, sum(counts.values())


if __name__ == "__main__":
    main()
