"""The run's page: what it shows, and that nothing in it is live but our own links."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.proposals import Evidence
from arxiv_watch.report.run_html import render
from arxiv_watch.report.values import WatchRun
from report_support import DAY, PREDICTION, proposal, run, watch_run

OURS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "h1",
    "h2",
    "h3",
    "p",
    "a",
    "dl",
    "div",
    "dt",
}
OURS |= {
    "dd",
    "ul",
    "li",
    "article",
    "ol",
    "span",
    "strong",
    "mark",
    "q",
    "details",
    "summary",
    "table",
    "thead",
}
OURS |= {"svg", "desc", "line", "text", "rect", "figure", "figcaption"}
OURS |= {"tbody", "tr", "th", "td", "pre"}


class Shown(HTMLParser):
    """The tags, links, tips and visible texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.tips: list[str] = []
        self.marked: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.tips += [value or "" for name, value in attrs if name == "title"]

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags and self.tags[-1] == "mark":
            self.marked.append(data)


def with_abstract(abstract: str, *terms: str) -> WatchRun:
    paper = replace(proposal().paper, abstract=abstract, authors=("Ada Lovelace", "Søren Ørsted"))
    prediction = replace(PREDICTION, evidence=Evidence(terms=terms))
    return replace(watch_run(), proposals=(replace(proposal(), paper=paper, prediction=prediction),))


def test_a_paper_is_shown_with_its_authors_headings_and_marked_abstract() -> None:
    shown = Shown(render(run(with_abstract("We keep tensor-parallel groups alive.", "tensor parallel"))))

    assert "https://arxiv.org/abs/2511.11617" in shown.links
    assert "Ada Lovelace, Søren Ørsted · 2511.11617 · cs.DC, cs.LG" in shown.text
    assert "Fault Tolerance 62 %Serving 21 %" in shown.text
    assert "tensor-parallel" in shown.marked


def test_sure_and_unsure_papers_are_told_apart_in_words() -> None:
    shown = Shown(render(run()))

    assert "relevance 93 %; add under" in shown.text
    assert "relevance 93 %; worth a look, under" in shown.text


def test_the_calendar_names_each_state_by_a_letter_and_a_tip() -> None:
    lines = [Coverage("cs.LG", DAY + timedelta(days=n), state) for n, state in enumerate(CoverageState)]
    shown = Shown(render(run(replace(watch_run(), coverage=tuple(lines)))))

    assert [tip.split(": ")[1].split(";")[0] for tip in shown.tips] == [
        state.value for state in CoverageState
    ]
    assert "FRQWSTX" in shown.text


def test_acceptance_is_drawn_and_told() -> None:
    shown = Shown(render(run()))

    assert "Of 9 papers in 2 pull requests, 8 were accepted." in shown.text
    assert "#5, 2025-11-04: 3 of 4 accepted" in shown.text


def test_pull_request_and_diff_are_there() -> None:
    shown = Shown(render(run()))

    assert "https://github.example/o/r/pull/7" in shown.links
    assert "+- [ ] [AnchorTP" in shown.text


@given(st.text(st.characters(codec="utf-8")))
def test_nothing_untrusted_is_live(text: str) -> None:
    hostile = f"<img src=x onerror=y>{text}<script>javascript:alert(1)</script>"
    watch = with_abstract(hostile, hostile, text)
    watch = replace(watch, name=hostile, list=hostile, notes=(hostile,), diff=f"+{hostile}")

    shown = Shown(render(run(watch)))

    assert set(shown.tags) <= OURS
    assert all(link.startswith(("https://arxiv.org/", "https://github.example/")) for link in shown.links)
