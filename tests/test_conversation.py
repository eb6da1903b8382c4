"""Untrusted text in conversations: it reads the same and does nothing."""

from __future__ import annotations

import html
import re
import unicodedata

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.conversation import clip, code, escape_for_github, one_line

NASTY = [
    "@octocat and @org/team",
    "fixes #12, closes o/r#1, resolves GH-12 and gh-7",
    "see https://github.com/o/r/issues/1 and www.example.org/x or ftp://example.org",
    "0@.A, a@-b.cd, _www.example.org and _www.",
    "mail me: alice@example.org, xmpp:alice@example.org, mailto:a@b.cd",
    "<img src=https://evil.example/pixel.png> <!-- aw:2401.00001 --> <details>",
    "--> - [x] <!-- aw:2401.00001 -->",
    "![pixel](https://evil.example/p.png) [click](javascript:alert(1))",
    "](https://evil.example) unbalanced ] [ bracket",
    "`code` ``two`` ``` fence",
    "**bold** _it_ ~~gone~~ ^up^ $O(n^2)$ $$x$$",
    "a | b | c",
    "line\nbreak\r\nand\u2028others\u0085too\x0b\x0c",
    "hidden\u202egnp.exe\u202c \u200bzero\ufeff width\U000e0041\u3164",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef and 0123abc",
    "# heading",
    "- item",
    "1. one",
    "12) twelve",
    "2024. A year in review",
    "123456. six digits",
    "+ plus",
    "=== rule",
    "> quote",
    ":tada: :+1: ::error::",
    "&amp; &lt;b&gt; &#64;alice \\@alice \\",
    "Größe 和 Ĉirkaŭ e\u0301",
    "{{ secrets.TOKEN }} ${{ github.token }}",
]
TAGS = re.compile(r"<[^>]+>")
LIVE = re.compile(
    r"@\w|#\d|\bGH-\d|://|\bwww\.|:[\w+-]+:|(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])", re.IGNORECASE
)
texts = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from([*NASTY, *"@#:/<>[]()`*_~|\\!$&-+. \n", "GH-", "www", "http", "a", "1", "\u200b"]),
        max_size=12,
    ).map("".join),
)


def render(markdown: str) -> str:
    return cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)


def visible(text: str) -> str:
    return " ".join(html.unescape(TAGS.sub("", text)).replace("\u200b", "").split())


@given(texts)
def test_conversation_renders_as_the_text_alone(text: str) -> None:
    rendered = render(f"before {escape_for_github(text)} after")

    assert TAGS.findall(rendered) == ["<p>", "</p>"]
    assert visible(rendered) == f"before {clip(one_line(text), 300)} after".replace("  ", " ")


@given(texts)
def test_conversation_at_the_start_of_a_line_is_still_a_paragraph(text: str) -> None:
    rendered = render(escape_for_github(text))

    assert set(TAGS.findall(rendered)) <= {"<p>", "</p>"}


@given(texts)
def test_nothing_in_a_rendered_conversation_is_live(text: str) -> None:
    rendered = html.unescape(TAGS.sub("", render(f"x {escape_for_github(text)} y")))

    assert LIVE.findall(rendered) == []


@given(texts)
def test_title_in_a_link_stays_one_link(text: str) -> None:
    rendered = render(f"[{escape_for_github(text) or 'x'}](https://arxiv.org/abs/2401.00001)")

    assert rendered.count("<a ") == 1
    assert 'href="https://arxiv.org/abs/2401.00001"' in rendered


@given(texts)
def test_title_in_a_table_cell_stays_one_cell(text: str) -> None:
    rendered = render(f"| a | b |\n|---|---|\n| {escape_for_github(text)} | end |\n")

    assert rendered.count("<td>") == 2
    assert "<td>end</td>" in rendered


@given(texts)
def test_code_renders_as_one_code_span(text: str) -> None:
    rendered = render(f"x {code(text)} y")

    assert TAGS.findall(rendered) == ["<p>", "<code>", "</code>", "</p>"]
    assert "@octocat" not in html.unescape(rendered)


@given(st.text())
def test_plain_text_is_one_line_without_anything_invisible(text: str) -> None:
    line = one_line(text)

    assert line.splitlines() in ([], [line])
    assert {unicodedata.category(character) for character in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert one_line(line) == line


@pytest.mark.parametrize("text", NASTY)
def test_nasty_titles_leave_no_mark_of_ours(text: str) -> None:
    assert "<!--" not in escape_for_github(text)
    assert "\n" not in escape_for_github(text)


def test_text_is_clipped_before_it_is_escaped() -> None:
    assert escape_for_github("*" * 400, 10) == "\\*" * 9 + "…"
    assert clip("short", 5) == "short"
    assert clip("shorter", 5) == "shor…"


@pytest.mark.parametrize("word", ["feedback", "Feedback-driven", "cafébabe1"])
def test_a_word_that_only_begins_like_a_commit_stays_whole(word: str) -> None:
    assert escape_for_github(word) == word


def test_a_long_run_of_digits_is_broken_all_along() -> None:
    assert escape_for_github("0" * 13) == "000000\u200b000000\u200b0"
