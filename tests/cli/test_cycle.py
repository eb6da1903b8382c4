"""The cycle as a user runs it, over real HTTP on loopback; the demo in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from arxiv_watch import cli
from arxiv_watch.clock import SystemClock
from arxiv_watch.config import parse_config
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.report import run_text
from arxiv_watch.rows import paper_to_row, write_rows
from cli_support import (
    CONFIG,
    NOW,
    Checkout,
    arxiv_environment,
    arxiv_server,
    bare_environment,
    make_checkout,
    make_repository,
)
from fakes import FakeClock
from model_support import unlisted
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.github_person import Person
from stand_ins.github_server import FaultyGitHub
from watch_support import BACKGROUND, BELONGS, LIST, LISTED, STRANGER

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens there


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    with arxiv_server() as server:
        made = make_checkout(tmp_path)
        made.environ |= arxiv_environment(server)
        yield made


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FaultyGitHub]:
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as server:
        yield server


def test_a_dry_run_tells_what_it_would_do_and_writes_nothing(checkout: Checkout) -> None:
    done = checkout.run("poll", "--format", "json")

    assert done.code == 0
    report = json.loads(done.out)
    [run] = report["watches"]
    assert [row["id"] for row in run["proposals"]] == [BELONGS.id.base]
    assert run["pull_request"] is None
    assert {row["state"] for row in run["coverage"]} <= {"fresh", "repaired", "quiet"}
    assert report["requests"]["arxiv"] > 0
    assert (checkout.root / "README.md").read_text() == LIST


def test_applying_twice_adds_the_paper_once(checkout: Checkout) -> None:
    first = checkout.run("poll", "--apply", "--format", "markdown", "--output", "report.md")
    second = checkout.run("poll", "--apply", "--since", "2025-11-20")

    assert (first.code, second.code, first.out) == (0, 0, "")
    assert BELONGS.title in (checkout.root / "report.md").read_text()
    assert (checkout.root / "README.md").read_text().count(BELONGS.id.abs_url) == 1


def test_what_one_folder_was_given_is_still_new_to_the_repository(
    checkout: Checkout, github: FaultyGitHub
) -> None:
    applied = checkout.run("poll", "--apply", environ=github.environment)
    opened = checkout.run("poll", "--open-pr", environ=github.environment)

    assert (applied.code, opened.code) == (0, 0)
    assert BELONGS.title in (checkout.root / "README.md").read_text()
    [pull] = github.pulls
    assert BELONGS.title in (pull.body or "")


def test_the_pull_request_is_opened_once_and_reported_to_actions(
    checkout: Checkout, github: FaultyGitHub
) -> None:
    summary, output = checkout.write("summary.md", ""), checkout.write("output.txt", "")
    environ = {
        **github.environment,
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(output),
    }

    first = checkout.run("poll", "--open-pr", "--since", "2025-11-20", "--format", "json", environ=environ)
    writes = len(github.writes)
    again = checkout.run("poll", "--open-pr", "--since", "2025-11-20", environ=github.environment)

    assert (first.code, again.code) == (0, 0)
    assert json.loads(first.out)["watches"][0]["pull_request"]["operation"] == "created"
    [pull] = github.pulls
    assert BELONGS.title in (pull.body or "")
    assert len(github.writes) == writes
    assert "operation<<" in output.read_text()
    assert BELONGS.id.base in summary.read_text()
    assert (checkout.root / "README.md").read_text() == LIST


def test_a_day_without_a_sure_paper_is_answered_in_a_pull_request_all_the_same(
    checkout: Checkout, github: FaultyGitHub
) -> None:
    """What is only worth a look can be ticked there, and `sync` writes what was (issue 12)."""
    config = checkout.root / "config/arxiv-watch.yml"
    config.write_text(f"{config.read_text()}    precision: 0.999\n")

    first = checkout.run("poll", "--open-pr", environ=github.environment)
    [pull] = github.pulls
    title = pull.title
    before = github.world.repository.files(f"refs/heads/{pull.branch}")["README.md"].decode()
    again = checkout.run("poll", "--open-pr", "--since", "2025-11-20", environ=github.environment)
    Person(github.world, "octocat").tick(pull.number, BELONGS.id.base)
    answered = checkout.run("sync", environ=github.environment)

    assert (first.code, again.code, answered.code) == (0, 0, 0)
    assert (title, before) == ("docs: consider 1 paper for papers", LIST)
    assert pull.title == "docs: add 1 paper to papers"
    assert "no paper is sure enough" in first.out
    assert "created" in first.out
    assert "unchanged" in again.out
    after = github.world.repository.files(f"refs/heads/{pull.branch}")["README.md"].decode()
    assert after.count(BELONGS.id.abs_url) == 1


def test_unreachable_arxiv_ends_with_4_and_says_so(checkout: Checkout) -> None:
    nowhere = {f"ARXIV_WATCH_ARXIV__{key}_URL": NOWHERE for key in ("RSS", "API", "OAI", "LISTING")}

    done = checkout.run("poll", environ=nowhere | {"ARXIV_WATCH_ARXIV__TIME_LIMIT": "1"})

    assert done.code == 4
    assert "could not be read" in done.err


def test_a_stale_arxiv_ends_with_5_and_what_was_found_is_reported(checkout: Checkout) -> None:
    tomorrow = NOW + timedelta(days=1)
    yesterday = checkout.run("poll")
    with FaultyArxiv([*LISTED, *BACKGROUND, BELONGS, STRANGER], clock=SystemClock(tomorrow)) as server:
        server.fault(Role.RSS, faults.stale(server))
        for role in (Role.PAGES, Role.OAI):
            server.fault(role, faults.refuse(503))

        done = checkout.run(
            *("--now", tomorrow.isoformat(), "poll", "--format", "json"), environ=arxiv_environment(server)
        )

    assert (yesterday.code, done.code) == (0, 5)
    assert "answered incompletely" in done.err
    [run] = json.loads(done.out)["watches"]
    assert run["coverage"][-1]["state"] == "stale"
    assert [row["id"] for row in run["proposals"]] == [BELONGS.id.base]


@pytest.mark.parametrize(
    ("change", "code", "hint"),
    [
        ({"GITHUB_TOKEN": "wrong"}, 6, "token"),
        ({"GITHUB_API_URL": NOWHERE}, 6, "127.0.0.1"),
        ({"GITHUB_TOKEN": ""}, 2, "GITHUB_TOKEN"),
    ],
)
def test_a_github_that_refuses_ends_with_its_exit_code_and_the_one_thing_to_do(
    checkout: Checkout, github: FaultyGitHub, change: dict[str, str], code: int, hint: str
) -> None:
    done = checkout.run("poll", "--open-pr", environ={**github.environment, **change})

    assert done.code == code
    assert hint in done.err
    assert github.pulls == []


def test_classify_works_offline_and_says_why(checkout: Checkout) -> None:
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, [BELONGS, STRANGER, LISTED[0]]))
    write_rows(checkout.root / "metadata.jsonl", map(paper_to_row, LISTED))
    write_rows(checkout.root / "background.jsonl", map(paper_to_row, BACKGROUND))
    environ = {"ARXIV_WATCH_ARXIV__API_URL": NOWHERE}
    arguments = ["--papers", "papers.jsonl", "--list", "README.md", "--metadata", "metadata.jsonl"]
    arguments += ["--background", "background.jsonl"]

    done = checkout.run("classify", *arguments, "--output", "out.jsonl", environ=environ)
    told = checkout.run("classify", *arguments, environ=environ)

    assert (done.code, done.out, told.code) == (0, "", 0)
    rows = [json.loads(line) for line in (checkout.root / "out.jsonl").read_text().splitlines()]
    assert [(row["decision"], row["reason"]) for row in rows] == [
        ("propose", "relevant"),
        ("skip", "irrelevant"),
        ("skip", "listed"),
    ]
    assert rows[0]["headings"][0]["path"] == ["Papers", "Serving"]
    assert rows[0]["evidence"]["neighbours"][0]["path"] == ["Papers", "Serving"]
    assert BELONGS.title in told.out


def test_classify_skips_what_the_config_ignores_or_excludes_as_a_poll_does(checkout: Checkout) -> None:
    left_out = f"    ignore: [{BELONGS.id.base}]\n    rules: {{exclude: [wetlands]}}\n"
    checkout.write("config/arxiv-watch.yml", CONFIG + left_out)

    for named in ((), ("--list", "README.md"), ("--list", "./README.md")):
        links = (BELONGS.id.abs_url, STRANGER.id.abs_url)
        done = checkout.run("classify", *links, *named, "--output", "out.jsonl")

        assert done.code == 0
        rows = [json.loads(line) for line in (checkout.root / "out.jsonl").read_text().splitlines()]
        reasons = [("skip", "ignored"), ("skip", "excluded")]
        assert [(row["decision"], row["reason"]) for row in rows] == reasons


@pytest.mark.parametrize(
    "command",
    [("evaluate",), ("evaluate", "papers"), ("classify", BELONGS.id.base), ("review",)],
    ids=" ".join,
)
def test_a_list_of_another_repository_is_not_taken_for_the_one_here(
    checkout: Checkout, command: tuple[str, ...]
) -> None:
    checkout.write("config/arxiv-watch.yml", CONFIG + "    repository: lab/papers\n")

    elsewhere = checkout.run(*command)
    here = checkout.run(*command, environ={"GITHUB_REPOSITORY": "Lab/papers"})

    assert (elsewhere.code, here.code) == (2, 0)
    assert "watch papers is in lab/papers, which is not here" in elsewhere.err


def test_without_a_background_papers_are_ranked_and_none_is_proposed(checkout: Checkout) -> None:
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, [BELONGS, STRANGER]))
    write_rows(checkout.root / "metadata.jsonl", map(paper_to_row, [*LISTED, *BACKGROUND[:3]]))
    rows = ("--papers", "papers.jsonl", "--list", "README.md", "--metadata", "metadata.jsonl")

    done = checkout.run("classify", *rows, "--output", "out.jsonl")

    assert "no --background" in done.err
    ranked = [json.loads(line) for line in (checkout.root / "out.jsonl").read_text().splitlines()]
    assert ranked[0]["relevance"] > ranked[1]["relevance"]
    assert [row["decision"] for row in ranked] == ["skip", "skip"]


def test_a_long_file_of_papers_is_reported_apart_without_any_background(checkout: Checkout) -> None:
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, [*unlisted(1000), BELONGS]))
    write_rows(checkout.root / "metadata.jsonl", map(paper_to_row, LISTED))
    arguments = ["--papers", "papers.jsonl", "--list", "README.md", "--metadata", "metadata.jsonl"]

    done = checkout.run("classify", *arguments, "--output", "out.jsonl")

    assert done.code == 0
    rows = [json.loads(line) for line in (checkout.root / "out.jsonl").read_text().splitlines()]
    assert max(rows, key=lambda row: row["relevance"])["id"] == BELONGS.id.base
    assert rows[-1]["evidence"]["terms"]


def test_papers_can_come_through_a_pipe(checkout: Checkout) -> None:
    write_rows(checkout.root / "metadata.jsonl", map(paper_to_row, LISTED))
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, [BELONGS, STRANGER]))
    arguments = ["--papers", "papers.pipe", "--list", "README.md", "--metadata", "metadata.jsonl"]
    os.mkfifo(checkout.root / "papers.pipe")
    feeder = subprocess.Popen(["cp", "papers.jsonl", "papers.pipe"], cwd=checkout.root)

    done = checkout.run("classify", *arguments, "--output", "out.jsonl")

    assert (done.code, feeder.wait()) == (0, 0)
    assert len((checkout.root / "out.jsonl").read_text().splitlines()) == 2


def test_classify_asks_arxiv_for_papers_named_by_link(checkout: Checkout) -> None:
    done = checkout.run("classify", BELONGS.id.abs_url)
    (checkout.root / "config/arxiv-watch.yml").unlink()
    bare = checkout.run("classify", BELONGS.id.abs_url, "--list", "README.md")

    assert (done.code, bare.code) == (0, 0)
    assert BELONGS.title in done.out
    assert done.out == bare.out


def test_a_list_is_shown_extended_and_checked(checkout: Checkout) -> None:
    write_rows(checkout.root / "paper.jsonl", [paper_to_row(BELONGS)])

    shown = json.loads(checkout.run("list", "show", "README.md", "--format", "json").out)
    add = ("list", "add", "README.md", "--paper", "paper.jsonl", "--heading", "Serving")
    diff = checkout.run(*add)
    written = checkout.run(*add, "--write")
    again = checkout.run(*add, "--write")
    checked = checkout.run("list", "check", "README.md")

    paths = [section["path"] for section in shown["sections"]]
    assert ["Papers", "Quantization"] in paths
    assert f"+- [{BELONGS.title}]({BELONGS.id.abs_url})" in diff.out
    assert (written.code, again.code, checked.code) == (0, 0, 0)
    assert (checkout.root / "README.md").read_text().count(BELONGS.id.base) == 1


def test_a_heading_that_is_not_there_is_refused(checkout: Checkout) -> None:
    write_rows(checkout.root / "paper.jsonl", [paper_to_row(BELONGS)])

    done = checkout.run("list", "add", "README.md", "--paper", "paper.jsonl", "--heading", "Agents")

    assert done.code == 2
    assert "no heading 'Agents'" in done.err


def test_init_writes_a_config_and_a_workflow_that_work(checkout: Checkout) -> None:
    (checkout.root / "config/arxiv-watch.yml").unlink()
    files = ("--output", ".github/arxiv-watch.yml", "--workflow", ".github/workflows/watch.yml")
    environ = {"GITHUB_REPOSITORY": "octocat/papers", "GITHUB_TOKEN": ""}

    done = checkout.run("init", "README.md", *files, environ=environ)
    again = checkout.run("init", "README.md", *files, environ=environ)
    checked = checkout.run("check", "--format", "json")
    polled = checkout.run("poll", "--format", "json")

    assert (done.code, again.code, checked.code, polled.code) == (0, 2, 0, 0)
    assert (done.out, again.out) == ("", "")
    assert "wrote .github/workflows/watch.yml" in done.err
    assert done.err.splitlines()[-3:] == [
        "  arxiv-watch check",
        "  arxiv-watch poll",
        "  arxiv-watch evaluate --history",
    ]
    written = (checkout.root / ".github/arxiv-watch.yml").read_text()
    assert written.startswith("# yaml-language-server: $schema=https://")
    assert "categories: [cs.DC]" in written
    told = " ".join(written.replace("#", " ").split())
    assert f"the {len(LISTED)} listed papers that are known of {len(LISTED)}: cs.DC {len(LISTED)}" in told
    assert "#    30  Papers > Serving" in written
    assert json.loads(polled.out)["watches"][0]["proposals"]


def test_init_takes_contact_and_minute_from_the_repository(checkout: Checkout) -> None:
    for words in (
        ["init", "-q"],
        ["config", "user.email", "octocat@example.org"],
        ["remote", "add", "origin", "git@github.com:octocat/papers.git"],
    ):
        subprocess.run(["git", *words], cwd=checkout.root, check=True)

    written = checkout.run("init", "README.md", "--category", "cs.DC").out
    named = checkout.run(
        "init", "README.md", "--category", "cs.DC", environ={"GITHUB_REPOSITORY": "octocat/papers"}
    ).out

    subprocess.run(["git", "config", "user.email", "ö at example"], cwd=checkout.root, check=True)
    without = checkout.run("init", "README.md", "--category", "cs.DC")

    assert "contact: octocat@example.org" in written
    assert named == written
    assert "contact: ''" in without.out


def test_check_examines_everything_and_tells_what_to_do(checkout: Checkout, github: FaultyGitHub) -> None:
    local = checkout.run("check")
    online = checkout.run("check", "--online", "--format", "json", environ=github.environment)

    assert local.code == 0
    assert "none runs arxiv-watch" in local.out
    findings = {row["subject"]: row for row in json.loads(online.out)}
    assert findings["GitHub"]["ok"]
    assert online.code == 0


def test_evaluate_tells_how_well_headings_are_found(checkout: Checkout) -> None:
    done = checkout.run("evaluate", "--format", "json", "--report", "report.html")

    assert done.code == 0
    assert json.loads(done.out)["headings"]["papers"] == len(LISTED)
    assert (checkout.root / "report.html").read_text().startswith("<!")


def test_serve_stops_gracefully(checkout: Checkout) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "arxiv_watch", "serve"],
        cwd=checkout.root,
        env=bare_environment() | checkout.environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "next poll at" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0


@pytest.mark.slow
def test_the_demo_ends_with_an_open_pull_request(tmp_path: Path) -> None:
    made = Checkout(tmp_path)

    done = made.spawn("demo", "--keep", "kept")
    again = made.run("demo", "--keep", "kept")

    assert done.code == 0
    assert "writes to GitHub: 0" in done.out
    assert "pull request #1 created" in done.out
    assert "pull request #1 updated" in done.out
    told = done.out.partition("=== Its diff")[0].splitlines()
    ours = [line for line in told if not line.startswith(("+", "-", " -", "@"))]  # the rest is the list's
    assert [line for line in ours if len(line) > 80 and " " in line.strip()] == []
    assert (tmp_path / "kept" / "repository.git").is_dir()
    assert again.code == 2


def test_a_review_writes_what_was_accepted_and_remembers_what_was_rejected(checkout: Checkout) -> None:
    rejected = checkout.run("review", "--since", "2025-11-20", stdin="r\n")
    again = checkout.run("review", "--since", "2025-11-20", stdin="a\n")

    assert (rejected.code, again.code) == (0, 0)
    assert "1 rejected" in rejected.out
    assert f'ignore: ["{BELONGS.id.base}"]' in (checkout.root / "config/arxiv-watch.yml").read_text()
    assert "1 accepted" not in again.out
    assert (checkout.root / "README.md").read_text() == LIST


def test_a_review_is_reported_also_where_its_noes_cannot_be_kept(checkout: Checkout) -> None:
    shared = CONFIG + "    ignore: &none []\n" + CONFIG.partition("\n")[2].replace("papers", "others")
    checkout.write("config/arxiv-watch.yml", shared + "    ignore: *none\n")

    done = checkout.run("review", "papers", "--since", "2025-11-20", stdin="r\n")

    assert done.code == 3
    assert "0 accepted, 1 rejected" in done.out
    assert f'ignore: ["{BELONGS.id.base}"]' in done.err


def test_noes_that_cannot_be_kept_of_one_watch_stop_those_of_no_other(checkout: Checkout) -> None:
    others = CONFIG.partition("\n")[2].replace("papers", "others")
    trouble = "    ignore: &none []\n" + others.replace("others", "more") + "    ignore: *none\n"
    checkout.write("config/arxiv-watch.yml", CONFIG + trouble + others)

    done = checkout.run("review", "papers", "others", "--since", "2025-11-20", stdin="r\nr\n")

    assert done.code == 3
    assert "watch papers" in done.err
    config = parse_config((checkout.root / "config/arxiv-watch.yml").read_bytes(), "c", {})
    assert [len(watch.ignore) for watch in config.watches] == [0, 0, 1]


def test_what_a_review_rejected_is_kept_even_if_nobody_reads_the_report(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_reads(*_: object, **__: object) -> str:
        raise BrokenPipeError

    monkeypatch.setattr(run_text, "render", nobody_reads)
    monkeypatch.setattr(cli, "_let_go_of_stdout", lambda: None)  # it is this process's own

    done = checkout.run("review", "--since", "2025-11-20", stdin="r\n")

    assert done.code == 0
    assert f'ignore: ["{BELONGS.id.base}"]' in (checkout.root / "config/arxiv-watch.yml").read_text()


def test_an_accepted_paper_is_in_the_list_after_the_review(checkout: Checkout) -> None:
    done = checkout.run("review", "--since", "2025-11-20", stdin="m\nQuantization\n")

    assert done.code == 0
    lines = (checkout.root / "README.md").read_text().splitlines()
    assert lines[-1] == f"- [{BELONGS.title}]({BELONGS.id.abs_url})"


def test_a_lists_own_history_is_replayed(checkout: Checkout) -> None:
    root = checkout.root
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "README.md")
    git(root, "commit", "--quiet", "-m", "Start the list")
    entry = f"- [{BELONGS.title}]({BELONGS.id.abs_url})\n"
    checkout.write("README.md", LIST.replace("\n## Quant", f"{entry}\n## Quant"))
    git(root, "commit", "--quiet", "-a", "-m", "Add a paper", day="2025-11-25")
    before = [
        replace(paper, id=ArxivId(f"2510.{paper.id.base[5:]}"), announced=date(2025, 10, 20))
        for paper in BACKGROUND
    ]
    write_rows(root / "rows.jsonl", map(paper_to_row, [*LISTED, *before, *BACKGROUND, BELONGS, STRANGER]))
    evaluate = (
        "evaluate",
        "--history",
        "--since",
        "2025-10-01",
        "--metadata",
        "rows.jsonl",
        "--format",
        "json",
    )

    done = checkout.run(*evaluate)

    assert done.code == 0
    assert json.loads(done.out)["replay"]["added"] == 1
    assert len(json.loads(done.out)["replay"]["months"]) == 1


def git(root: Path, *arguments: str, day: str = "2024-03-01") -> None:
    moment = f"{day}T12:00:00Z"
    environ = bare_environment() | {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    identity = ("-c", "user.name=octocat", "-c", "user.email=octocat@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, env=environ)
