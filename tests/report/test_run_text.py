import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, CoverageState, Paper
from arxiv_watch.proposals import Decision, Prediction, SkipReason, Verdict
from arxiv_watch.report.run_text import folded, render, render_verdict
from arxiv_watch.report.values import WatchRun
from report_support import COVERAGE, DAY, PREDICTION, STILL_MONDAYS, proposal, run, watch_run

EXPECTED = """\
arXiv as of 2025-11-18 06:00 UTC
llm-inference: 1 paper to add, 1 to decide by hand; \
pull request #7 created: https://github.example/o/r/pull/7
missing: rss: the feed is still Monday's: cs.LG on 2025-11-18

llm-inference (README.md)

  1 paper to add

   1. AnchorTP: Resilient LLM Inference
      cs.DC, https://arxiv.org/abs/2511.11617
      under    Fault Tolerance 62 % (or Serving 21 %, ["Memory > Cache"] 5 %)
      relevant 93 %; for: tensor parallelism, resilient; against: federated
      near     0.41 SpotServe (Serving)
      at       README.md:8

  1 paper to decide by hand

   1. An Unsure Paper
      cs.DC, https://arxiv.org/abs/2511.11617
      under    Fault Tolerance 62 % (or Serving 21 %, ["Memory > Cache"] 5 %)
      relevant 93 %; for: tensor parallelism, resilient; against: federated
      near     0.41 SpotServe (Serving)

  not proposed: 3 listed, 40 irrelevant
  proposed from relevance 0.80, unsure from 0.40; about 60 % of the proposals should be right; \
about 70 % of the wanted papers should be among them; about 2.5 minutes of review a day
  The list has two entries without a link.

  category  day         state  new  cross  replace  identifiers               source  read after
  cs.DC     2025-11-18  fresh   24      3       12  2511.11605 to 2511.13804  rss     5 h 17 min
  cs.LG     2025-11-18  stale    0      0        0  –                         –       –

--- a/README.md
+++ b/README.md
@@ -5,3 +5,4 @@
 ### Fault Tolerance

 - [ ] [An Old Paper](https://arxiv.org/abs/2408.04307)
+- [ ] [AnchorTP: Resilient LLM Inference](https://arxiv.org/abs/2511.11617)

requests: 4 to arxiv, 11 to github
"""


def test_a_run_is_reported_from_what_matters_to_the_diff() -> None:
    assert render(run()) == EXPECTED


@pytest.mark.parametrize("width", [80, 72])
def test_lines_are_folded_to_the_terminal_and_nothing_is_lost_but_identifiers(width: int) -> None:
    """Eighty columns hold the whole report but its diff, which is the list's own text (issue 15)."""
    told = render(run(), width=width)

    before_the_diff = told.partition("--- a/README.md")[0]
    assert max(map(len, before_the_diff.splitlines())) <= width
    words = [word for word in EXPECTED.split() if not re.fullmatch(r"25\d\d\.\d{5}|to|identifiers|–", word)]
    assert [word for word in words if word not in told.split()] == []
    assert told.partition("--- a/")[2] == EXPECTED.partition("--- a/")[2]


def test_wide_characters_are_folded_by_the_columns_they_take() -> None:
    told = [*folded(["   1. 大型语言模型 推理服务 综述 与 展望"], 24)]

    assert told == ["   1. 大型语言模型", "      推理服务 综述 与", "      展望"]


def test_what_is_folded_goes_on_below_its_own_column() -> None:
    told = render(run(), width=60)

    first = "      under    Fault Tolerance 62 % (or Serving 21 %,"
    assert f'{first}\n               ["Memory > Cache"] 5 %)\n' in told


def test_what_several_watches_miss_for_one_reason_is_reported_once() -> None:
    stale = [
        Coverage(name, DAY, CoverageState.STALE, troubles=(STILL_MONDAYS,)) for name in ("cs.CL", "cs.LG")
    ]

    text = render(run(*(WatchRun(name, "README.md", coverage=tuple(stale)) for name in "ab")))

    assert text.count("Monday's") == 1
    assert "\nmissing: rss: the feed is still Monday's: cs.CL, cs.LG on 2025-11-18\n" in text


def test_categories_without_papers_and_with_the_same_fate_are_one_line() -> None:
    failed = [Coverage(f"cs.{name}", DAY, CoverageState.FAILED) for name in ("AI", "AR", "CL", "DC", "LG")]

    text = render(run(WatchRun("w", "README.md", coverage=(*failed, COVERAGE))))

    assert [line.split("  ")[1] for line in text.splitlines() if "2025-11-18" in line and " 0 " in line] == [
        "cs.AI, cs.AR, cs.CL and 2 more"
    ]
    assert "\n  cs.DC " in text


def test_colours_change_nothing_but_colours() -> None:
    coloured = render(run(), colour=True)

    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == EXPECTED


def test_a_quiet_run_says_that_there_is_nothing_to_add() -> None:
    text = render(run(WatchRun("quiet", "README.md")))

    assert "quiet (README.md)" in text
    assert "nothing to add" in text
    assert "not proposed" not in text


@given(st.text(st.characters(codec="utf-8")))
def test_nothing_in_a_title_speaks_to_the_terminal(title: str) -> None:
    text = render(run(watch_run(f"T {title}")))

    assert all(character.isprintable() or character == "\n" for character in text)
    assert len(text.splitlines()) == len(EXPECTED.splitlines())


@given(st.text(st.characters(codec="utf-8")))
def test_nothing_in_a_list_speaks_to_the_terminal(line: str) -> None:
    hostile = WatchRun("w", "README.md", diff=f"+{line}\n+\tlast\n")

    text = render(run(hostile))

    assert "+\tlast" in text
    assert all(character.isprintable() or character in "\n\t" for character in text)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n")), min_size=1))
def test_a_diff_keeps_its_lines(lines: list[str]) -> None:
    diff = "".join(f"+{line}\n" for line in lines)
    without = render(run(WatchRun("w", "README.md")))

    text = render(run(WatchRun("w", "README.md", diff=diff)))

    assert text.count("\n") == without.count("\n") + len(lines) + 1
    assert sum(line.startswith("+") for line in text.split("\n")) == len(lines)


def test_the_line_endings_of_a_crlf_list_are_not_shown() -> None:
    text = render(run(WatchRun("w", "README.md", diff="+one\r\n+two\r\n")))

    assert "+one\n+two\n" in text


@pytest.mark.parametrize("decision", list(Decision))
def test_a_verdict_is_reported_with_its_reason_and_evidence(decision: Decision) -> None:
    verdict = replace(proposal(), decision=decision, reason="worth a look")

    text = render_verdict(verdict)

    assert text.startswith(f"{decision.value} (worth a look): AnchorTP")
    assert "under    Fault Tolerance 62 % (or Serving 21 %" in text
    assert "near     0.41 SpotServe (Serving)" in text


def test_a_verdict_without_a_prediction_takes_two_lines() -> None:
    known = Paper(ArxivId("2407.12391"), "Known")
    verdict = Verdict(known, Prediction(known.id), Decision.SKIP, SkipReason.LISTED)

    assert render_verdict(verdict) == "skip (listed): Known\n    https://arxiv.org/abs/2407.12391\n"


def test_a_verdict_without_a_heading_names_the_likeliest() -> None:
    verdict = Verdict(proposal().paper, PREDICTION, Decision.SKIP, SkipReason.IRRELEVANT)

    assert "under    Fault Tolerance 62 %" in render_verdict(verdict, colour=True)
