"""Titles are written as the repository writes its own, and hold no word from outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arxiv_watch.forge.page.titles import DEFAULT, commit_subject, habit_of, pull_request_title
from forge_support import Hub, proposal

ONE, TWO = "2611.00001", "2611.00002"


def test_title_holds_a_count_and_the_watch() -> None:
    assert pull_request_title(1, "llm") == "docs: add 1 paper to llm"
    assert pull_request_title(3, "fix #12\n@me") == "docs: add 3 papers to fix 12 me"
    assert pull_request_title(2, "llm", "Add {papers} to {name}") == "Add 2 papers to llm"


def test_title_of_papers_that_are_only_shown_does_not_say_that_they_are_added() -> None:
    assert pull_request_title(0, "llm", shown=4) == "docs: consider 4 papers for llm"
    assert pull_request_title(0, "llm", "Add {papers} to {name}", shown=1) == "Consider 1 paper for llm"
    assert pull_request_title(0, "llm", "{name}: new {papers}", shown=2) == "llm: new 2 papers to consider"
    assert pull_request_title(2, "llm", shown=4) == "docs: add 2 papers to llm"
    assert commit_subject([], shown=4) == "docs: consider 4 papers"
    assert commit_subject([], "Add {papers} to {name}", shown=1) == "Consider 1 paper"


def test_subject_of_a_commit_names_its_papers() -> None:
    several = ["2611.00001", "2611.00002", "2611.00003", "2611.00004"]

    assert commit_subject(several) == "docs: add 4 papers (2611.00001, 2611.00002, 2611.00003, ...)"
    assert commit_subject([ONE], "Add {papers} to {name}") == f"Add 1 paper ({ONE})"
    assert commit_subject([ONE], "{name}: add {papers}") == f"add 1 paper ({ONE})"
    assert commit_subject([ONE], "Update {name}: {papers}") == f"Update 1 paper ({ONE})"
    assert commit_subject([]) == "docs: regenerate on the latest base"
    assert commit_subject([], "Add {papers} to {name}") == "Regenerate on the latest base"


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("docs({name}): add {papers}", "docs: add 1 paper"),
        ("[{name}] Add {papers}", "Add 1 paper"),
        ("Add {papers} ({name})", "Add 1 paper"),
        ("Add {papers} to {name} list", "Add 1 paper list"),
        ("{name} - add {papers}", "add 1 paper"),
        ("Add {papers} – {name}", "Add 1 paper"),
        ("docs: {name} gets {papers}", "docs: gets 1 paper"),
    ],
)
def test_a_subject_leaves_out_the_name_with_what_stands_around_it(template: str, subject: str) -> None:
    assert commit_subject([ONE], template) == f"{subject} ({ONE})"


@pytest.mark.parametrize(
    ("titles", "habit"),
    [
        ([], DEFAULT),
        (["Add Orca", "Add vLLM"], DEFAULT),
        (["Add Orca", "Add vLLM", "Update README.md"], "Add {papers} to {name}"),
        (["add orca", "add vllm", "typo"], "add {papers} to {name}"),
        (["docs: add Orca", "feat: new section", "docs: add vLLM"], "docs: add {papers} to {name}"),
        (["feat(list): Add Orca", "feat: Add x", "fix: Mend y"], "feat: Add {papers} to {name}"),
        (["chore: bump", "fix: typo", "ci: pin"], "docs: add {papers} to {name}"),
        (["Add Orca", "docs: add vLLM", "Add more"], "Add {papers} to {name}"),
        (["论文", "添加", "更新"], "add {papers} to {name}"),
    ],
)
def test_the_habit_is_that_of_most_titles(titles: list[str], habit: str) -> None:
    assert habit_of(titles) == habit


def merge_by_hand(hub: Hub, *titles: str) -> None:
    for number, title in enumerate(titles):
        branch = f"topic-{number}"
        git = hub.server.world.repository
        git.update_ref(f"refs/heads/{branch}", git.refs()["refs/heads/main"], "0" * 40)
        hub.maintainer.push(branch, {f"{number}.txt": b"x"})
        hub.maintainer.merge(hub.maintainer.open_pull(branch, "", title=title).number)


def test_pull_request_and_commit_follow_the_habit(hub: Hub) -> None:
    merge_by_hand(hub, "Add Orca", "Add vLLM", "Fix a link")

    hub.run(proposal(ONE))
    hub.run(proposal(TWO))

    pull = hub.open_pulls[0]
    assert pull.title == "Add 2 papers to papers"
    assert hub.server.world.repository.commit(pull.head_sha).message.startswith(f"Add 1 paper ({TWO})\n")


def test_configured_title_wins(hub: Hub) -> None:
    merge_by_hand(hub, "Add Orca", "Add vLLM", "Fix a link")
    hub.options = replace(hub.options, title="list: {papers} for {name}")

    hub.run(proposal(ONE))

    pull = hub.open_pulls[0]
    assert pull.title == "list: 1 paper for papers"
    assert hub.server.world.repository.commit(pull.head_sha).message.startswith(f"list: 1 paper ({ONE})\n")
