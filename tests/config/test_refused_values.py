"""Each key refuses what it cannot mean, and says what it wants."""

from __future__ import annotations

import pytest

from arxiv_watch.config import parse_config
from arxiv_watch.errors import ConfigError

WATCH = "watches:\n  - list: README.md\n    categories: [cs.LG]\n"


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        parse_config(text, "c.yml", {})
    return str(refused.value)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("    name: Upper Case\n", "c.yml:4: watches[0].name: must be 1 to 50 of a-z"),
        ("    headings: {include: ['A > ']}\n", "watches[0].headings.include[0]: heading path 'A > ' has"),
        ("    ignore: [nonsense]\n", "watches[0].ignore[0]: not an arXiv identifier"),
        ("    timezone: Mars/Olympus\n", "watches[0].timezone: unknown time zone 'Mars/Olympus'"),
        ("    precision: 1\n", "watches[0].precision: input should be less than 1"),
        ("    budget: {per_pull_request: 61}\n", "watches[0].budget.per_pull_request: input should be less"),
        ("arxiv: {rss_url: rss.arxiv.org}\n", "arxiv.rss_url: must be an http or https address"),
        ('arxiv: {contact: "\\u00e9@example.org"}\n', "arxiv.contact: must contain printable ASCII"),
        ("    repository: https://github.com/a/b\n", "watches[0].repository: must be owner/name"),
        ("    repository: a/b.git\n", "watches[0].repository: must be owner/name"),
        ("arxiv: {time_limit: 0}\n", "arxiv.time_limit: input should be greater than 0"),
        ("    rules: {include: ['']}\n", "watches[0].rules.include[0]: "),
        ("    queries: ti:x\n", "c.yml:4: watches[0].queries: needs a list, as in [a, b], not 'ti:x'"),
        ("    budget: 5\n", "c.yml:4: watches[0].budget: needs keys, as in {key: value}, not 5"),
    ],
)
def test_a_value_is_refused_with_its_key(line: str, complaint: str) -> None:
    assert complaint in refusal(WATCH + line)


@pytest.mark.parametrize(
    "text", ["\x00", "a: &a [*a]\n" * 2, "a: !!python/object:os.system x\n", "[[[[" * 2000]
)
def test_what_is_not_a_config_in_yaml_is_refused_with_the_file(text: str) -> None:
    assert "c.yml" in refusal(text)


NINES = "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}' if level else 'x'] * 9)}]\n" for level in range(9)
)
DEEP = "[" * 2000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (NINES + "watches: [{list: *a8, categories: [cs.LG]}]\n", "stands for more than 200000 values"),
        (NINES + "? *a8\n: 1\n", "stands for more than 200000 values"),
        (WATCH + f"    headings: {{include: ['{DEEP}']}}\n", "not a JSON array of strings"),
        (WATCH + f"    headings: {{include: ['{DEEP * 50}']}}\n", "longer than 5000 characters"),
        (WATCH + f"    precision: {'x' * 100_000}\n", "precision: input should be a valid number"),
    ],
    ids=["aliases", "aliases as a key", "deep", "deeper", "long"],
)
def test_what_is_deep_or_stands_for_more_than_it_says_is_refused(text: str, complaint: str) -> None:
    told = refusal(text)

    assert complaint in told
    assert len(told) < 10_000


@pytest.mark.parametrize("value", ["!!timestamp maybe", "!!bool maybe", '!!int ""', '!!float ""'])
def test_a_value_that_is_not_what_its_tag_says_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="not what its tag says"):
        parse_config(f"watches: {value}\n", "arxiv-watch.yml", {})


def test_thousands_of_watches_are_read_and_a_repeated_name_is_found_among_them() -> None:
    watch = "  - {{name: w{0}, list: l{0}.md, categories: [cs.LG]}}\n"
    text = "watches:\n" + "".join(watch.format(number) for number in (*range(2000), 7))

    assert "two watches are called w7;" in refusal(text)


ELSEWHERE = "rss_url: 'http://[::1]', api_url: 'http://[::1]', oai_url: 'http://[::1]'"


@pytest.mark.parametrize("host", ["arxiv.org", "arxiv.org.", "export.arxiv.org"])
def test_arxivs_own_hosts_are_asked_every_three_seconds_at_most(host: str) -> None:
    told = refusal(f"{WATCH}arxiv: {{request_interval: 2.9, {ELSEWHERE}, listing_url: 'https://{host}'}}\n")

    assert f"request_interval must be at least 3 seconds for {host} (" in told


def test_a_stand_in_may_be_asked_faster() -> None:
    text = f"{WATCH}arxiv: {{request_interval: 0, {ELSEWHERE}, listing_url: 'http://arxiv.org.example'}}\n"

    assert parse_config(text, "c.yml", {}).arxiv.request_interval == 0


def test_a_list_of_nothing_says_how_many_are_needed() -> None:
    told = refusal("watches:\n  - list: README.md\n    categories: []\n")

    assert told == "c.yml:3: watches[0].categories: needs at least 1"


def test_findings_come_in_the_order_of_the_file() -> None:
    told = refusal("watchs: 1\nwatches:\n  - list: 5\n    lists: x\n    categories: [cs.lg]\narxiv: {a: 1}\n")

    assert [line.split(":")[1] for line in told.splitlines()] == ["1", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [("TIME_LIMIT", "soon", "input should be a valid number"), ("NONSENSE", "1", "unknown key")],
)
def test_a_wrong_variable_of_the_environment_is_named(variable: str, value: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_config(WATCH, "c.yml", {f"ARXIV_WATCH_ARXIV__{variable}": value})

    assert str(refused.value).startswith(f"environment: ARXIV_WATCH_ARXIV__{variable}: {complaint}")


def test_a_wrong_arxiv_section_is_reported_though_the_environment_adds_to_it() -> None:
    with pytest.raises(ConfigError, match=r"c\.yml:4: arxiv: needs keys"):
        parse_config(WATCH + "arxiv: [1]\n", "c.yml", {"ARXIV_WATCH_ARXIV__TIME_LIMIT": "9"})


def test_an_empty_list_of_watches_says_how_many_are_needed() -> None:
    assert refusal("watches: []\n") == "c.yml:1: watches: needs at least 1"
