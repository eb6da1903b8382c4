import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from arxiv_watch.report.evaluation_html import render_evaluation_html
from arxiv_watch.report.values import Evaluation
from report_evaluation_support import BARE, PATHS, evaluation, replay_evaluation

VOID = {"meta"}


class Page(HTMLParser):
    """The page's elements; fails where a tag is not closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


def small(name: str) -> Evaluation:
    """Return the smallest evaluation that has a bit of everything, with `name` wherever text is free."""
    path = ("List", name or "-")
    headings = HeadingEvaluation(
        papers=1,
        headings=1,
        top1=1.0,
        top3=1.0,
        calibration_error=0.0,
        reliability=(ReliabilityBin(0, 1, 1, 0.5, 1.0),),
        scores=(HeadingScore(path, 1, 1.0, 1.0),),
        confusion=(Confusion(path, path, 1),),
        note=name,
    )
    replay = ReplayEvaluation(
        months=(ReplayMonth(date(2025, 6, 1), 1, 1, 1, 0, 0, 0),),
        candidates=1,
        added=1,
        days=1,
        average_precision=1.0,
        roc_auc=None,
        wss95=None,
        review=(ReviewPoint(5, 1.0),),
        curve=(CurvePoint(0.5, 1.0, 1.0, 1),),
        operating_point=OperatingPoint(0.5, 0.5, note=name),
        headings=headings,
        reliability=headings.reliability,
        growth=(GrowthPoint(date(2025, 6, 1), path, 1),),
        missed=(MissedPaper("2511.00001", name, path, 0.1), MissedPaper(name, name, path, 0.1)),
        note=name,
    )
    return Evaluation(evaluation().now, name, name, headings, replay)


def test_the_page_is_whole_and_no_identifier_stands_for_two_things() -> None:
    page = Page(render_evaluation_html(evaluation()))

    assert page.tags.count("svg") == 9
    assert len(page.ids) == len(set(page.ids)) == 18
    assert "script" not in page.tags
    assert page.tags.count("details") == page.tags.count("figure") == 9


def test_it_points_to_nothing_but_arxiv() -> None:
    html = render_evaluation_html(evaluation())

    assert set(Page(html).links) == {f"https://arxiv.org/abs/2511.{number:05}" for number in range(1, 6)}
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_the_figures_and_the_promise_are_said_in_words() -> None:
    text = Page(render_evaluation_html(evaluation())).text

    assert "79,512" in text
    assert "reached: 58 % right, 55 % found" in text
    assert "promised: 55 % right, 61 % found" in text
    assert "who reads so many papers of each day, the best first" in text
    assert "Of 490 papers under the 16 headings" in text
    assert "A Paper on <Serving> & Caching, Part 1" in text


@pytest.mark.parametrize(
    "missing",
    ["curve", "review", "reliability", "months", "growth", "missed", "headings", "operating_point"],
)
def test_what_was_not_measured_is_left_out(missing: str) -> None:
    nothing = None if missing in {"headings", "operating_point"} else ()
    without = replace(replay_evaluation(), **{missing: nothing})

    page = Page(render_evaluation_html(replace(evaluation(), replay=without)))

    assert page.tags.count("svg") == {"headings": 7, "missed": 9, "operating_point": 9}.get(missing, 8)


def test_an_evaluation_of_nothing_says_that_there_is_no_result() -> None:
    bare = Evaluation(evaluation().now, "empty", "README.md", BARE)

    page = Page(render_evaluation_html(bare))

    assert "svg" not in page.tags
    assert page.text.count("–") == 3


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_text_becomes_markup(text: str) -> None:
    page, harmless = Page(render_evaluation_html(small(f"x{text}"))), Page(render_evaluation_html(small("x")))

    assert [tag for tag in page.tags if tag != "a"] == [tag for tag in harmless.tags if tag != "a"]
    assert all(link.startswith("https://arxiv.org/abs/") for link in page.links)


def test_a_number_is_never_written_as_nan_or_in_powers() -> None:
    html = render_evaluation_html(evaluation()) + render_evaluation_html(small("x"))

    drawn = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|r|width|height|d)="([^"]*)"', html)
    assert len(drawn) > 1000
    assert not [value for value in drawn if re.search(r"nan|inf|e", value.replace("device-width", ""))]


def test_only_the_largest_headings_are_drawn_by_themselves() -> None:
    text = Page(render_evaluation_html(evaluation())).text

    assert "13 other headings · 601" in text
    assert "Memory Manage · 108" in text
    assert len(PATHS) == 20


def test_growth_takes_more_than_one_month_to_draw() -> None:
    assert "Growth by heading" not in render_evaluation_html(small("x"))


def test_the_same_evaluation_makes_the_same_page() -> None:
    assert render_evaluation_html(evaluation()) == render_evaluation_html(evaluation())
