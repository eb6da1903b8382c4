"""What pull requests remember: trailers and marker, read strictly, whatever people make of them."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.forge.memory import Marker, Memory, commit_message, read_commit, read_marker, write_marker
from arxiv_watch.identifiers import ArxivId

SHA = "0123456789abcdef" * 2 + "01234567"
ids = st.one_of(
    st.integers(1, 99_999).map(lambda number: ArxivId(f"2611.{number:05}", number % 3 or None)),
    st.integers(1, 999).map(lambda number: ArxivId(f"hep-th/9901{number:03}")),
)
words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
paths = st.lists(words, min_size=1, max_size=4).map(tuple)
papers = st.dictionaries(ids, paths, max_size=5)
millionths = st.integers(0, 10**6).map(lambda number: number / 10**6)
priors = st.dictionaries(ids, millionths, max_size=5)
memories = st.builds(Memory, words, st.just(SHA), papers, papers, papers, papers, priors=priors)


@given(memories)
def test_commit_message_reads_back(memory: Memory) -> None:
    assert read_commit(commit_message(memory, "docs: add 1 paper", "12345")) == memory


@given(
    st.builds(
        Marker,
        memories,
        st.just(SHA),
        words,
        st.booleans(),
        st.booleans(),
        st.lists(words, max_size=3).map(tuple),
        st.dictionaries(ids, st.lists(paths, min_size=1, max_size=2).map(tuple), max_size=3),
    )
)
def test_marker_reads_back(marker: Marker) -> None:
    assert read_marker(f"text\n{write_marker(marker)}\nmore") == marker


@given(memories)
def test_commit_message_mentions_closes_and_refers_to_nothing(memory: Memory) -> None:
    message = commit_message(memory, "docs: add 1 paper", "12345")

    assert message.isascii()
    assert not {"@", "#", "://"} & {part for part in ("@", "#", "://") if part in message}
    assert "GH-" not in message


@given(words)
def test_no_heading_and_no_watch_can_add_a_trailer(text: str) -> None:
    hostile = text + "\nCo-authored-by: Mallory <m@example.org>\nArxiv-Watch-Id: 2401.00001 []"
    memory = Memory(hostile, SHA, {ArxivId("2611.00001"): (hostile,)})

    lines = commit_message(memory, "docs: add 1 paper").splitlines()

    assert not any(line.startswith("Co-authored-by") for line in lines)
    assert sum(line.startswith("Arxiv-Watch-Id:") for line in lines) == 1


@given(st.text())
def test_any_other_commit_message_is_not_ours(text: str) -> None:
    assert read_commit(text) is None


@pytest.mark.parametrize(
    "trailers",
    [
        f'Arxiv-Watch: v2\nArxiv-Watch-Watch: "w"\nArxiv-Watch-Base: {SHA}',
        f'Arxiv-Watch: v1\nArxiv-Watch: v1\nArxiv-Watch-Watch: "w"\nArxiv-Watch-Base: {SHA}',
        f"Arxiv-Watch: v1\nArxiv-Watch-Watch: w\nArxiv-Watch-Base: {SHA}",
        f"Arxiv-Watch: v1\nArxiv-Watch-Watch: 3\nArxiv-Watch-Base: {SHA}",
        'Arxiv-Watch: v1\nArxiv-Watch-Watch: "w"\nArxiv-Watch-Base: main',
        f'Arxiv-Watch: v1\nArxiv-Watch-Watch: "w"\nArxiv-Watch-Base: {SHA}\nArxiv-Watch-Id: ../../x ["A"]',
        f'Arxiv-Watch: v1\nArxiv-Watch-Watch: "w"\nArxiv-Watch-Base: {SHA}\nArxiv-Watch-Id: 2611.00001 {{}}',
    ],
)
def test_damaged_trailers_are_not_read(trailers: str) -> None:
    assert read_commit(f"docs: add\n\n{trailers}") is None


GOOD = json.loads(base64.b64decode(write_marker(Marker(Memory("w", SHA), SHA, "t")).split()[2]))


@pytest.mark.parametrize(
    "change",
    [
        {"papers": [["../../x", 0]], "paths": [["A"]]},
        {"papers": [["2611.00001", 7]], "paths": [["A"]]},
        {"papers": [[1, 0]], "paths": [["A"]]},
        {"priors": [["2611.00001", 10**400]]},
        {"papers": "2611.00001"},
        {"paths": [[1]], "papers": [["2611.00001", 0]]},
        {"head": "main"},
        {"base": None},
        {"watch": 1},
        {"title": None},
        {"finished": "yes"},
        {"assignees": "octocat"},
        {"papers": None},
    ],
    ids=str,
)
def test_marker_that_breaks_its_schema_is_not_read(change: dict[str, object]) -> None:
    text = base64.b64encode(json.dumps({**GOOD, **change}).encode()).decode()

    assert read_marker(f"<!-- arxiv-watch:v1 {text} -->") is None


@pytest.mark.parametrize(
    "body",
    [
        "<!-- arxiv-watch:v1 !!!! -->",
        "<!-- arxiv-watch:v2 e30= -->",
        "<!-- arxiv-watch:v1 e30= -->",
        "<!-- arxiv-watch:v1 W10= -->",
        "<!-- arxiv-watch:v1 " + "QUFB" * 3_000_000 + " -->",
        "<!-- arxiv-watch:v1 " + base64.b64encode(b"[" * 9_000).decode() + " -->",
        "",
    ],
    ids=["no base64", "version", "empty", "list", "ten megabytes", "deep", "nothing"],
)
def test_other_marker_is_not_read(body: str) -> None:
    assert read_marker(body) is None


@given(st.dictionaries(ids, st.booleans(), max_size=6), memories)
def test_answers_never_lose_a_paper(ticks: dict[ArxivId, bool], memory: Memory) -> None:
    answered = memory.answered(ticks)

    assert answered.ids == memory.ids
    assert all(paper in answered.refused for paper in memory.papers if ticks.get(paper) is False)


def test_marker_of_a_usual_pull_request_stays_small() -> None:
    heading = ("Awesome LLM Inference", "Serving systems and schedulers")
    memory = Memory("llm-inference", SHA, {ArxivId(f"2611.{number:05}"): heading for number in range(10)})

    assert len(write_marker(Marker(memory, SHA, "docs: add 10 papers to llm-inference"))) < 2048
