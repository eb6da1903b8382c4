"""Evaluations to report, made up but of a likely shape, for the tests of the report room."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from arxiv_watch.headings import HeadingPath
from arxiv_watch.model.evaluation import (
    Confusion,
    CurvePoint,
    GrowthPoint,
    HeadingEvaluation,
    HeadingScore,
    MissedPaper,
    ReliabilityBin,
    ReplayEvaluation,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.proposals import OperatingPoint
from arxiv_watch.report.values import Evaluation

NAMES = (
    "Memory Manage",
    "LLM Serving 💡",
    "Quantization 💡",
    "Speculative Decoding",
    "Combine MoE with LLM inference",
    "Serving for LoRA",
    "CPUs or based on SSD",
    "Request Scheduling",
    "Batch Processing",
    "3D Parallelism 💡",
    "Prune & Sparsity 💡",
    "RAG with LLM",
    "Inference with multimodal",
    "Compound Inference Systems",
    "Prefill-Decode disaggregation",
    "Heterogeneous or decentralized environments",
    "Fault Tolerance",
    "Energy Optimization",
    "RLHF",
    "Early Exits",
)
BARE = HeadingEvaluation(papers=0, headings=0, top1=None, top3=None, calibration_error=None)
PATHS: tuple[HeadingPath, ...] = tuple(("List", "Work", name) for name in NAMES)


def heading_evaluation(note: str = "Five folds, split by paper.") -> HeadingEvaluation:
    sizes = [46 - 2 * index for index in range(len(PATHS))]
    right = [round(size * (0.8 - 0.025 * index)) for index, size in enumerate(sizes)]
    confusion = []
    for index, (path, size, hits) in enumerate(zip(PATHS, sizes, right, strict=True)):
        confusion.append(Confusion(path, path, hits))
        other, third = PATHS[(index + 1) % len(PATHS)], PATHS[(index * 7 + 3) % len(PATHS)]
        wrong = size - hits
        confusion.append(Confusion(path, other, wrong - wrong // 3))
        if wrong // 3 and third not in {path, other}:
            confusion.append(Confusion(path, third, wrong // 3))
    return HeadingEvaluation(
        papers=sum(sizes),
        headings=59,
        top1=sum(right) / sum(sizes),
        top3=0.78,
        calibration_error=0.034,
        reliability=bins(8),
        scores=tuple(
            HeadingScore(path, size, hits / size, min(1.0, hits / size + 0.22))
            for path, size, hits in zip(PATHS, sizes, right, strict=True)
        ),
        confusion=tuple(sorted(confusion, key=lambda one: -one.papers)),
        note=note,
    )


def bins(count: int, largest: int = 60) -> tuple[ReliabilityBin, ...]:
    made = []
    for index in range(count):
        lower, upper = index / count, (index + 1) / count
        middle = (lower + upper) / 2
        observed = min(1.0, max(0.0, middle + 0.07 * math.sin(5 * middle)))
        made.append(ReliabilityBin(lower, upper, max(1, largest // (index + 1)), middle, observed))
    return tuple(made)


def replay_evaluation() -> ReplayEvaluation:
    curve = tuple(
        CurvePoint(1 - index / 120, 0.92 * math.exp(-2.1 * (index / 120) ** 2) + 0.02, index / 120, 3 * index)
        for index in range(1, 121)
    )
    months = tuple(
        ReplayMonth(
            month=date(2024 + (index + 5) // 12, (index + 5) % 12 + 1, 1),
            listed=300 + 20 * index,
            candidates=9000 + 100 * index,
            days=21,
            added=14 + index % 5,
            proposed=18 - index % 4,
            right=9 + index % 4,
            expected_precision=0.55,
            average_precision=0.38,
            calibrated=index > 0,
            shown=30 - index % 4,
            found=12 + index % 4,
        )
        for index in range(18)
    )
    growth = tuple(
        GrowthPoint(month.month, path, round((6 + rank) * (1 + index) / (1 + rank / 2)))
        for index, month in enumerate(months)
        for rank, path in enumerate(PATHS)
    )
    return ReplayEvaluation(
        months=months,
        candidates=79512,
        added=285,
        days=378,
        average_precision=0.412,
        roc_auc=0.993,
        wss95=0.91,
        review=tuple(
            ReviewPoint(per_day, recall)
            for per_day, recall in zip(
                (1, 2, 3, 5, 10, 20, 50), (0.41, 0.6, 0.72, 0.86, 0.93, 0.97, 0.99), strict=True
            )
        ),
        curve=curve,
        operating_point=OperatingPoint(0.62, 0.21, 0.55, 0.61, 3.5),
        precision=0.58,
        recall=0.55,
        reliability=bins(10, largest=70000),
        headings=heading_evaluation("Only headings that existed."),
        growth=growth,
        missed=tuple(
            MissedPaper(f"2511.{number:05}", f"A Paper on <Serving> & Caching, Part {number}", PATHS[0], 0.4)
            for number in range(1, 6)
        ),
        note="Trained at the start of each month on what the list held.",
    )


def evaluation() -> Evaluation:
    return Evaluation(
        now=datetime(2026, 1, 2, tzinfo=UTC),
        name="llm-inference",
        list="README.md",
        headings=heading_evaluation(),
        replay=replay_evaluation(),
    )
