"""Whom the forge believes: what commits prove, whoever's token it is today; and who closed what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from arxiv_watch.forge.derive.state import State
from arxiv_watch.forge.page.body import read_body, with_marker
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Ledger
from forge_support import LIST, Hub, proposal
from stand_ins.github_person import Person
from stand_ins.github_server import refusal

ONE, TWO, THREE = "2611.00001", "2611.00002", "2611.00003"
BRANCH = "arxiv-watch/papers/1"
ACTIONS, APP, ACCOUNT = "github-actions[bot]", "arxiv-watch-app[bot]", "octocat"


def ids(*papers: str) -> frozenset[ArxivId]:
    return frozenset(map(ArxivId, papers))


# A change of token, of a name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ACTIONS, APP),
        (ACTIONS, "arxiv-machine"),
        (APP, ACTIONS),
        (ACCOUNT, ACTIONS),
        ("arxiv-machine", APP),
        ("arxiv-machine", ACCOUNT),
    ],
)
def test_open_pull_request_is_carried_on_with_another_token(hub: Hub, before: str, after: str) -> None:
    hub.server.world.collaborators.add("arxiv-machine")
    hub.server.world.bot = before
    hub.run(proposal(ONE), proposal(TWO))
    hub.server.world.bot = after
    hub.maintainer.untick(1, ONE)

    hub.run(proposal(THREE))

    (pull,) = hub.server.pulls
    assert hub.listed(pull.branch)[-2:] == [TWO, THREE]
    assert hub.plan().snapshot.ledger.rejected == ids(ONE)
    assert hub.writes_of(proposal(THREE)) == []


@pytest.mark.parametrize(("before", "after"), [(ACTIONS, APP), (APP, ACCOUNT), ("arxiv-machine", ACTIONS)])
def test_rejections_survive_another_token(hub: Hub, before: str, after: str) -> None:
    hub.server.world.bot = before
    hub.run(proposal(ONE))
    Person(hub.server.world, "monalisa").close(1)
    hub.server.world.bot = after

    assert hub.writes_of(proposal(ONE)) == []


def test_watch_of_another_name_carries_on_what_it_began_under_a_former_one(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    hub.run(proposal(TWO))
    hub.watch, hub.former_names = "reading-list", ("papers",)

    hub.run(proposal(ONE), proposal(THREE))

    (pull,) = hub.open_pulls
    assert pull.branch == "arxiv-watch/papers/2"
    assert hub.listed(pull.branch)[-2:] == [TWO, THREE]
    assert hub.plan().snapshot.ledger.rejected == ids(ONE)
    hub.maintainer.merge(2)
    hub.run(proposal("2611.00004"))
    assert [one.branch for one in hub.open_pulls] == ["arxiv-watch/reading-list/1"]
    assert hub.server.world.branch("arxiv-watch/papers/2") is None


def test_watch_of_another_name_without_its_former_one_starts_anew(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.watch = "reading-list"

    assert hub.plan().snapshot.pull is None


# Forgeries: each of the cases of docs/pull-requests.md


def forged_by(hub: Hub, login: str, *, repository: str | None = None) -> None:
    """Open a pull request from the bot's branch with the bot's own words about a paper it does not hold."""
    plan = hub.plan(proposal(ONE))
    hub.forge().apply(replace(plan, writes=plan.writes[:1]))
    body = hub.plan(proposal(ONE)).writes[0].body
    pull = Person(hub.server.world, login).open_pull(BRANCH, "", repository=repository)
    marker = read_body(body).marker
    lie = replace(marker, head=pull.head_sha, title=pull.title)
    memory = replace(lie.memory, refused={ArxivId(TWO): ("Papers", "Serving")})
    pull.body = with_marker(body, replace(lie, memory=memory)).replace("[x]", "[ ]")


def test_words_of_somebody_without_write_access_are_not_believed(hub: Hub) -> None:
    forged_by(hub, "mallory")

    snapshot = hub.plan().snapshot
    assert snapshot.pull is not None
    assert snapshot.pull.state is State.ENGAGED
    assert (snapshot.ledger.proposed, snapshot.ledger.rejected) == (ids(ONE), frozenset())
    assert hub.writes_of(proposal(THREE)) == []


def test_words_of_somebody_with_write_access_are_answers(hub: Hub) -> None:
    hub.server.world.collaborators.add("hubot")
    forged_by(hub, "hubot")

    assert hub.plan().snapshot.ledger.rejected == ids(ONE)


def test_permission_that_may_not_be_asked_for_is_none(hub: Hub) -> None:
    forged_by(hub, "mallory")
    denied = refusal(403, "Resource not accessible by integration")
    hub.server.inject(denied, lambda seen: seen.path.endswith("/permission"))

    assert hub.plan().snapshot.ledger.rejected == frozenset()


def test_fork_with_the_bot_s_own_commits_proves_nothing(hub: Hub) -> None:
    forged_by(hub, "mallory", repository="mallory/papers")
    hub.server.world.pulls[1].closed_at = hub.clock.now()

    assert hub.plan().snapshot.ledger == Ledger()


def test_commit_that_another_person_amended_is_a_human_commit(hub: Hub) -> None:
    hub.server.world.bot = "arxiv-machine"
    hub.run(proposal(ONE))
    world, pull = hub.server.world, hub.server.pulls[0]
    commit = world.repository.commit(pull.head_sha)
    hub.clock.sleep(5)
    amended = world.repository.write_commit(
        commit.tree, commit.parents, commit.message, world.signature("arxiv-machine")
    )
    world.authors[amended] = "arxiv-machine"
    world.committers[amended] = "octocat"
    world.move(f"refs/heads/{BRANCH}", amended, pull.head_sha, "octocat")

    assert hub.plan().snapshot.pull.state is State.MODIFIED


# Who closed it


def delete_the_base(hub: Hub) -> None:
    git = hub.server.world.repository
    git.update_ref("refs/heads/develop", git.refs()["refs/heads/main"], "0" * 40)
    hub.server.world.pulls[1].base = "develop"
    hub.maintainer.delete_branch("develop")


NOBODY_REJECTED: dict[str, Callable[[Hub], None]] = {
    "a stale bot closed it": lambda hub: Person(hub.server.world, "stale[bot]").close(1),
    "another workflow closed it": lambda hub: Person(hub.server.world, ACTIONS).close(1),
    "a machine user closed it": lambda hub: Person(hub.server.world, "tidy-machine").close(1),
    "a branch clean-up ended it": lambda hub: hub.maintainer.delete_branch(BRANCH),
    "its base branch was deleted": delete_the_base,
}


@pytest.mark.parametrize("ending", NOBODY_REJECTED.values(), ids=list(NOBODY_REJECTED))
def test_ended_by_nobody_rejects_nothing_but_what_was_unticked(
    hub: Hub, ending: Callable[[Hub], None]
) -> None:
    hub.options = replace(hub.options, machine_users=("tidy-machine",))
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.untick(1, TWO)
    ending(hub)

    plan = hub.plan(proposal(ONE), proposal(TWO))
    hub.forge().apply(plan)

    assert plan.snapshot.ledger.rejected == ids(TWO)
    assert plan.snapshot.ledger.outcomes == ()
    assert any("no person closed #1" in note for note in plan.notes)
    assert hub.listed(hub.open_pulls[0].branch)[-1] == ONE


def test_closing_by_a_person_is_reported_with_the_way_back(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.close(1)

    assert hub.plan().notes == (
        "octocat closed #1: 2 papers in it count as rejected; to undo that, reopen it",
    )


def test_closing_by_somebody_whom_github_forgot_is_a_rejection(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    hub.server.world.pulls[1].events.clear()

    assert hub.plan().snapshot.ledger.rejected == ids(ONE)


def test_token_that_may_not_read_issues_takes_closing_for_a_person_s(hub: Hub) -> None:
    hub.run(proposal(ONE))
    Person(hub.server.world, "stale[bot]").close(1)
    denied = refusal(403, "Resource not accessible by personal access token")
    hub.server.inject(denied, lambda seen: "/issues/1" in seen.path, 2)

    assert hub.plan().snapshot.ledger.rejected == ids(ONE)


def test_reopened_pull_request_beside_a_newer_one_is_answered_too(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.close(1)
    hub.run(proposal(THREE))
    hub.maintainer.reopen(1)
    hub.maintainer.untick(1, ONE)

    hub.run()
    hub.run()

    assert hub.listed(BRANCH)[-1] == TWO
    assert ONE not in hub.listed(BRANCH)
    assert hub.listed("arxiv-watch/papers/2")[-1] == THREE
    assert hub.plan().snapshot.pull.facts.number == 2
    assert hub.writes_of() == []


def test_branch_deleted_after_a_person_closed_is_still_a_rejection(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    hub.clock.sleep(30)
    hub.maintainer.delete_branch(BRANCH)

    assert hub.plan().snapshot.ledger.rejected == ids(ONE)


def test_timeline_that_github_does_not_show_leaves_a_rejection(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.delete_branch(BRANCH)
    hub.server.inject(refusal(404, "Not Found"), lambda seen: seen.path.endswith("/timeline"))

    assert hub.plan().snapshot.ledger.rejected == ids(ONE)


# What is engagement, and what is not


def test_comment_by_a_machine_user_is_no_engagement(hub: Hub) -> None:
    hub.options = replace(hub.options, machine_users=("@CI-machine",))
    hub.run(proposal(ONE))
    Person(hub.server.world, "ci-machine").comment(1, "Preview ready")
    Person(hub.server.world, "CI-Machine").comment(1, "Preview ready again")

    assert hub.plan().snapshot.pull.state is State.CLEAN


def test_an_assignee_of_the_config_is_no_engagement_however_it_is_written(hub: Hub) -> None:
    hub.options = replace(hub.options, assignees=("@OctoCat",))
    hub.run(proposal(ONE))
    [pull] = hub.open_pulls
    pull.assignees[:] = ["OctoCat"]  # GitHub answers with a login as it is spelt there

    assert hub.plan().snapshot.pull.state is State.CLEAN
    hub.maintainer.assign(1, "monalisa")
    assert hub.plan().snapshot.pull.state is State.ENGAGED


def test_update_branch_is_no_edit(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.push("main", {"LICENSE": b"MIT\n"})
    hub.maintainer.update_branch(1)
    hub.maintainer.untick(1, ONE)

    hub.run(proposal(THREE))
    hub.run(proposal(THREE))

    assert hub.listed(BRANCH)[-2:] == [TWO, THREE]
    assert hub.plan().snapshot.pull.state is State.CLEAN
    assert hub.writes_of(proposal(THREE)) == []


def test_merge_of_another_branch_is_an_edit(hub: Hub) -> None:
    hub.run(proposal(ONE))
    world = hub.server.world
    world.move("refs/heads/topic", world.branch("main"), "0" * 40, "octocat")
    topic = hub.maintainer.push("topic", {"NOTES.md": b"mine"})
    tree = world.merge_tree(world.branch(BRANCH), topic)
    merge = world.commit(tree, [world.branch(BRANCH), topic], "Merge branch 'topic'", "octocat")
    world.move(f"refs/heads/{BRANCH}", merge, world.branch(BRANCH), "octocat")

    assert hub.plan().snapshot.pull.state is State.MODIFIED


def test_line_taken_out_in_a_merge_of_the_base_is_an_answer(hub: Hub) -> None:
    hub.run(proposal(ONE))
    world = hub.server.world
    base = hub.maintainer.push("main", {"LICENSE": b"MIT\n"})
    head = world.branch(BRANCH)
    merge = world.commit(world.repository.commit(base).tree, [head, base], "Merge branch 'main'", "octocat")
    world.move(f"refs/heads/{BRANCH}", merge, head, "octocat")

    snapshot = hub.plan().snapshot
    assert snapshot.pull.state is State.MODIFIED
    assert snapshot.ledger.rejected == ids(ONE)


WILL_MERGE: dict[str, Callable[[Hub], None]] = {
    "auto-merge": lambda hub: hub.maintainer.auto_merge(1),
    "queued": lambda hub: hub.maintainer.enqueue(1),
    "queued, not built yet": lambda hub: hub.maintainer.enqueue(1, built=False),
}


def test_pull_request_that_left_the_queue_takes_papers_again(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.enqueue(1)
    hub.maintainer.dequeue(1)

    assert hub.plan().snapshot.pull.state is State.CLEAN


@pytest.mark.parametrize("engage", WILL_MERGE.values(), ids=list(WILL_MERGE))
def test_nothing_unreviewed_is_put_into_what_will_merge_by_itself(
    hub: Hub, engage: Callable[[Hub], None]
) -> None:
    hub.run(proposal(ONE))
    engage(hub)

    assert hub.plan().snapshot.pull.state is State.ENGAGED
    assert hub.writes_of(proposal(TWO)) == []
    assert [waiting.paper.id.base for waiting in hub.plan(proposal(TWO)).waiting] == [TWO]


def test_unticked_and_then_merged_is_told_with_the_line_to_delete(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.untick(1, TWO)
    hub.maintainer.merge(1)
    told = (
        f"{TWO} was unticked in #1, which was merged before that took effect; to take it out, "
        "delete line 7 of `README.md`"
    )

    plan = hub.plan(proposal(THREE))
    hub.forge().apply(plan)

    assert told in plan.notes
    assert f"> {told}" in (hub.open_pulls[0].body or "")
    assert hub.text().splitlines()[6].endswith(f"{TWO})")
    hub.maintainer.push("main", {"README.md": LIST})
    assert told not in hub.plan().notes
