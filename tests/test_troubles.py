"""Troubles are values: they survive the cache, they add up, and they are put into words at the end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.troubles import (
    Trouble,
    TroubleKind,
    dump_troubles,
    load_troubles,
    shared_words,
    together,
)

UNTIL = datetime(2026, 11, 23, 14, tzinfo=UTC)
TROUBLES = st.builds(
    Trouble,
    st.sampled_from(TroubleKind),
    st.sampled_from(["", "rss", "oai"]),
    st.text(max_size=20),
    st.sampled_from(["", "rss.arxiv.org"]),
    st.none() | st.just(UNTIL),
    st.integers(0, 9),
)


def refused(source: str, until: datetime | None = None) -> Trouble:
    return Trouble(TroubleKind.REFUSED, source, "503 Service Unavailable", "rss.arxiv.org", until)


@given(st.lists(TROUBLES))
def test_the_cache_gives_back_what_it_was_given(troubles: list[Trouble]) -> None:
    assert load_troubles(dump_troubles(troubles)) == tuple(troubles)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"kind": "odd"}]', '[{"kind": "stale"}]', "null"])
def test_what_is_not_troubles_is_a_value_error(text: str) -> None:
    if text == "{}":
        assert load_troubles(text) == ()
        return
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own error is one too
        load_troubles(text)


@given(st.lists(TROUBLES))
def test_no_trouble_is_kept_twice(troubles: list[Trouble]) -> None:
    kept = together(troubles)

    assert len({(each.kind, each.source) for each in kept}) == len(kept)
    assert together(kept) == kept


def test_announcements_from_another_source_are_summed() -> None:
    one = Trouble(TroubleKind.ADDED, "api", count=1)

    assert [str(each) for each in together([one] * 8)] == ["8 announcements from the search API"]


def test_a_host_that_refuses_two_sources_is_one_reason() -> None:
    first, then = refused("rss"), refused("atom", UNTIL)

    assert first.reason == then.reason
    assert shared_words([first, then]) == (
        "rss.arxiv.org refused (503 Service Unavailable) and is not asked again until 2026-11-23 14:00 UTC"
    )


def test_particulars_that_differ_give_way_to_what_they_share() -> None:
    thin = [Trouble(TroubleKind.THIN, "rss", f"{count} papers are missing") for count in (3, 5)]

    assert shared_words(thin[:1]) == "rss: 3 papers are missing"
    assert shared_words(thin) == "rss: fewer papers than there must be"


@given(TROUBLES)
def test_every_trouble_has_words_for_itself_and_for_many(trouble: Trouble) -> None:
    assert isinstance(str(trouble), str)
    assert "{" not in shared_words([trouble, trouble]) or "{" in trouble.about
