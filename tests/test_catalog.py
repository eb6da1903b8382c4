"""The two lists of the catalog are what they are meant to be: every paper, and nobody else's sentences."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from arxiv_watch.identifiers import ArxivId

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
RAW = "chenhongyu2048+LLM-inference-optimization-paper.md"
LINK = re.compile(r"\[[^\[\]]+\]\((https?://[^\s()]+)\)")
ENTRY = re.compile(r"- \[[ x]?\] (?:⭐ )?\[[^\[\]]+\](?:\(https?://[^\s()]+\))?")
PARAGRAPH_ENTRY = re.compile(r"\[[^\[\]]+\]\(https?://[^\s()]+\)(?:, \[pdf\]\(https?://[^\s()]+\))?")
OURS = {
    "Benchmarks, simulators and performance models:",
    "LoRA apart from serving:",
    "Data preparation for training:",
    "- [vllm-project/aibrix](https://github.com/vllm-project/aibrix)",
}


def lines_of(name: str) -> list[str]:
    return (CATALOG / name).read_text(encoding="utf-8").splitlines()


def ids_of(text: str) -> list[str]:
    found = (ArxivId.find(url) for url in re.findall(r"\]\((https?://[^\s()]+)\)", text))
    return [one.base for one in found if one]


def headings_of(lines: list[str]) -> list[str]:
    return [line.rstrip() for line in lines if re.match("#+ ", line)]


@pytest.mark.parametrize("name", ["llm-inference.md", "llm-serving.md"])
def test_a_list_is_plain_utf8_with_one_final_newline(name: str) -> None:
    content = (CATALOG / name).read_bytes()

    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert not content.endswith(b"\n\n")


def test_an_entry_of_the_large_list_is_box_star_title_and_link_and_nothing_else() -> None:
    lines = lines_of("llm-inference.md")
    papers = lines[lines.index("## Work") + 1 :]

    foreign = [
        line
        for line in papers
        if line
        and not line.startswith("#")
        and not ENTRY.fullmatch(line)
        and not PARAGRAPH_ENTRY.fullmatch(line)
        and line not in OURS
    ]

    assert foreign == []


def test_the_large_list_has_its_known_size() -> None:
    lines = lines_of("llm-inference.md")
    entries = [line for line in lines if ENTRY.fullmatch(line)]
    ids = ids_of("\n".join(lines))

    assert len(entries) == 862
    assert sum("⭐" in line for line in entries) == 84
    assert sum(line.startswith("- [x]") for line in entries) == 44
    assert len(headings_of(lines)) == 67
    assert len(ids) == 584
    assert len(set(ids)) == 558


def test_the_large_list_holds_the_papers_and_headings_of_its_source(shared: Path) -> None:
    source = (shared / "lists" / "raw" / RAW).read_text(encoding="utf-8")
    lines = lines_of("llm-inference.md")

    assert ids_of("\n".join(lines)) == ids_of(source)
    assert headings_of(lines) == headings_of(source.splitlines())


def test_each_link_of_the_large_list_has_the_title_of_its_source(shared: Path) -> None:
    source = (shared / "lists" / "raw" / RAW).read_text(encoding="utf-8")
    entries = [line for line in lines_of("llm-inference.md") if ENTRY.fullmatch(line)]
    start_of = Counter(line.partition("](")[0] for line in source.splitlines() if line.startswith("- ["))

    for line in entries:
        assert line in source, line
    assert sum(start_of.values()) == len(entries) + 1  # the source's one bullet without a box


def test_the_small_list_keeps_its_two_tables_without_outer_pipes() -> None:
    lines = lines_of("llm-serving.md")
    rows = [line for line in lines if line.startswith("[")]

    assert headings_of(lines) == ["# LLM Serving Papers", "## Survey", "## Offloading"]
    assert ids_of("\n".join(lines)) == [
        "2407.12391",
        "2407.14645",
        "2404.14294",
        "2402.16363",
        "2405.11299",
        "2303.06865",
        "2408.07092",
    ]
    assert len(rows) == 7
    assert [line for line in lines if line.startswith("|")] == [
        "|Paper|Code|Category|Abstract",
        "|--|--|--|--|",
        "|Paper|Code|Scenario|Challenge|Method|Category|",
        "|--|--|--|--|--|--|",
    ]


def test_the_small_list_has_the_links_but_not_the_sentences_of_its_source(shared: Path) -> None:
    source = (shared / "seeds" / "002_a17414c82dd8b438.txt").read_text(encoding="utf-8")
    ours = (CATALOG / "llm-serving.md").read_text(encoding="utf-8")

    assert LINK.findall(ours) == LINK.findall(source)
    for row in ours.splitlines():
        cells = row.split("|")[1:] if row.startswith("[") else []
        for cell in cells:
            assert len(cell.split()) < 5 or cell not in source, cell
