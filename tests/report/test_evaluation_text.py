from dataclasses import replace
from datetime import UTC, datetime

from arxiv_watch.report.evaluation_text import render_evaluation_text
from arxiv_watch.report.values import Evaluation
from report_evaluation_support import BARE, evaluation

PERIODS = (
    (datetime(2025, 12, 2, tzinfo=UTC), "In the last 18 months"),
    (datetime(2026, 1, 2, tzinfo=UTC), "From 2024-06 to 2025-11"),
)


def test_an_evaluation_is_reported_with_its_figures_and_tables() -> None:
    text = render_evaluation_text(evaluation())

    assert "first choice right               63 %" in text
    assert "average precision          0.412" in text
    assert "recall             41 %  60 %  72 %  86 %  93 %  97 %  99 %" in text
    assert "2024-06     300        9000     14        18      9      55 %     50 %" in text
    assert "8  Speculative Decoding            Combine MoE with LLM inference" in text
    assert "40 %  A Paper on <Serving> & Caching, Part 1  Memory Manage" in text
    assert "promised: proposed from relevance 0.62" in text


def test_the_first_line_says_whether_the_bot_is_of_use() -> None:
    """What a person is shown are the unticked papers too; the ticked ones are 309, of which 187 are right."""
    shown = (
        "it would have shown you 241 of the 285 papers announced then that you added, with 3.6 others a week."
    )

    for now, period in PERIODS:
        first = render_evaluation_text(replace(evaluation(), now=now)).splitlines()[0]
        assert first == f"{period} {shown}"


def test_without_a_month_to_replay_the_first_line_says_that_nothing_is_known() -> None:
    """A list of one commit has no history: the first line is no heading of a table then (README)."""
    whole = evaluation()
    assert whole.replay is not None

    told = render_evaluation_text(replace(whole, replay=replace(whole.replay, days=0, months=())))

    assert told.startswith("No month of this list's history can be replayed")


def test_columns_stay_straight_behind_wide_characters() -> None:
    lines = render_evaluation_text(evaluation()).splitlines()

    narrow = next(line for line in lines if "Speculative Decoding" in line)
    wide = next(line for line in lines if "Quantization 💡" in line)
    assert (
        wide.index("42") == narrow.index("40") - 1
    )  # the light bulb takes two columns, but is one character


def test_what_was_not_measured_is_left_out() -> None:
    bare = Evaluation(evaluation().now, "empty", "README.md", BARE)

    text = render_evaluation_text(bare)

    assert "first choice right               –" in text
    assert "Replay" not in text


def test_a_replay_without_any_finding_is_reported() -> None:
    whole = evaluation()
    assert whole.replay
    nothing = replace(
        whole.replay,
        months=(),
        review=(),
        curve=(),
        operating_point=None,
        headings=None,
        missed=(),
        note="",
        precision=None,
    )

    text = render_evaluation_text(replace(whole, replay=nothing))

    assert "right among the proposals      –" in text
    assert "promised" not in text
