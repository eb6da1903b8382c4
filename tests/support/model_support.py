"""Small worlds for the classifier's tests: a list with three headings, and papers of other fields."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Record

START = date(2025, 1, 6)

TOPICS: dict[HeadingPath, str] = {
    ("List", "Quantization"): "quantization low bit weights activation outliers rounding integer precision",
    ("List", "KV cache"): "cache eviction key value memory paging tokens long context compression",
    ("List", "Scheduling"): "scheduler requests batching latency throughput cluster preemption queue",
}
COMMON = ["language", "model", "inference", "serving", "efficient", "transformer", "decoding", "accelerator"]
OTHER = {
    "vision": "image segmentation detection pixels camera scene video depth object tracking",
    "speech": "speech audio speaker acoustic phoneme recording voice noise spectrogram prosody",
    "robots": "robot gripper manipulation trajectory navigation terrain locomotion control policy grasp",
}
FILLER = ["we", "propose", "method", "that", "shows", "results", "on", "benchmarks", "over", "prior"]


def make_paper(serial: int, words: Sequence[str], day: date = START, *, abstract: bool = True) -> Paper:
    """Make a paper whose title and abstract are drawn from `words`."""
    chance = random.Random(serial)  # noqa: S311 - makes up papers, no secrets
    title = " ".join(chance.choices(words, k=6)).capitalize()
    text = " ".join(chance.choices([*words, *FILLER], k=50)) if abstract else ""
    return Paper(ArxivId.parse(f"{day:%y%m}.{serial:05d}"), title, text, categories=("cs.LG",), announced=day)


def listed(count: int = 60, *, start: int = 1, abstract: bool = True) -> list[Record]:
    """Make records of a list that grew by one paper a day, headings in turn."""
    paths = list(TOPICS)
    records = []
    for number in range(count):
        path = paths[number % len(paths)]
        day = START + timedelta(days=number)
        words = [*TOPICS[path].split(), *COMMON]
        records.append(Record(make_paper(start + number, words, day, abstract=abstract), path, day))
    return records


def unlisted(count: int = 300, *, start: int = 20_000) -> list[Paper]:
    """Make papers of other fields, ten a day."""
    fields = [words.split() for words in OTHER.values()]
    return [
        make_paper(start + number, fields[number % len(fields)], START + timedelta(days=number // 10))
        for number in range(count)
    ]
