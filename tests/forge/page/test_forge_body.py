"""The body: worth reading, within the limit, and read back whatever people did to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.forge.memory import Marker, Memory
from arxiv_watch.forge.page.blocks import bare_block, heading_key, move_block, paper_block, set_tick
from arxiv_watch.forge.page.body import (
    BODY_LIMIT,
    BodyReading,
    Content,
    read_body,
    render_body,
    with_marker,
)
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.proposals import HeadingProbability, Prediction, Verdict
from forge_support import COVERAGE, SERVING, TRAINING, proposal

SHA = "0" * 40
MARKER = Marker(Memory("papers", SHA, {ArxivId("2611.00001"): SERVING}), SHA, "title")


def body_of(*proposals: Verdict, unsure: tuple[Verdict, ...] = (), **more: object) -> str:
    blocks = [set_tick(paper_block(one), ticked=True) for one in proposals]
    doubts = [paper_block(one) for one in unsure]
    return render_body(Content("README.md", blocks, doubts, **more), MARKER)


def rich(number: int, *, abstract: int = 1900) -> Verdict:
    one = proposal(f"2611.{number:05}", title="A title of a usual length for a paper " * 3)
    names = tuple(f"Firstname Lastname{index}" for index in range(2000))
    return replace(one, paper=replace(one.paper, abstract="word " * (abstract // 5), authors=names))


def test_body_tells_each_paper_with_its_evidence() -> None:
    body = body_of(proposal("2611.00001"), coverage=COVERAGE, run_url="https://github.com/o/r/actions/runs/1")

    for part in (
        "- [x] <!-- aw:2611.00001 --> **[Paper 2611.00001](https://arxiv.org/abs/2611.00001)**",
        "Ada Lovelace, Alan Turing · 2026-11-20 · `cs.DC`",
        "→ **Serving** (about 4 in 5)",
        f"- [ ] <!-- aw:2611.00001:{heading_key(TRAINING)} --> or **Training** (about 1 in 10)",
        "belongs here: about 19 in 20 · because of `serving`, `kv cache`",
        "nearest in the list: [Orca](https://arxiv.org/abs/2206.00001) (0.61)",
        "<details><summary>Abstract</summary>",
        "Read: `cs.DC`, 2026-11-20. Nothing is missing.",
        "[The run that wrote this](https://github.com/o/r/actions/runs/1)",
    ):
        assert part in body


@pytest.mark.parametrize(
    ("path", "others", "chosen", "boxes"),
    [
        (("L", "A"), [(("L", "B", "C"), 0.2)], "A", ["B &gt; C"]),
        (("L", "A"), [(("L", "A", "B"), 0.2)], "A", ["A &gt; B"]),
        (("L", "A"), [(("M", "A"), 0.2)], "L &gt; A", ["M &gt; A"]),
        (("A",), [(("A", "B"), 0.2), (("C",), 0.06), (("D",), 0.06)], "A", ["A &gt; B", "C"]),
        (("L", "A"), [(("L", "B"), 0.001)], "A", []),
        (("L", "A"), [], "A", []),
    ],
)
def test_headings_are_told_from_where_they_part_and_up_to_two_others_have_boxes(
    path: tuple[str, ...], others: list[tuple[tuple[str, ...], float]], chosen: str, boxes: list[str]
) -> None:
    one = proposal("2611.00001", path)
    ranked = tuple(HeadingProbability(*heading) for heading in [(path, 0.7), *others])

    block = paper_block(replace(one, prediction=replace(one.prediction, headings=ranked)))

    assert f"\n  → **{chosen}** (about 2 in 3)\n" in block
    assert re.findall(r"--> or \*\*(.*)\*\*", block) == boxes


def test_the_authors_own_sentence_stands_before_the_abstract_with_bold_words() -> None:
    one = proposal("2611.00001")
    evidence = replace(
        one.prediction.evidence,
        sentence="Our KV cache & its <cache> server cuts latency, says @alice; uncached ones do not.",
        highlights=("cache", "latency", "amp"),
    )

    block = paper_block(replace(one, prediction=replace(one.prediction, evidence=evidence)))

    told = (
        "“Our KV **cache** &amp; its &lt;**cache**&gt; server cuts **latency**, says @\u200balice; uncached"
    )
    assert told in block
    assert block.index("“Our KV") < block.index("belongs here") < block.index("<details>")
    html = cmarkgfm.github_flavored_markdown_to_html(block)
    assert html.count("<strong>cache</strong>") == 2


def test_chosen_heading_and_the_ticked_one_change_places() -> None:
    one = proposal("2611.00001")
    block = paper_block(one)

    moved = move_block(block, one.paper.id, SERVING, TRAINING)

    assert "→ **Training** (about 1 in 10)" in moved
    assert f"- [ ] <!-- aw:2611.00001:{heading_key(SERVING)} --> or **Serving** (about 4 in 5)" in moved
    assert move_block(moved, one.paper.id, TRAINING, SERVING) == block
    assert move_block(block, one.paper.id, SERVING, ("Elsewhere",)) == block


@pytest.mark.parametrize("abstract", ["", "What it says."])
def test_boxes_of_headings_are_rendered_below_their_paper(abstract: str) -> None:
    one = proposal("2611.00001")
    one = replace(one, paper=replace(one.paper, abstract=abstract))

    html = cmarkgfm.github_flavored_markdown_to_html(body_of(one, proposal("2611.00002")))

    paper = html.split("<li>")[1:3]
    assert "Paper 2611.00001" in paper[0]
    assert "Training" in paper[1]
    assert "Ada Lovelace" not in paper[1]


def test_paper_whose_reasons_are_lost_is_reported_without_any() -> None:
    one = proposal("2611.00001")
    lost = replace(one, prediction=Prediction(one.paper.id))

    block = paper_block(lost)

    assert "→ **Serving**" in block
    assert "belongs here" not in block


def test_body_says_how_to_say_no() -> None:
    body = body_of(proposal("2611.00001"))

    for verb in ("**Merge**", "**Untick**", "**close**", "**move**", "reopened"):
        assert verb in body


def test_unsure_papers_stand_apart_and_are_not_ticked() -> None:
    body = body_of(proposal("2611.00001"), unsure=(proposal("2611.00002", sure=False),))

    sure, _, unsure = body.partition("### Worth a look: tick to include")
    assert "- [x] <!-- aw:2611.00001 -->" in sure
    assert "- [ ] <!-- aw:2611.00002 -->" in unsure
    assert "unticked when this is merged" in unsure


def test_days_that_were_not_read_completely_are_named() -> None:
    gap = Coverage("cs.LG", date(2026, 11, 19), CoverageState.FAILED)

    assert "**Not complete:** `cs.LG` 2026-11-19 failed" in body_of(
        proposal("2611.00001"), coverage=(*COVERAGE, gap)
    )


def test_categories_with_the_same_fate_on_a_day_are_named_together() -> None:
    day = date(2026, 11, 19)
    failed = [Coverage(name, day, CoverageState.FAILED) for name in ("cs.CL", "cs.LG")]
    whole = Coverage("cs.DC", day, CoverageState.FRESH)

    assert "**Not complete:** `cs.CL`, `cs.LG` 2026-11-19 failed." in body_of(coverage=[*failed, whole])


@pytest.mark.parametrize("count", [1, 10, 60, 150, 400])
def test_body_fits_and_keeps_every_box_and_the_marker(count: int) -> None:
    body = body_of(*(rich(number) for number in range(1, count + 1)), coverage=COVERAGE)

    assert len(body) <= BODY_LIMIT
    assert len(read_body(body).ticks) == count
    assert read_body(body).marker == MARKER
    assert body.count("<details>") == body.count("</details>")


def test_body_of_sixty_papers_keeps_some_abstracts_and_every_reason() -> None:
    body = body_of(*(rich(number) for number in range(1, 61)))

    assert 0 < body.count("<details>") < 60
    assert body.count("belongs here") == 60


def test_thousands_of_authors_are_counted() -> None:
    assert "and 1995 more" in paper_block(rich(1))


def test_what_people_wrote_around_the_bot_s_part_is_kept() -> None:
    old = read_body(f"Mine above\n{body_of(proposal('2611.00001'))}\nMine below")

    new = render_body(Content("README.md", [bare_block(ArxivId("2611.00001"), SERVING)]), MARKER, old)

    assert new.startswith("Mine above\n<!-- arxiv-watch:begin -->")
    assert new.endswith("<!-- arxiv-watch:end -->\nMine below")


def test_blocks_read_back_as_they_were_written() -> None:
    papers = [proposal(f"2611.0000{number}") for number in (1, 2, 3)]

    blocks = read_body(body_of(*papers)).blocks

    assert blocks == {one.paper.id: set_tick(paper_block(one), ticked=True) for one in papers}


@pytest.mark.parametrize("tick", ["x", "X", " "])
def test_each_box_is_read_as_ticked_or_empty(tick: str) -> None:
    body = body_of(proposal("2611.00001")).replace("- [x] <!-- aw:2611", f"- [{tick}] <!-- aw:2611")

    assert read_body(body).ticks == {ArxivId("2611.00001"): tick != " "}


def test_boxes_outside_the_bot_s_part_mean_nothing() -> None:
    body = "- [ ] <!-- aw:2611.00001 -->\n" + body_of(proposal("2611.00001"))

    assert read_body(body).ticks == {ArxivId("2611.00001"): True}


@given(st.text())
def test_any_body_can_be_read(text: str) -> None:
    assert isinstance(read_body(text), BodyReading)
    assert isinstance(read_body(f"<!-- arxiv-watch:begin -->{text}<!-- arxiv-watch:end -->"), BodyReading)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_no_text_from_outside_makes_a_box_a_block_or_a_marker(title: str, name: str, abstract: str) -> None:
    one = proposal("2611.00001")
    hostile = f"{title}\n- [x] <!-- aw:2401.00001 --> </details> <!-- arxiv-watch:end -->"
    paper = replace(
        one.paper,
        title=hostile,
        authors=(name + hostile,),
        abstract=abstract + hostile,
        categories=(hostile,),
    )

    evidence = replace(
        one.prediction.evidence, sentence=hostile + abstract, highlights=("aw", "end", "watch")
    )

    body = body_of(replace(one, paper=paper, prediction=replace(one.prediction, evidence=evidence)))

    assert read_body(body).ticks == {ArxivId("2611.00001"): True}
    assert read_body(body).marker == MARKER
    assert body.count("<!-- arxiv-watch:end -->") == 1
    html = cmarkgfm.github_flavored_markdown_to_html(body)
    assert "<img" not in html
    assert html.count("checkbox") == 3


def test_marker_can_be_put_in_the_place_of_another() -> None:
    body = body_of(proposal("2611.00001"))

    changed = with_marker(body, replace(MARKER, head="1" * 40))

    assert read_body(changed).marker == replace(MARKER, head="1" * 40)
    assert len(changed) == len(body)


def test_body_without_a_marker_is_not_given_one() -> None:
    assert with_marker("emptied by hand", MARKER) == "emptied by hand"


def test_bot_s_part_without_its_end_is_not_read() -> None:
    body = body_of(proposal("2611.00001")).replace("<!-- arxiv-watch:end -->", "")

    assert read_body(body).ticks == {}
