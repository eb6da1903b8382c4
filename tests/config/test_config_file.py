from pathlib import Path

import pytest

from arxiv_watch.config import find_config, load_config, parse_config
from arxiv_watch.errors import ConfigError

REPOSITORY = Path(__file__).resolve().parents[2]


def complaints(text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "watch.yml", environ or {})
    return str(caught.value).splitlines()


def test_only_list_and_categories_are_needed() -> None:
    config = parse_config("watches: [{list: docs/My List.md, categories: [cs.LG]}]", "watch.yml", {})

    [watch] = config.watches
    assert watch.name == "my-list"
    assert (watch.budget.per_day, watch.precision, watch.timezone) == (5, 0.5, "UTC")
    assert config.arxiv.request_interval == 3.0


def test_the_repositorys_own_config_is_valid() -> None:
    config = load_config(REPOSITORY / "config/arxiv-watch.yml", {})

    assert [watch.list for watch in config.watches] == ["catalog/llm-inference.md", "catalog/llm-serving.md"]


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("- {ttle}", "no field 'ttle': the fields are title, name, rest, url"),
        ("- {title}", "template '- {title}' lacks title or link"),
        ("- [{title}]({url}) {date:%Y}", "{date} takes no format such as '%Y'"),
        ("- [{title!r}]({url})", "{title} takes no format such as 'r'"),
        ("- [{title]({url})", "cannot be read"),
        ("", "at least 1"),
    ],
)
def test_a_template_that_cannot_work_is_a_wrong_value_of_its_key(template: str, complaint: str) -> None:
    watch = f"{{list: README.md, categories: [cs.LG], template: '{template}'}}"

    [found] = complaints(f"watches: [{watch}]")

    assert found.startswith("watch.yml:1: watches[0].template: ")
    assert complaint in found


def test_all_errors_are_reported_at_once_with_line_and_key() -> None:
    text = """\
watches:
  - list: ../README.md
    categories: [cs.lg, cs.XX]
    budgets: {per_day: 5}
    precision: high
    schedule: "17 5 * * 1-5"
    timezone: Mars/Base
    template: "- [{ttle}]({url})"
  - categories: []
arxiv:
  request_interval: 1
"""

    found = complaints(text)

    assert [line.split(": ")[0:2] for line in found] == [
        ["watch.yml:2", "watches[0].list"],
        ["watch.yml:3", "watches[0].categories[0]"],
        ["watch.yml:3", "watches[0].categories[1]"],
        ["watch.yml:4", "watches[0].budgets"],
        ["watch.yml:5", "watches[0].precision"],
        ["watch.yml:6", "watches[0].schedule"],
        ["watch.yml:7", "watches[0].timezone"],
        ["watch.yml:8", "watches[0].template"],
        ["watch.yml:9", "watches[1].list"],
        ["watch.yml:9", "watches[1].categories"],
        ["watch.yml:10", "arxiv"],
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("watches: [{list: a.md, categories: [cs.lg]}]", "did you mean cs.LG?"),
        ("watches: [{list: a.md, categories: [cs.LG], presicion: 0.5}]", "did you mean precision?"),
        (
            "watches: [{list: a.md, categories: [cs.LG], budget: {daily: 5}}]",
            "the known keys are per_day, per_pull_request",
        ),
        ("watches: [{list: a.md, categories: [cs.LG]}]\narxiv: {rss: x}", "did you mean rss_url?"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(text: str, meant: str) -> None:
    [found] = complaints(text)

    assert meant in found


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "watch.yml:1: the file is empty"),
        ("watches: [", "watch.yml:1: not YAML"),
        ("watches:\n\t- list: a.md", "watch.yml:2: not YAML"),
        ("- a", "watch.yml:1: the file: "),
        ("watches: [{list: a.md, categories: [cs.LG], list: b.md}]", "watches[0].list: written twice"),
        (
            "watches: [{list: a.md, categories: [cs.LG]}, {list: b/a.md, categories: [cs.LG]}]",
            "two watches are called a",
        ),
        ("watches: [{list: a.md, categories: [cs.LG], ignore: [203.05527]}]", "not an arXiv identifier"),
        ('watches: [{list: a.md, categories: [cs.LG], headings: {include: ["A >"]}}]', "has an empty part"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
    ],
)
def test_bad_input_of_any_kind_gets_one_clear_error(text: str, complaint: str) -> None:
    assert complaint in "\n".join(complaints(text))


def test_an_identifier_that_looks_like_a_number_stays_an_identifier() -> None:
    config = parse_config(
        "watches: [{list: a.md, categories: [cs.LG], ignore: [2407.12390]}]", "watch.yml", {}
    )

    assert config.watches[0].ignore == ("2407.12390",)


def test_the_environment_wins_over_the_file() -> None:
    text = "watches: [{list: a.md, categories: [cs.LG]}]\narxiv: {contact: file@example.org}"
    environ = {
        "ARXIV_WATCH_ARXIV__CONTACT": "env@example.org",
        "ARXIV_WATCH_ARXIV__RSS_URL": "http://127.0.0.1:80/",
    }

    config = parse_config(text, "watch.yml", environ)

    assert config.arxiv.contact == "env@example.org"
    assert config.arxiv.rss_url == "http://127.0.0.1:80"


def test_an_unknown_key_in_the_environment_is_an_error() -> None:
    [found] = complaints("watches: [{list: a.md, categories: [cs.LG]}]", {"ARXIV_WATCH_ARXIV__RSS": "x"})

    assert "ARXIV_WATCH_ARXIV__RSS: unknown key" in found


def test_a_faster_pace_is_allowed_where_no_host_is_arxivs() -> None:
    urls = "".join(f"{key}_url: http://127.0.0.1:1/{key}, " for key in ("rss", "api", "oai", "listing"))
    text = f"watches: [{{list: a.md, categories: [cs.LG]}}]\narxiv: {{{urls} request_interval: 0}}"

    assert parse_config(text, "watch.yml", {}).arxiv.request_interval == 0


def test_the_config_is_looked_for_in_both_places(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no config file"):
        find_config(None, tmp_path)
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/arxiv-watch.yml").touch()

    assert find_config(None, tmp_path) == tmp_path / ".github/arxiv-watch.yml"


def test_a_config_above_tells_where_to_run(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/arxiv-watch.yml").touch()
    below = tmp_path / "docs/deep"
    below.mkdir(parents=True)

    with pytest.raises(ConfigError) as refused:
        find_config(None, below)

    assert f"run this in {tmp_path.resolve()}" in str(refused.value)


def test_a_missing_or_unreadable_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "watch.yml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "watch.yml", {})
    with pytest.raises(ConfigError, match=r"no config file .*absent\.yml"):
        find_config(tmp_path / "absent.yml", tmp_path)


def test_a_control_character_is_reported_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"config.yml:2: not YAML: holds '\\x07'"):
        parse_config("watches:\n  \a", "config.yml", {})
