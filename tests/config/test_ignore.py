import pytest

from arxiv_watch.config import parse_config
from arxiv_watch.config.ignore import add_ignored
from arxiv_watch.errors import EditRefusedError
from arxiv_watch.identifiers import ArxivId

IDS = [ArxivId("2511.00010"), ArxivId("hep-th/9901001")]

FORMS = {
    "no key": "watches:\n  # ours\n  - list: a.md # the list\n    categories: [cs.LG]\n",
    "in a flow": "watches:\n  - list: a.md\n    categories: [cs.LG]\n    ignore: [] # nothing yet\n",
    "in a filled flow": "watches:\n  - list: a.md\n    ignore: ['2407.12390']\n    categories: [cs.LG]\n",
    "in a block": "watches:\n  - list: a.md\n    ignore:\n      - 2407.12390 # no\n    categories: [cs.LG]\n",
    "in a flush block": "watches:\n- list: a.md\n  ignore:\n  - 2407.12390\n  categories: [cs.LG]\n",
    "a watch in a flow": "watches: [{list: a.md, categories: [cs.LG]}]",
    "CRLF": "watches:\r\n  - list: a.md\r\n    categories: [cs.LG]\r\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_identifiers_are_added_and_nothing_else_is_touched(text: str) -> None:
    edited = add_ignored(text, "a", IDS)

    before, after = parse_config(text, "c", {}), parse_config(edited, "c", {})
    assert after.watches[0].ignore == (*before.watches[0].ignore, "2511.00010", "hep-th/9901001")
    rest = iter(edited)
    assert all(character in rest for character in text), "something was taken away"


def test_a_comment_stays_with_the_paper_that_it_is_about() -> None:
    edited = add_ignored(FORMS["in a block"], "a", IDS)

    assert '      - 2407.12390 # no\n      - "2511.00010"\n' in edited


def test_lines_end_as_those_of_the_file_do() -> None:
    for text in (FORMS["CRLF"], FORMS["in a block"].replace("\n", "\r\n")):
        edited = add_ignored(text, "a", IDS)

        assert edited.count("\n") == edited.count("\r\n")


def test_the_named_watch_is_the_one_that_changes() -> None:
    text = "watches:\n  - {list: a.md, categories: [cs.LG]}\n  - {list: b.md, categories: [cs.LG]}\n"

    config = parse_config(add_ignored(text, "b", IDS), "c", {})

    assert [len(watch.ignore) for watch in config.watches] == [0, 2]


def test_without_identifiers_nothing_changes() -> None:
    assert add_ignored(FORMS["no key"], "a", []) == FORMS["no key"]


@pytest.mark.parametrize(
    "text",
    [
        "watches: [",
        "watches:\n  - {list: b.md, categories: [cs.LG]}\n",
        "x: &w {list: a.md, categories: [cs.LG]}\nwatches: [*w]\n",
    ],
)
def test_what_cannot_be_changed_safely_is_refused_with_the_line_to_write(text: str) -> None:
    with pytest.raises(EditRefusedError, match=r'ignore: \["2511.00010", "hep-th/9901001"\]'):
        add_ignored(text, "a", IDS)
