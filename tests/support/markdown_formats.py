"""Made lists in every format that the engine reads, for what must hold in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import strategies as st

from arxiv_watch.papers import normalise_title

NAMES = ["Graph", "Token", "Cache", "Model", "Route", "Learn", "Fast", "Small"]
WORDS = st.lists(st.sampled_from(NAMES), min_size=4, max_size=7)


@dataclass(frozen=True)
class Format:
    """How a section of a list is written.

    Attributes:
        entry: One entry, with `{t}` for its title, `{i}` for its identifier and `{n}` for its number.
        tag: What GitHub's renderer makes of each entry.
        head: What stands above the entries.
        foot: What stands below them.
        gap: What stands between two of them.
    """

    entry: str
    tag: str = "<li"
    head: str = ""
    foot: str = ""
    gap: str = "\n"


FORMATS = {
    "box": Format("- [ ] [{t}](https://arxiv.org/abs/{i})"),
    "label": Format("* {t} [[paper](https://arxiv.org/pdf/{i}.pdf)]"),
    "quoted": Format('+ "{t}" [2024-05] [[paper](https://arxiv.org/abs/{i})]'),
    "all ones": Format("1. **{t}.** arXiv 2024. [paper](https://arxiv.org/abs/{i})"),
    "numbers": Format("{n}. [{t}](https://arxiv.org/abs/{i})"),
    "gaps": Format(
        "- **{t}** <br> Arxiv 2024 [[Paper]](https://arxiv.org/abs/{i}) <!---x-->", "<li>\n<p>", gap="\n\n"
    ),
    "authors below": Format("- [{t}](https://arxiv.org/abs/{i})\n  - Ann Lee, Bob Ray", "<li><a"),
    "badges": Format("+ [{t}](https://arxiv.org/abs/{i})  \n  ![x](https://img.shields.io/a.svg)"),
    "automatic": Format("- {t}: <https://arxiv.org/abs/{i}>"),
    "quote": Format("> - [{t}](https://arxiv.org/abs/{i})"),
    "row": Format(
        "| {t} | [pdf](https://arxiv.org/pdf/{i}) | - |", "<tr>", "| Title | Paper | Code |\n|---|---|---|\n"
    ),
    "open row": Format(
        "24-01-01 | [{t}](https://arxiv.org/abs/{i}) | None", "<tr>", "Date | Paper | Code\n--|--|--\n"
    ),
    "hard breaks": Format(
        "**{t}** \\\n*Ann Lee, Bob Ray* \\\narXiv 2024. [[Paper](https://arxiv.org/abs/{i})]",
        "<p>",
        gap="\n\n",
    ),
    "html row": Format(
        '<tr><td>ICML 2021</td><td><a href="https://arxiv.org/abs/{i}">{t}</a></td><td>-</td></tr>',
        "<tr>",
        "<table>\n",
        "\n</table>\n",
    ),
    "tall html row": Format(
        "<tr>\n  <td><b>{t}</b></td>\n  <td><a href='https://arxiv.org/pdf/{i}'>pdf</a></td>\n</tr>",
        "<tr>",
        "<table>\n",
        "\n</table>\n",
    ),
    "html item": Format(
        '  <li><a href="https://arxiv.org/abs/{i}">{t}</a> (2024)</li>', "<li", "<ul>\n", "\n</ul>\n"
    ),
    "heading": Format(
        "### {n}. {t}\n**Authors**: Ann Lee, Bob Ray\n\n[📄 Paper](https://arxiv.org/abs/{i})",
        "<h3>",
        gap="\n\n",
    ),
    "linked heading": Format("### [{t}](https://arxiv.org/abs/{i})\n\n*Ann Lee*", "<h3>", gap="\n\n"),
    "fold": Format(
        "- [{t}](https://arxiv.org/abs/{i})",
        "<li",
        "<details>\n<summary>All of it</summary>\n\n",
        "\n\n</details>\n",
    ),
}
PROSE = st.sampled_from(["", "Some prose.\n", "---\n", "![x](y.png)\n"])


@st.composite
def entries(draw: st.DrawFn, form: Format) -> str:
    """Draw the entries of a section."""
    texts = []
    for number in range(1, draw(st.integers(3, 5)) + 1):
        title = " ".join([*draw(WORDS), str(number)])
        identifier = f"24{draw(st.integers(1, 12)):02}.{draw(st.integers(1, 9999)):05}"
        texts.append(form.entry.format(t=title, i=identifier, n=number))
    return form.gap.join(texts)


@st.composite
def made_lists(draw: st.DrawFn, form: Format) -> bytes:
    """Draw a list of one or two headings in one format, with any line ending and end."""
    text = "# List\n\n"
    for part in range(draw(st.integers(1, 2))):
        text += f"## Part {part}\n\n{form.head}{draw(entries(form))}{form.foot}\n\n{draw(PROSE)}\n"
    if not form.foot:
        text = text.rstrip("\n") + draw(st.sampled_from(["", "\n"]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return (draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", newline)).encode()


def render(data: bytes) -> str:
    """Return the HTML that GitHub's own renderer makes of a file."""
    return str(cmarkgfm.github_flavored_markdown_to_html(data.decode(), options=Options.CMARK_OPT_UNSAFE))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def shown(html: str) -> str:
    """Return the normalised text that a reader of the HTML sees."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return normalise_title("".join(parser.pieces))
