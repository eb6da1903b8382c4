"""What must hold for any list and any title."""

from __future__ import annotations

import html
import re

import cmarkgfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.markdown import Insertion, insert, parse_list
from arxiv_watch.markdown.text.escapes import file_text, shown_text
from arxiv_watch.papers import normalise_title
from markdown_formats import FORMATS, made_lists, render, shown
from markdown_support import insert_one, is_pure_insertion, paper, read, rendered_items

MARKUP = (
    "| [ ] ( ) ` `` $x$ $ \\ \\alpha { } <b> </b> < > --> <!-- * ** _ __ ~~ # &amp; & &#42; é ß 漢字 🙂 '"
)
INVISIBLE = ["\n", "\r\n", "\u202e", "\u200b", "\u2066", "\ufeff"]
ACTIVE = [
    "0https://x.org",
    "_www.x.org",
    "# ",
    "- ",
    "+ ",
    "1. ",
    "https://x.org",
    "www.x.org",
    "@you",
    "#12",
    ":tada:",
    "[a](b)",
    "![a](b)",
]
NASTY = st.sampled_from([*MARKUP.split(), *INVISIBLE, *ACTIVE, '"', "x" * 300])
TITLES = st.lists(
    st.one_of(NASTY, st.text("abcXYZ 019", min_size=1, max_size=8)), min_size=1, max_size=12
).map(lambda parts: "Alpha " + "".join(parts) + " omega")


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40)
@given(data=st.data(), title=TITLES)
def test_any_title_goes_into_any_list_by_pure_insertion(name: str, data: st.DataObject, title: str) -> None:
    form = FORMATS[name]
    before = data.draw(made_lists(form))
    new = paper(title=" ".join(title.split()))

    for path in [path for path in read(before).headings if path[1:]]:
        edit = insert(read(before), [Insertion(new, path)])
        after = edit.files["README.md"]
        placed = [where for entry, where in parse_list(edit.files).placed if new.id in entry.ids]
        old_html, new_html = render(before), render(after)

        assert is_pure_insertion(before, after)
        assert placed == [path]
        assert new_html.count(form.tag) == old_html.count(form.tag) + 1
        assert shown(new_html).count(normalise_title(shown_text(title))) == 1
        assert insert(parse_list(edit.files), [Insertion(new, path)]).files == {}


@settings(max_examples=200, deadline=None)
@given(title=TITLES)
def test_github_shows_a_title_as_it_is_in_a_cell_and_in_an_item(title: str) -> None:
    for before in (
        "# P\n\n| T | C |\n|---|---|\n| [One Two Three](https://arxiv.org/abs/2401.00001) | - |\n",
        "# P\n\n- [One Two Three](https://arxiv.org/abs/2401.00001)\n",
    ):
        try:
            edit = insert_one(read(before), paper(title=title), "P")
        except EditRefusedError:
            continue
        after = edit.files["README.md"]
        shown = [html.unescape(text) for text in link_texts(after)]

        assert rendered_items(after) == rendered_items(before.encode()) + 1
        assert sorted(shown) == sorted(["One Two Three", shown_text(title)])


@given(title=TITLES)
def test_an_escaped_title_is_one_line_without_anything_invisible(title: str) -> None:
    text = file_text(title)

    assert "\n" not in text
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text)
    assert normalise_title(shown_text(title)) == normalise_title(shown_text(shown_text(title)))


def link_texts(data: bytes) -> list[str]:
    """Return the text of each link that the oracle makes; other markup inside would show."""
    rendered = cmarkgfm.github_flavored_markdown_to_html(data.decode())
    return re.findall(r"<a [^>]*>(.*?)</a>", rendered, re.DOTALL)


# What CommonMark needs no escape for, in an item: formatters would take the backslash out.
NEEDLESS = re.compile(
    r"(?<=[^\W_])\\_(?=[^\W_])|\\\||(?<=.)\\>|(?<=\S )\\[*~](?= )|\\<(?= )"
)  # matches "a\_b"
WORDS = st.lists(
    st.sampled_from(
        ["snake_case", "a_b_c", "_a", "b_", "__init__", "x", "A", "|", "||", "<", ">", "->", "*", "**"]
    )
    | st.sampled_from(
        ["~", "n<3", "a>b", "a*b", "*c*", "<b>", "</i>", "<3", "https://x.org", "www.x_y.org", "&", "1."]
    ),
    min_size=1,
    max_size=6,
).map(lambda words: " ".join(["Alpha Beta", *words, "omega"]))
BESIDE = [
    "[{}](https://arxiv.org/abs/2401.00001)",
    "**{}** [paper](https://arxiv.org/abs/2401.00001)",
    "_{}_. [pdf](https://arxiv.org/abs/2401.00001)",
]


@settings(max_examples=100, deadline=None)
@given(title=WORDS | WORDS.map(lambda title: title.removeprefix("Alpha Beta ")), form=st.sampled_from(BESIDE))
def test_a_title_in_an_item_shows_as_it_is_without_needless_escapes(title: str, form: str) -> None:
    written = form.format(file_text(title, in_row=False))

    rendered = cmarkgfm.github_flavored_markdown_to_html(f"- {written}\n")
    assert not NEEDLESS.search(file_text(title, in_row=False))
    assert html.unescape(re.sub(r"<[^>]*>", "", rendered)).strip().startswith(title)
