"""Real lists are read whole: every paper, under the heading people see."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from arxiv_watch.errors import ListError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import document_to_dict, parse_list
from arxiv_watch.markdown.reading.sections import heading_text
from arxiv_watch.markdown.text.inline import scan_links
from markdown_support import parsed, raw_lists, read

SCAN = re.compile(r"arxiv\.org/(?:abs|pdf)/+((?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?!\d))")


@pytest.mark.slow
def test_every_paper_of_every_real_list_is_known(shared: Path) -> None:
    for file in raw_lists(shared):
        data = file.read_bytes()
        scanned = {found for text in SCAN.findall(data.decode()) if (found := ArxivId.find(text))}

        listed = parsed(file)

        assert scanned <= listed.ids, file.name


@pytest.mark.slow
def test_nearly_every_linked_paper_is_an_entry(shared: Path) -> None:
    linked = entries = 0
    for file in raw_lists(shared):
        listed = parsed(file)
        linked += len(listed.ids)
        entries += len({identifier for entry, _ in listed.placed for identifier in entry.ids})

    assert entries >= 0.998 * linked


@pytest.mark.parametrize(
    "name",
    [
        "HuangOwen+Awesome-LLM-Compression",
        "chenhongyu2048+LLM-inference-optimization-paper",
        "codefuse-ai+Awesome-Code-LLM",
        "ddz16+TSFpaper",
        "xlite-dev+Awesome-LLM-Inference",
    ],
)
def test_headings_are_those_of_the_recorded_history(shared: Path, name: str) -> None:
    rows = (shared / "lists" / "history" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    recorded = [row for row in map(json.loads, rows) if row["removed"] is None]

    listed = parse_list({f"{name}.md": (shared / "lists" / "raw" / f"{name}.md").read_bytes()})

    placed = {(identifier.base, path) for entry, path in listed.placed for identifier in entry.ids}
    missing = [row for row in recorded if (row["id"], tuple(row["path"])) not in placed]
    assert len(missing) <= 0.01 * len(recorded), missing[:5]


def test_an_entry_tells_its_lines_links_title_and_note() -> None:
    listed = read(
        "# A\n"
        "- [ ] ⭐ [A Title of Four](https://arxiv.org/abs/2401.00001v2): worth reading\n"
        "  [code](https://github.com/a/b)\n"
    )

    ((entry, path),) = listed.placed

    assert path == ("A",)
    assert (entry.line, entry.end_line) == (2, 3)
    assert entry.ids == (ArxivId("2401.00001"),)
    assert entry.title == "A Title of Four"
    assert entry.urls == ("https://arxiv.org/abs/2401.00001v2", "https://github.com/a/b")
    assert "worth reading" in entry.note


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            '- Half a Query to Tables [pdf](https://arxiv.org/abs/2401.00001) <img src="https://a.b/X Top1">',
            "Half a Query to Tables",
        ),
        ("- [Orca: Batching for All](https://arxiv.org/abs/2401.00001)", "Orca: Batching for All"),
        ("- [Orca](https://arxiv.org/abs/2401.00001): Batching for All", "Orca: Batching for All"),
        (
            '- **Orca**: "Batching for All of Us" [[paper](https://arxiv.org/abs/2401.00001)]',
            "Batching for All of Us",
        ),
        (
            "- [2024/01] **Batching for All** *Ann Lee* [[paper](https://arxiv.org/abs/2401.00001)]",
            "Batching for All",
        ),
        ("- [[ICML](https://arxiv.org/abs/2401.00001)] Batching for All. [__`x`__]", "Batching for All"),
        (
            "- Batching for All <br> Arxiv 2024 [[Paper]](https://arxiv.org/abs/2401.00001)",
            "Batching for All",
        ),
        (
            "- <article>Batching for All</article> ICML [pdf](https://arxiv.org/abs/2401.00001)",
            "Batching for All",
        ),
        (
            "- (*arXiv 2024.01*) Batching for All [[paper](https://arxiv.org/abs/2401.00001)]",
            "Batching for All",
        ),
        (
            "- [[2401.00001] Batching for All (arxiv.org)](https://arxiv.org/abs/2401.00001)",
            "Batching for All",
        ),
        ("- <a href='https://arxiv.org/abs/2401.00001'>Batching for All of Us</a>", "Batching for All of Us"),
        (
            "1. **Batching for All.** arxiv 2024. [paper](https://arxiv.org/abs/2401.00001)",
            "Batching for All",
        ),
        (
            "- **[ICLR 2025]** Spectral Tricks Revisited [pdf](https://arxiv.org/abs/2401.00001)",
            "Spectral Tricks Revisited",
        ),
        (
            "- `arXiv` `2024.06` Apples and Oranges [pdf](https://arxiv.org/abs/2401.00001)",
            "Apples and Oranges",
        ),
        ("- 12.05.2024: Dots as Dates [pdf](https://arxiv.org/abs/2401.00001)", "Dots as Dates"),
        ("- **Title**: Voices From Nothing [pdf](https://arxiv.org/abs/2401.00001)", "Voices From Nothing"),
        ("- Learning in the Open :fire: [pdf](https://arxiv.org/abs/2401.00001)", "Learning in the Open"),
        (
            "- Ann Lee, Bob Ray (2024). *Twice as Robust*. [pdf](https://arxiv.org/abs/2401.00001)",
            "Twice as Robust",
        ),
        ("- Reweighing Once More, *Ann Poe* [pdf](https://arxiv.org/abs/2401.00001)", "Reweighing Once More"),
        (
            "- Batching for All (arXiv 2401.00001) [[pdf](https://arxiv.org/abs/2401.00001)]",
            "Batching for All",
        ),
        (
            "- Batching for All (Arxiv preprint, 2024) [pdf](https://arxiv.org/abs/2401.00001)",
            "Batching for All",
        ),
        ("- [Paper 3](https://arxiv.org/abs/2401.00001)", "Paper 3"),
        ("- **Paper 3**, [PDF](https://arxiv.org/abs/2401.00001)", "Paper 3"),
        ("- [Paper 3](https://arxiv.org/abs/2401.00001) Batching for All of Us", "Batching for All of Us"),
        ("- [Paper](https://arxiv.org/abs/2401.00001)", ""),
    ],
)
def test_a_title_is_found_in_every_format(text: str, title: str) -> None:
    ((entry, _),) = read(f"# A\n{text}\n").placed

    assert entry.title == title


def test_what_is_no_entry_is_no_entry() -> None:
    listed = read(
        "# List\n"
        "Our survey is [here, do read it](https://arxiv.org/abs/2401.00001) and explains at length "
        "what the list collects, why it does so, how it grew over the years, and who has helped to make it "
        "what it is today.\n"
        "- [Papers](#papers)\n"
        "<!-- - [Hidden and Gone](https://arxiv.org/abs/2401.00002) -->\n"
        "```bibtex\n@article{a, eprint={2401.00003}}\n```\n"
        "## News\n"
        "- [Featured Paper of Today](https://arxiv.org/abs/2401.00004)\n"
        "## Papers\n"
        "- [The Only Paper Here](https://arxiv.org/abs/2401.00005) ![](https://arxiv.org/html/2401.00005v1/x1.png)\n"
    )

    assert [entry.ids[0].base for entry, _ in listed.placed] == ["2401.00005"]
    assert {ArxivId("2401.00001"), ArxivId("2401.00002"), ArxivId("2401.00004")} <= listed.ids


def test_headings_that_stand_for_a_paper_each_are_entries_of_the_heading_above() -> None:
    listed = read(
        "## Avatars\n"
        "### 1. Heads in the Clouds\n**Authors**: Dan Poe\n\n[📄 Paper](https://arxiv.org/pdf/2401.00001)\n\n"
        "### 2. Hands in the Sand\n**Authors**: Guy Hay\n\n[📄 Paper](https://arxiv.org/pdf/2402.00001)\n"
    )

    assert [(entry.title, path) for entry, path in listed.placed] == [
        ("Heads in the Clouds", ("Avatars",)),
        ("Hands in the Sand", ("Avatars",)),
    ]


@pytest.mark.parametrize(
    "below",
    [
        "### Heads in the Clouds\n- **Authors**: Dan Poe\n- [Paper](https://arxiv.org/abs/2401.00001)\n",
        "### Heads in the Clouds\n**Authors**: Dan Poe\n[Paper](https://arxiv.org/abs/2401.00001) | [X](x)\n",
        "### [Heads in the Clouds](https://arxiv.org/abs/2401.00001) (CVPR 2024)\n\nWhat we thought of it.\n",
        "### 7. Heads in the Clouds ###\n[Paper](https://arxiv.org/abs/2401.00001)\n<details>\nMore.\n</details>\n",
        "Heads in the Clouds\n---\n[Paper](https://arxiv.org/abs/2401.00001)\n",
    ],
)
def test_a_heading_for_a_paper_takes_all_that_stands_below_it(below: str) -> None:
    other = below.replace("Heads", "Hands").replace("00001", "00002")

    (entry, path), _ = read(f"# Avatars\n{below}\n{other}\n").placed

    assert (entry.title, path, entry.style) == ("Heads in the Clouds", ("Avatars",), "heading")
    assert entry.end_line == 1 + below.count("\n")


@pytest.mark.parametrize(
    "below",
    [
        "### Heads in the Clouds\n- [Clouds for Our Heads](https://arxiv.org/abs/2401.00001)\n",
        "### Heads in the Clouds\n- [Paper](https://arxiv.org/abs/2401.00001)\n",
        "### Heads in the Clouds\n[Paper](https://arxiv.org/abs/2401.00001)\n#### More\n- [Two of Many](https://arxiv.org/abs/2402.00001)\n",
        "### Heads in the Clouds\n[Paper](https://arxiv.org/abs/2401.00001) and [another](https://arxiv.org/abs/2402.00001)\n",
    ],
)
def test_a_heading_above_papers_is_a_heading(below: str) -> None:
    (document,) = read(f"# Avatars\n{below}").documents

    assert ("Avatars", "Heads in the Clouds") in [section.path for section in document.sections]


def test_html_items_are_one_entry_each_with_or_without_a_closing_tag() -> None:
    item = "  <li><b>{0}</b>, Dan Poe [<a href='https://arxiv.org/abs/{1}'>paper</a>]{2}\n"
    one, two = item.format("One of Many", "2401.00001", ""), item.format("Two of Many", "2402.00001", "</li>")

    placed = read(f"# A\n<ul>\n{one}{two}</ul>\n").placed

    assert [(entry.title, entry.line, entry.end_line) for entry, _ in placed] == [
        ("One of Many", 3, 3),
        ("Two of Many", 4, 4),
    ]


def test_a_term_and_its_definitions_are_one_entry() -> None:
    term = "<dt>{0}</dt>\n<dd>Dan Poe</dd>\n<dd><a href='https://arxiv.org/abs/{1}'>Paper</a></dd>\n"
    terms = term.format("One of Many", "2401.00001") + term.format("Two of Many", "2402.00001")
    listed = read(f"# A\n<dl>\n{terms}<dt>A Term of Art</dt><dd>No paper.</dd>\n</dl>\n")

    [section] = listed.documents[0].sections

    assert section.style == "definition"
    assert [(entry.title, entry.note, entry.line, entry.end_line) for entry in section.entries] == [
        ("One of Many", "Dan Poe", 3, 5),
        ("Two of Many", "Dan Poe", 6, 8),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "New Architectures",
        "News Recommendation",
        "News-Driven Trading",
        "Content-Based Filtering",
        "Contact-Rich Manipulation",
        "Contribution Estimation",
        "About Diffusion",
        "How to Use Tools",
    ],
)
def test_a_topic_that_begins_like_news_or_contact_is_a_heading_for_papers(name: str) -> None:
    """Papers under `## New Architectures` were neither learned from nor added to, without a word."""
    listed = read(f"# List\n## {name}\n- [A Paper of Many Words](https://arxiv.org/abs/2401.00001)\n")

    assert listed.headings == (("List", name),)


@pytest.mark.parametrize(
    "name",
    [
        "News 🔥",
        "News: 2024",
        "News and Updates",
        "最新动态",
        "更新日志",
        "致谢",
        "引用本文",
        "Contact Us (WeChat)",
        "Contact & Contributions",
        "Contributing ( welcome ! )",
        "Contribution Guidelines",
        "Citing this work",
        "How to use?",
        "About this list",
    ],
)
def test_news_and_contact_hold_no_papers(name: str) -> None:
    paper = "- [A Paper of Many Words](https://arxiv.org/abs/2401.00001)\n"
    listed = read(f"# List\n## Papers\n{paper}## {name}\n{paper.replace('00001', '00002')}")

    assert listed.headings == (("List", "Papers"),)


@pytest.mark.parametrize(
    ("summary", "heading"),
    [
        ("Abstract Reasoning", ("Abstract Reasoning",)),
        ("Show, Attend and Tell", ("Show, Attend and Tell",)),
        ("More Efficient Attention", ("More Efficient Attention",)),
        ("Click-Through Rate Prediction", ("Click-Through Rate Prediction",)),
        ("点击率预测", ("点击率预测",)),
        ("Fold Recognition", ("Fold Recognition",)),
        ("Abstract", ()),
        ("Click to expand", ()),
        ("Click me!", ()),
        ("Fold / unfold", ()),
        ("点击展开", ()),
        ("展开/收起", ()),
        ("more applications", ()),
    ],
)
def test_a_fold_is_a_heading_but_for_words_that_open_it(summary: str, heading: tuple[str, ...]) -> None:
    fold = f"<details>\n<summary>{summary}</summary>\n\n"
    listed = read(
        f"# List\n{fold}- [A Paper of Many Words](https://arxiv.org/abs/2401.00001)\n\n</details>\n"
    )

    assert listed.headings == (("List", *heading),)


@pytest.mark.parametrize("title", ["Table of Content", "TOC", "目录"])
def test_contents_may_be_a_title_above_the_papers(title: str) -> None:
    """Furyton's list of language model analysis stands below `# Table of Content`: it had no heading."""
    listed = read(f"# {title}\n## Papers\n- [A Paper of Many Words](https://arxiv.org/abs/2401.00001)\n")

    assert listed.headings == ((title, "Papers"),)


def test_papers_stand_under_a_chinese_heading_for_contents() -> None:
    """52CV's papers of CVPR 2024 begin right below `## 目录`."""
    listed = read("# Papers\n## 目录\n- [A Paper of Many Words](https://arxiv.org/abs/2401.00001)\n")

    assert listed.headings == (("Papers", "目录"),)


def test_a_heading_above_a_paper_whose_title_begins_like_a_label_is_a_heading() -> None:
    """Three headings with one paper each became three entries, and no paper could be put under any."""
    listed = read(
        "# List\n"
        "### Large Models for Code\n- [Code Llama: Open Models](https://arxiv.org/abs/2401.00001)\n"
        "### Repair with Language Models\n- [Source Code Repair Today](https://arxiv.org/abs/2401.00002)\n"
        "### Parsing with Language Models\n- [Abstract Meaning Parsing](https://arxiv.org/abs/2401.00003)\n"
    )

    assert [path[-1] for path in listed.headings] == [
        "Large Models for Code",
        "Repair with Language Models",
        "Parsing with Language Models",
    ]


@pytest.mark.parametrize(
    "header",
    ["标题 | 作者", "论文 | 作者", "Work | Authors", "Work | Description", "Work | 摘要"],
)
def test_a_short_title_in_a_table_is_told_from_long_authors(header: str) -> None:
    """The longest cell was the title: a new paper's stood in the column of the authors."""
    listed = read(
        f"# A\n| {header} | Link |\n|---|---|---|\n"
        "| Fast Caches | Ada Lovelace, Alan Turing, Emmy Fox | [PDF](https://arxiv.org/abs/2401.00001) |\n"
    )

    assert [entry.title for entry, _ in listed.placed] == ["Fast Caches"]


def test_a_title_may_stand_among_what_is_described() -> None:
    listed = read(
        "# A\n| Date | Description |\n|---|---|\n"
        "| 2024-01 | [Fast Caches for All Models](https://arxiv.org/abs/2401.00001) |\n"
    )

    assert [entry.title for entry, _ in listed.placed] == ["Fast Caches for All Models"]


def test_a_row_that_names_a_group_is_no_entry() -> None:
    """A new paper went above the first such row of xhyumiracle's list, into no group."""
    row = "| [{0}](https://arxiv.org/abs/{1}) | 2024 |\n"
    first, second = row.format("One of Many", "2401.00002"), row.format("Two of Many", "2401.00001")
    listed = read(f"# A\n| Paper | Year |\n|---|---|\n| **Offline** | |\n{first}| **Online** | |\n{second}")

    assert [entry.title for entry, _ in listed.placed] == ["One of Many", "Two of Many"]


def test_a_list_without_papers_is_an_error() -> None:
    with pytest.raises(ListError, match="no paper found"):
        read("# Nothing\n\nHere is nothing.\n")


def test_a_list_of_several_files_is_one_list() -> None:
    listed = parse_list(
        {
            "papers/agents.md": b"# Agents\n- [Agents at Work Today](https://arxiv.org/abs/2401.00001)\n",
            "papers/bare.md": b"- [Papers Without Any Heading](https://arxiv.org/abs/2402.00001)\n",
        }
    )

    assert listed.headings == (("Agents",), ("bare",))
    assert len(listed.ids) == 2


def test_a_document_is_described_as_the_interface_says() -> None:
    (document,) = read("# A\r\n- [One of Many Papers](https://arxiv.org/abs/2401.00001)\r\n").documents

    described = document_to_dict(document)

    assert described == {
        "path": "README.md",
        "newline": "\r\n",
        "sections": [
            {
                "path": ["A"],
                "level": 1,
                "line": 1,
                "style": "bullet",
                "order": "append",
                "entries": [
                    {
                        "line": 2,
                        "end_line": 2,
                        "ids": ["2401.00001"],
                        "title": "One of Many Papers",
                        "urls": ["https://arxiv.org/abs/2401.00001"],
                        "note": "",
                    }
                ],
            }
        ],
    }


def test_a_badge_that_is_a_link_is_no_part_of_a_heading() -> None:
    raw = "# List [![Awesome](https://awesome.re/badge.svg)](https://awesome.re) of [Papers](#papers)"

    assert heading_text(raw) == "List of Papers"


def test_front_matter_is_no_heading_but_a_rule_with_text_below_is_none() -> None:
    with_matter = b"---\ntitle: x\n---\n# A\n- [One Paper on Something](https://arxiv.org/abs/2401.00001)\n"
    without = b"---\nSome text, no key\n---\n- [One Paper on Something](https://arxiv.org/abs/2401.00001)\n"

    assert parse_list({"a.md": with_matter}).headings == (("A",),)
    assert parse_list({"a.md": without}).headings == (("Some text, no key",),)


def test_a_linked_name_with_a_colon_is_a_whole_title() -> None:
    data = b"# A\n- [Two: Cutting Costs](https://arxiv.org/abs/2401.00001): by a lab\n"

    (entry, _), *_ = parse_list({"a.md": data}).placed

    assert (entry.title, entry.note) == ("Two: Cutting Costs", "by a lab")


def test_a_name_in_a_heading_is_a_paper_beside_titles_and_a_topic_elsewhere() -> None:
    heading = "## {0}\n[Paper](https://arxiv.org/abs/{1})\n"
    title, name = heading.format("Heads in the Clouds", "2401.00001"), heading.format("Nerfies", "2402.00001")

    assert [entry.title for entry, _ in read(f"# A\n{title}{name}").placed] == [
        "Heads in the Clouds",
        "Nerfies",
    ]
    assert ("A", "Nerfies") in [section.path for section in read(f"# A\n{name}").documents[0].sections]


def test_an_entity_without_its_semicolon_is_text() -> None:
    (entry, _), *_ = read(
        "- [Drums &#12 Bass &amp Tea &amp; Milk](https://arxiv.org/abs/2401.00001)\n"
    ).placed

    assert entry.title == "Drums &#12 Bass &amp Tea & Milk"


def test_an_address_keeps_what_is_no_entity() -> None:
    text = "[A](https://openreview.net/forum?id=1&copy=2) [B](https://openreview.net/forum?id=1&amp;noteId=2)"

    assert [link.url.partition("?")[2] for link in scan_links(text)] == ["id=1&copy=2", "id=1&noteId=2"]


def test_a_paper_named_without_a_link_is_known() -> None:
    listed = read(
        "See arXiv:2401.00009v2.\n\nARXIV:2402.00001\n\n## Jets\n- Jets as Sets. arXiv:2405.00002\n"
    )

    assert {"2401.00009", "2402.00001", "2405.00002"} == {identifier.base for identifier in listed.ids}
    assert [(entry.title, path) for entry, path in listed.placed] == [("Jets as Sets", ("Jets",))]


@pytest.mark.parametrize("heading", ["Update Log", "Changelogs", "Our Works", "Our MLLM Papers"])
def test_headings_about_the_list_hold_no_papers(heading: str) -> None:
    assert not read(f"## {heading}\n- [A Paper of Ours](https://arxiv.org/abs/2401.00001)\n").headings


def test_a_quoted_heading_is_read_without_its_mark() -> None:
    listed = read("> ### Long-term\n> - [Remember Me](https://arxiv.org/abs/2405.00001)\n")

    assert listed.headings == (("Long-term",),)


def test_a_numbered_heading_is_a_paper_also_where_it_is_the_only_one() -> None:
    listed = read("## 2024\n### 1. Rigged Splats in Motion\n[📄 Paper](https://arxiv.org/pdf/2402.00001)\n")

    assert [(entry.title, path) for entry, path in listed.placed] == [("Rigged Splats in Motion", ("2024",))]


FLUIDS = """\
# Fluids

**Water in Tanks** [[paper](https://arxiv.org/abs/2505.00001)]

"""


@pytest.mark.parametrize(
    ("paragraph", "title"),
    [
        ("**Water in Pipes** [[paper](https://example.org/pipes.pdf)]", "Water in Pipes"),
        ("**Water in Pipes** [[code](https://example.org/a)] and what is said of it", "Water in Pipes"),
        ("**Note**: the [list of others](https://example.org/list) is longer", None),
        ("**Water in Pipes** has no page", None),
        ("**Water in Pipes** see [above](#fluids)", None),
        ("Of water in pipes there is a [page](https://example.org/pipes)", None),
    ],
)
def test_a_paragraph_written_as_the_papers_are_is_one_without_an_arxiv_link(
    paragraph: str, title: str | None
) -> None:
    papers = read(f"{FLUIDS}{paragraph}\n").placed

    assert [entry.title for entry, _ in papers] == ["Water in Tanks", *([title] if title else [])]


@pytest.mark.parametrize(("parted", "groups"), [({3}, [0, 0, 0, 1, 1, 1]), ({1, 2, 3, 4, 5}, [0] * 6)])
def test_prose_parts_groups_only_where_it_does_not_stand_between_most_entries(
    parted: set[int], groups: list[int]
) -> None:
    paper = "**Water {0}** [[paper](https://arxiv.org/abs/2505.0000{0})]\n\n"
    texts = ("And now for the sea.\n\n" * (number in parted) + paper.format(number) for number in range(6))

    entries = read("# A\n\n" + "".join(texts)).placed

    assert [entry.run for entry, _ in entries] == groups
