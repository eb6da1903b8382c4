"""What a list and arXiv's feeds give the classifier to learn from."""

from __future__ import annotations

import pytest

from arxiv_watch.decide import Known
from arxiv_watch.errors import ListError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList, parse_list
from arxiv_watch.papers import Paper, normalise_title
from arxiv_watch.proposals import Mention, Record
from arxiv_watch.scope import background_of, check_learnable, mentions_of, records_of

LIST = b"""# Serving

## Caches

- [Paged memory for caches](https://arxiv.org/abs/2501.00002)
- [A cache in every rack](https://example.org/racks.pdf)
- Untitled <https://example.org/tool>

## Schedulers

- [Queues that think](https://arxiv.org/abs/2501.00001)
- [Paged memory for caches](https://arxiv.org/abs/2501.00002)

## News

- 2025.01: [Paged memory for caches](https://arxiv.org/abs/2501.00002) is listed.
"""
PAGED, QUEUES = ArxivId.parse("2501.00002"), ArxivId.parse("2501.00001")
CACHES, SCHEDULERS = ("Serving", "Caches"), ("Serving", "Schedulers")


def the_list() -> PaperList:
    return parse_list({"README.md": LIST})


def test_a_listed_paper_gives_one_record_for_each_of_its_headings() -> None:
    whole = Paper(PAGED, "Paged Memory for Caches", "Memory in pages.")

    records = records_of(the_list(), {PAGED: whole})

    assert records == [
        Record(whole, CACHES),
        Record(Paper(QUEUES, "Queues that think"), SCHEDULERS),
        Record(whole, SCHEDULERS),
    ]


def test_an_entry_without_identifier_is_a_mention_and_not_a_record() -> None:
    assert Mention("A cache in every rack", CACHES) in mentions_of(the_list())
    assert {mention.path for mention in mentions_of(the_list())} == {CACHES}
    assert all(record.paper.title != "A cache in every rack" for record in records_of(the_list(), {}))


def test_a_list_without_any_paper_is_nothing_to_learn_from() -> None:
    check_learnable(the_list(), "README.md")

    with pytest.raises(ListError, match=r"empty\.md links no paper on arXiv: there is nothing to learn from"):
        check_learnable(PaperList(()), "empty.md")


def test_the_background_holds_each_paper_once_and_none_that_may_be_wanted() -> None:
    known = Known(
        listed={PAGED},
        titles={normalise_title("A cache in every rack")},
        rejected={ArxivId.parse("2501.00003")},
        proposed={ArxivId.parse("2501.00004")},
        ignored={ArxivId.parse("2501.00005")},
    )
    polled = [Paper(ArxivId.parse(f"2501.{number:05d}"), f"Paper {number}") for number in range(1, 9)]
    preprint = Paper(ArxivId.parse("2501.00009"), "A Cache in Every Rack")

    background = background_of([*polled, preprint, *polled], known)

    assert background == [polled[0], polled[2], *polled[4:]]
    assert background_of(polled, known, most=2) == [polled[0], polled[2]]
