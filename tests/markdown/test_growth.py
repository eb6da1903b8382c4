"""Work grows with a list, not with its square; calls are counted, so that no test depends on speed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from arxiv_watch.markdown import Insertion, PaperList, check_list, insert
from markdown_support import paper, read

LINKED = "- [Paper {0} of Many](https://arxiv.org/abs/2401.{0:05}) (note {0})\n"
ELSEWHERE = "- [Paper {0} of Many](https://example.org/{0}) (note {0})\n"


def calls(action: Callable[[], object]) -> Counter[str]:
    """Count the calls of Python functions by name."""
    counts: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: object) -> None:
        del argument
        if event == "call":
            counts[frame.f_code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return counts


def made(headings: int, *, every: int = 1, entry: str = LINKED) -> PaperList:
    """Return a list with one entry under every so manieth heading, and one on arXiv at the end."""
    topics = [
        f"## Topic {number}\n{entry.format(number) if number % every == 0 else ''}"
        for number in range(headings)
    ]
    return read("# List\n" + "\n".join([*topics, "## Last", LINKED.format(99_999)]))


@pytest.mark.parametrize(("every", "entry"), [(1, LINKED), (2, LINKED), (1, ELSEWHERE)])
def test_checking_twice_as_many_headings_takes_about_twice_the_work(every: int, entry: str) -> None:
    # A heading learns from 100 entries of others at most (`index.py`): below that, work grows faster.
    lists = [made(headings * every, every=every, entry=entry) for headings in (120, 240)]

    small, large = (calls(partial(check_list, listed)).total() for listed in lists)

    assert large < 2.5 * small


def test_many_papers_are_put_into_many_headings_with_one_look_for_what_forbids_it() -> None:
    listed = made(30)
    insertions = [
        Insertion(paper(f"2511.2{number:04}", f"A New Paper on Topic {number}"), path)
        for number, path in enumerate(listed.headings)
    ]

    counts = calls(lambda: insert(listed, insertions))

    assert counts["find_unsafe"] == len(listed.documents)
