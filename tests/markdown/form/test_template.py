"""The form of an entry as a value."""

from __future__ import annotations

import re

from arxiv_watch.markdown.form.cleaning import clean
from arxiv_watch.markdown.form.template import HUMAN, Field, Template, field
from markdown_support import added_lines, insert_one, paper, read


def test_what_is_written_the_same_is_the_same_template() -> None:
    joined = Template.join("- ", "", Template.join("[", field("title")), "](", Field("url", "x/{id}"), ")")

    assert joined.parts == ("- [", Field("title"), "](", Field("url", "x/{id}"), ")")
    assert joined == Template.join(
        "-", " [", field("title"), Template.join("]", "("), field("url", "x/{id}"), ")"
    )
    assert not Template.join("", Template())


def test_what_is_written_as_it_is_can_be_split_and_stripped() -> None:
    template = Template.join(" a|", field("title"), " | b ")

    assert template.strip() == Template.join("a|", field("title"), " | b")
    assert template.split(re.compile(r"\|")) == [
        Template.join(" a"),
        Template.join(field("title"), " "),
        Template.join(" b "),
    ]


def test_a_character_that_stands_for_a_part_while_cleaning_may_be_in_the_text() -> None:
    odd = "\x00\x01\U00100002"

    assert clean(Template.join("- ", odd, field("title"), " (", HUMAN, ")")) == Template.join(
        "- ", odd, field("title")
    )


def test_a_list_that_looks_as_if_it_named_fields_is_taken_as_it_is() -> None:
    items = "".join(
        f"- [Title of Paper {number}](https://arxiv.org/abs/2401.0000{number}) \x01title\x02\n"
        for number in range(1, 9)
    )

    (line,) = added_lines(insert_one(read(f"## A\n{items}"), paper(), "A"))

    assert line.count("FooServe: Serving Large Models Fast") == 1
