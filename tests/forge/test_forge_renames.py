"""A list that is renamed while a pull request is open, and repositories that take a line of commits only."""

from __future__ import annotations

import pytest

from arxiv_watch.demo.github_server.repository import GitError
from arxiv_watch.demo.github_server.server import Exchange
from arxiv_watch.errors import ListError
from arxiv_watch.forge.derive.state import State
from forge_support import LIST, SERVING, TRAINING, Hub, entries_of, proposal
from stand_ins.github_server import Fault

ONE, TWO, THREE = "2611.00001", "2611.00002", "2611.00003"
BRANCH = "arxiv-watch/papers/1"
START = ["1909.08053", "2206.00001"]
NEW = "docs/papers.md"


def rename(hub: Hub) -> None:
    """Move the list on the base branch, and tell the config."""
    hub.maintainer.push("main", {"README.md": None, NEW: hub.text().encode(), "LICENSE": b"MIT\n"})
    hub.patterns = NEW


def listed(hub: Hub, branch: str = BRANCH) -> list[str]:
    files = hub.server.world.repository.files(f"refs/heads/{branch}")
    assert "README.md" not in files
    return sorted(entries_of(files[NEW].decode()))


def test_open_pull_request_follows_its_list_to_another_name(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    rename(hub)
    hub.maintainer.untick(1, TWO)

    hub.run(proposal(THREE))
    hub.run(proposal(THREE))

    (pull,) = hub.server.pulls
    assert listed(hub) == sorted([*START, ONE, THREE])
    assert "was renamed" in (pull.body or "")
    assert hub.server.world.mergeable(pull)
    assert hub.writes_of(proposal(THREE)) == []


def test_modified_pull_request_is_left_alone_and_regenerated_under_the_new_name(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.push(BRANCH, {"README.md": hub.text(BRANCH).encode() + b"\nBy hand.\n"})
    rename(hub)
    assert hub.plan().snapshot.pull.state is State.MODIFIED
    assert hub.writes_of(proposal(THREE)) == []
    hub.maintainer.tick(1, "rebase")

    hub.run()

    assert listed(hub) == sorted([*START, ONE, TWO])
    assert hub.writes_of() == []


def test_list_deleted_on_the_branch_is_regenerated_when_asked(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.push(BRANCH, {"README.md": None})
    hub.maintainer.tick(1, "rebase")

    hub.run()

    assert hub.listed(BRANCH) == sorted([*START, ONE])


def test_watch_that_is_called_after_its_list_is_renamed_with_it(hub: Hub) -> None:
    hub.watch = "readme"
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    hub.run(proposal(TWO))
    rename(hub)
    hub.watch = "papers"

    plan = hub.plan(proposal(ONE), proposal(THREE))
    hub.forge().apply(plan)

    assert any("former_names: [readme]" in note for note in plan.notes)
    assert [pull.branch for pull in hub.open_pulls] == ["arxiv-watch/readme/2"]
    assert listed(hub, "arxiv-watch/readme/2") == sorted([*START, TWO, THREE])
    assert hub.writes_of(proposal(ONE), proposal(THREE)) == []


def test_renamed_watch_is_told_its_former_name_also_where_it_is_read_twice(hub: Hub) -> None:
    hub.watch = "readme"
    hub.run(proposal(ONE))
    rename(hub)
    hub.watch = "papers"

    def close(exchange: Exchange) -> None:
        if exchange.path.endswith("/pulls/1"):
            hub.server.before = lambda _: None
            hub.maintainer.close(1)

    hub.server.before = close

    assert any("former_names: [readme]" in note for note in hub.plan().notes)


@pytest.mark.parametrize("names", [("llm", "vision"), ("readme", "vision")])
def test_two_watches_of_one_list_keep_their_pull_requests_through_its_renaming(
    hub: Hub, names: tuple[str, str]
) -> None:
    for name, arxiv_id in zip(names, (ONE, TWO), strict=True):
        hub.watch = name
        hub.run(proposal(arxiv_id))
    rename(hub)

    for name, number in zip(names, (1, 2), strict=True):
        hub.watch = "papers" if name == "readme" else name
        pull = hub.plan().snapshot.pull
        assert pull is not None
        assert pull.facts.number == number
        assert [one for one in hub.plan().notes if "former_names" in one and "vision" in one] == []


def test_watch_of_another_list_that_is_gone_is_not_taken_over(hub: Hub) -> None:
    hub.maintainer.push("main", {"OTHER.md": LIST, "LICENSE": b"MIT\n"})
    hub.run(proposal(ONE))
    hub.maintainer.push("main", {"README.md": None})
    hub.watch, hub.patterns = "other", "OTHER.md"

    assert hub.plan().snapshot.pull is None


def test_watch_of_the_same_list_is_not_taken_over(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.watch = "other"

    assert hub.plan().snapshot.pull is None


def test_config_with_the_former_name_is_told_the_new_one(hub: Hub) -> None:
    hub.maintainer.push("main", {"README.md": None, NEW: LIST})

    with pytest.raises(ListError, match="was renamed") as caught:
        hub.plan()

    assert caught.value.advice == f"set `list: {NEW}` in the config"


def test_list_that_is_simply_gone_is_missing(hub: Hub) -> None:
    hub.maintainer.push("main", {"README.md": None, "NOTES.md": b"None.\n"})

    with pytest.raises(ListError, match="no file"):
        hub.plan()


def make_conflict(hub: Hub) -> None:
    orca = b"- [Orca](https://arxiv.org/abs/2206.00001)\n"
    text = hub.text().encode()
    hub.maintainer.push("main", {"README.md": text.replace(orca, orca + b"- [Hand](https://example.org)\n")})


@pytest.mark.parametrize("way", ["only rebases are allowed", "a rule asks for linear history"])
def test_regenerated_branch_can_be_rebased_where_merge_commits_are_not_wanted(hub: Hub, way: str) -> None:
    hub.server.world.linear_history = way.startswith("a rule")
    if not hub.server.world.linear_history:
        hub.server.world.merge_methods = {"rebase"}
    hub.run(proposal(ONE), proposal(TWO, TRAINING))
    old = hub.open_pulls[0].head_sha
    make_conflict(hub)

    hub.run(proposal(THREE))
    hub.run(proposal(THREE))

    pull = hub.open_pulls[0]
    git = hub.server.world.repository
    assert git.log("refs/heads/main", pull.head_sha) == [pull.head_sha]
    assert old in (pull.body or "")
    assert hub.writes_of(proposal(THREE)) == []
    hub.maintainer.rebase_merge(1)
    assert hub.listed() == sorted([*START, ONE, TWO, THREE])
    assert hub.plan().snapshot.ledger.rejected == frozenset()


def test_branch_that_was_regenerated_with_two_parents_cannot_be_rebased(hub: Hub) -> None:
    """A rebase leaves the merge out, and with it what resolved the conflict; hence the other way."""
    hub.run(proposal(ONE))
    make_conflict(hub)
    hub.run()

    with pytest.raises(GitError):
        hub.maintainer.rebase_merge(1)


def test_push_before_the_branch_is_forced_stands(hub: Hub) -> None:
    hub.server.world.merge_methods = {"rebase"}
    hub.run(proposal(ONE, SERVING))
    make_conflict(hub)

    def push(exchange: object) -> None:
        if getattr(exchange, "path", "") == "/graphql" and exchange.is_write:
            hub.server.before = lambda _: None
            hub.maintainer.push(BRANCH, {"NOTES.md": b"mine\n"})

    hub.server.before = push
    hub.run(proposal(ONE))

    assert hub.server.world.repository.files(f"refs/heads/{BRANCH}")["NOTES.md"] == b"mine\n"


def test_branch_that_must_not_be_forced_gets_a_merge_commit(hub: Hub) -> None:
    hub.server.world.merge_methods = {"rebase"}
    hub.run(proposal(ONE))
    old = hub.open_pulls[0].head_sha
    make_conflict(hub)
    rule = {"type": "UNPROCESSABLE", "message": "Repository rule violations found\n\nCannot force-push"}
    hub.server.inject(
        Fault(200, {"data": None, "errors": [rule]}), lambda seen: seen.path == "/graphql" and seen.is_write
    )

    hub.run()

    assert hub.server.world.repository.commit(hub.open_pulls[0].head_sha).parents[0] == old
    assert hub.server.world.mergeable(hub.open_pulls[0])
    assert hub.writes_of() == []
