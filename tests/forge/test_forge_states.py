"""The state machine: every cell in which something happens, and those in which nothing may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arxiv_watch.demo.github_server.repository import Pull
from arxiv_watch.forge.derive.state import State
from arxiv_watch.forge.page.blocks import heading_key
from arxiv_watch.forge.page.body import read_body
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import HeadingProbability, Operation
from forge_support import LIST, SERVING, TRAINING, Hub, paths_of, proposal
from stand_ins.github_faults import BAD_GATEWAY_AFTER
from stand_ins.github_person import Person
from stand_ins.github_server import refusal

ONE, TWO, THREE = "2611.00001", "2611.00002", "2611.00003"
BRANCH = "arxiv-watch/papers/1"
START = ["1909.08053", "2206.00001"]


def state(hub: Hub) -> State | None:
    pull = hub.plan().snapshot.pull
    return pull and pull.state


def entry(identifier: str) -> bytes:
    return f"- [Paper {identifier}](https://arxiv.org/abs/{identifier})\n".encode()


def move_base(hub: Hub) -> None:
    """Push to the base branch something that has nothing to do with the list."""
    hub.maintainer.push("main", {"LICENSE": b"MIT\n"})


def make_conflict(hub: Hub) -> None:
    """Push to the base branch an entry where the bot's entries stand."""
    text = hub.text().encode()
    orca = b"- [Orca](https://arxiv.org/abs/2206.00001)\n"
    hub.maintainer.push(
        "main", {"README.md": text.replace(orca, orca + b"- [By hand](https://example.org)\n")}
    )


def orphan(hub: Hub) -> None:
    """Leave a branch behind whose pull request was never opened."""
    plan = hub.plan(proposal(ONE))
    forge = hub.forge()
    forge.apply(replace(plan, writes=plan.writes[:1]))


# NONE


def test_none_new_papers_make_tree_commit_ref_pull_request_labels(hub: Hub) -> None:
    writes = hub.writes_of(proposal(ONE))

    assert [write.rpartition("/")[2] for write in writes] == [
        "trees",
        "commits",
        "refs",
        "pulls",
        "labels",
        "1",
    ]
    assert state(hub) is State.CLEAN


def test_none_only_unsure_papers_are_shown_on_a_commit_that_changes_nothing(hub: Hub) -> None:
    """GitHub opens no pull request without a commit; a list without a sure paper is shown its best ones."""
    writes = hub.writes_of(proposal(ONE, sure=False), proposal(TWO, sure=False))

    assert [write.rpartition("/")[2] for write in writes] == ["commits", "refs", "pulls", "labels", "1"]
    (pull,) = hub.open_pulls
    assert pull.title == "docs: consider 2 papers for papers"
    assert "nothing is changed yet" in (pull.body or "")
    assert "### Papers" not in (pull.body or "")
    assert "**Merge** to take them" not in (pull.body or "")
    assert hub.text(pull.branch) == hub.text()
    assert state(hub) is State.CLEAN


def test_none_no_papers_at_all_make_nothing(hub: Hub) -> None:
    assert hub.writes_of() == []


# ONLY SHOWN: a pull request that changes nothing yet


def only_shown(hub: Hub, *identifiers: str) -> Pull:
    hub.run(*(proposal(identifier, sure=False) for identifier in identifiers))
    (pull,) = hub.open_pulls
    return pull


def test_only_shown_stays_as_it_is_on_a_day_without_news(hub: Hub) -> None:
    only_shown(hub, ONE, TWO)

    assert hub.writes_of() == []
    assert hub.writes_of(proposal(ONE), proposal(TWO, sure=False)) == []


def test_only_shown_takes_a_sure_paper_in_and_says_so_in_its_title(hub: Hub) -> None:
    pull = only_shown(hub, ONE)

    hub.run(proposal(TWO))

    assert pull.title == "docs: add 1 paper to papers"
    assert hub.listed(pull.branch) == sorted([*hub.listed(), TWO])
    assert "### Worth a look" in (pull.body or "")
    assert "**Merge** to take them" in (pull.body or "")


def test_only_shown_shows_more_without_a_commit(hub: Hub) -> None:
    pull = only_shown(hub, ONE)
    head = pull.head_sha

    hub.run(proposal(TWO, sure=False))

    assert pull.head_sha == head
    assert pull.title == "docs: consider 2 papers for papers"
    assert f"aw:{TWO}" in (pull.body or "")


def test_only_shown_puts_a_ticked_paper_in(hub: Hub) -> None:
    pull = only_shown(hub, ONE, TWO)
    hub.maintainer.tick(pull.number, ONE)

    hub.run()

    assert hub.listed(pull.branch) == sorted([*hub.listed(), ONE])
    assert pull.title == "docs: add 1 paper to papers"
    assert hub.writes_of() == []


def test_only_shown_stays_open_for_the_others_when_a_tick_is_taken_back(hub: Hub) -> None:
    """Nobody has answered on the second paper, so it is neither dropped nor rejected."""
    pull = only_shown(hub, ONE, TWO)
    hub.maintainer.tick(pull.number, ONE)
    hub.run()
    hub.maintainer.untick(pull.number, ONE)

    hub.run()

    assert pull.open
    assert hub.text(pull.branch) == hub.text()
    ledger = hub.plan().snapshot.ledger
    assert ({one.base for one in ledger.rejected}, {one.base for one in ledger.proposed}) == ({ONE}, {TWO})
    assert hub.writes_of() == []


def test_only_shown_is_regenerated_as_it_is(hub: Hub) -> None:
    pull = only_shown(hub, ONE)
    move_base(hub)
    hub.maintainer.tick(pull.number, "rebase")

    hub.run()

    assert pull.open
    assert f"aw:{ONE}" in (pull.body or "")
    assert hub.text(pull.branch) == hub.text()
    assert state(hub) is State.CLEAN


def test_only_shown_is_closed_when_all_of_it_was_listed_by_hand(hub: Hub) -> None:
    pull = only_shown(hub, ONE)
    line = f"- [By hand](https://arxiv.org/abs/{ONE})\n".encode()
    hub.maintainer.push("main", {"README.md": hub.text().encode() + line})

    hub.run()

    assert not pull.open
    assert hub.plan().snapshot.ledger.rejected == frozenset()


def test_only_shown_and_turned_down_is_never_shown_again(hub: Hub) -> None:
    """Merged without a tick or closed: the reviewer has seen its papers and took none."""
    first = only_shown(hub, ONE)
    hub.maintainer.close(first.number)
    second = only_shown(hub, ONE, TWO)
    hub.maintainer.merge(second.number)

    assert f"aw:{ONE}" not in (second.body or "")
    ledger = hub.plan().snapshot.ledger
    assert {paper.base for paper in ledger.rejected} == {ONE, TWO}
    assert ledger.accepted == frozenset()
    hub.run(proposal(ONE), proposal(TWO))
    assert hub.open_pulls == []


def test_only_shown_is_adopted_when_its_pull_request_is_missing(hub: Hub) -> None:
    plan = hub.plan(proposal(ONE, sure=False))
    forge = hub.forge()
    forge.apply(replace(plan, writes=plan.writes[:1]))

    hub.run()

    (pull,) = hub.open_pulls
    assert pull.branch == BRANCH
    assert f"aw:{ONE}" in (pull.body or "")
    assert pull.title == "docs: consider 1 paper for papers"
    assert state(hub) is State.CLEAN


# ORPHAN


def test_orphan_is_adopted_with_the_same_branch(hub: Hub) -> None:
    orphan(hub)
    assert hub.plan().snapshot.orphan is not None

    done = hub.run(proposal(ONE))

    (pull,) = hub.server.pulls
    assert done is not None
    assert done.operation is Operation.CREATED
    assert pull.branch == BRANCH
    assert hub.server.world.repository.refs("refs/heads/arxiv-watch/").keys() == {f"refs/heads/{BRANCH}"}
    assert state(hub) is State.CLEAN


def test_orphan_is_adopted_on_a_day_without_news(hub: Hub) -> None:
    orphan(hub)

    hub.run()

    (pull,) = hub.open_pulls
    assert f"aw:{ONE}" in (pull.body or "")


def test_orphan_is_adopted_when_the_base_moved_elsewhere(hub: Hub) -> None:
    orphan(hub)
    move_base(hub)

    hub.run(proposal(ONE))

    (pull,) = hub.open_pulls
    assert pull.branch == BRANCH


def test_orphan_of_another_list_is_deleted_and_created_again(hub: Hub) -> None:
    orphan(hub)
    make_conflict(hub)

    hub.run(proposal(ONE))

    (pull,) = hub.open_pulls
    assert pull.branch == "arxiv-watch/papers/2"
    assert hub.server.world.branch(BRANCH) is None
    assert "By hand" in hub.text(pull.branch)
    assert ONE in hub.listed(pull.branch)


def test_orphan_with_a_human_commit_is_left_and_reported(hub: Hub) -> None:
    orphan(hub)
    tip = hub.maintainer.push(BRANCH, {"README.md": LIST})

    plan = hub.plan(proposal(TWO))
    hub.forge().apply(plan)

    assert hub.server.world.branch(BRANCH) == tip
    assert any(BRANCH in note for note in plan.notes)
    assert [pull.branch for pull in hub.open_pulls] == ["arxiv-watch/papers/2"]


# BARE


def bare(hub: Hub) -> None:
    plan = hub.plan(proposal(ONE))
    hub.forge().apply(replace(plan, writes=plan.writes[:2]))
    assert state(hub) is State.BARE


def test_bare_gets_its_labels_and_becomes_clean(hub: Hub) -> None:
    bare(hub)

    hub.run()

    assert hub.open_pulls[0].labels == ["arxiv-watch"]
    assert state(hub) is State.CLEAN
    assert hub.writes_of() == []


def test_bare_takes_new_papers_and_is_finished(hub: Hub) -> None:
    bare(hub)

    hub.run(proposal(TWO))

    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])
    assert state(hub) is State.CLEAN


def test_bare_is_finished_when_the_base_moved(hub: Hub) -> None:
    bare(hub)
    move_base(hub)

    hub.run()

    assert state(hub) is State.CLEAN


def test_bare_with_a_conflict_is_finished_and_regenerated(hub: Hub) -> None:
    bare(hub)
    make_conflict(hub)

    hub.run()

    assert "By hand" in hub.text(BRANCH)
    assert state(hub) is State.CLEAN


def test_bare_box_unticked_takes_the_paper_out(hub: Hub) -> None:
    plan = hub.plan(proposal(ONE), proposal(TWO))
    hub.forge().apply(replace(plan, writes=plan.writes[:2]))
    hub.maintainer.untick(1, ONE)

    hub.run()

    assert hub.listed(BRANCH) == sorted([*START, TWO])


def test_bare_with_a_human_commit_is_modified(hub: Hub) -> None:
    bare(hub)
    hub.maintainer.push(BRANCH, {"README.md": hub.text(BRANCH).encode() + b"\n"})

    assert state(hub) is State.MODIFIED
    assert hub.writes_of(proposal(TWO)) == []


def test_bare_that_is_closed_is_rejected_without_any_label(hub: Hub) -> None:
    bare(hub)
    hub.maintainer.close(1)

    assert hub.writes_of(proposal(ONE)) == []
    assert hub.plan().snapshot.ledger.rejected == {ArxivId(ONE)}


def test_bare_that_is_merged_is_accepted(hub: Hub) -> None:
    bare(hub)
    hub.maintainer.merge(1)

    assert hub.plan().snapshot.ledger.accepted == {ArxivId(ONE)}


# CLEAN


def test_clean_takes_new_papers_as_one_commit_on_the_head(hub: Hub) -> None:
    hub.run(proposal(ONE))
    head = hub.open_pulls[0].head_sha

    hub.run(proposal(TWO))

    assert hub.server.world.repository.commit(hub.open_pulls[0].head_sha).parents == (head,)


def test_clean_takes_no_more_than_its_budget(hub: Hub) -> None:
    hub.run(*(proposal(f"2611.{number:05}") for number in range(1, 9)))

    plan = hub.plan(*(proposal(f"2611.{number:05}") for number in range(11, 16)))
    hub.forge().apply(plan)

    assert len(hub.listed(BRANCH)) == len(START) + 10
    assert len(plan.waiting) == 3
    assert plan.notes == ("3 papers wait",)


def test_clean_writes_nothing_when_the_base_moved_without_a_conflict(hub: Hub) -> None:
    hub.run(proposal(ONE))
    move_base(hub)

    assert hub.writes_of() == []


def test_clean_drops_a_paper_that_the_base_has_by_now(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.push("main", {"README.md": LIST + entry(ONE)})

    hub.run()

    assert hub.text(BRANCH).count(f"abs/{ONE}") == 1
    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])
    assert f"aw:{ONE}" not in (hub.open_pulls[0].body or "")
    assert f"aw:{TWO}" in (hub.open_pulls[0].body or "")


def test_clean_is_closed_as_superseded_when_the_base_has_everything(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.push("main", {"README.md": LIST + entry(ONE)})

    hub.run()

    assert hub.open_pulls == []
    assert hub.plan().snapshot.ledger.rejected == frozenset()
    assert hub.writes_of() == ["POST /graphql"]
    assert hub.writes_of() == []


def test_clean_with_a_conflict_is_regenerated_on_the_new_base(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO, TRAINING))
    old = hub.open_pulls[0].head_sha
    make_conflict(hub)
    pull = hub.plan().snapshot.pull
    assert pull is not None
    assert pull.conflict

    hub.run()

    pull = hub.open_pulls[0]
    assert hub.server.world.repository.is_ancestor(old, pull.head_sha)
    assert hub.server.world.mergeable(pull) is True
    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])
    assert hub.writes_of() == []


def test_clean_box_unticked_takes_the_paper_out_permanently(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.untick(1, ONE)

    hub.run(proposal(ONE))
    hub.maintainer.edit(1, body="")
    hub.maintainer.merge(1)

    assert hub.listed() == sorted([*START, TWO])
    assert hub.plan(proposal(ONE)).snapshot.ledger.rejected == {ArxivId(ONE)}
    assert hub.writes_of(proposal(ONE)) in ([], ["POST /graphql"])


def test_clean_last_box_unticked_closes_the_pull_request(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.untick(1, ONE)

    hub.run(proposal(ONE))

    assert hub.open_pulls == []
    assert hub.plan().snapshot.ledger.rejected == {ArxivId(ONE)}


def test_clean_box_ticked_again_brings_the_paper_back(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.untick(1, ONE)
    hub.run()
    assert hub.listed(BRANCH) == sorted([*START, TWO])

    hub.maintainer.tick(1, ONE)
    hub.run()

    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])
    assert hub.plan().snapshot.ledger.rejected == frozenset()


def test_clean_unsure_box_ticked_puts_the_paper_in(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO, TRAINING, sure=False))
    assert hub.listed(BRANCH) == sorted([*START, ONE])

    hub.maintainer.tick(1, TWO)
    hub.run()

    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])
    assert hub.writes_of() == []


def test_clean_heading_box_ticked_moves_the_line_and_the_old_heading_becomes_the_alternative(
    hub: Hub,
) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.tick(1, f"{ONE}:{heading_key(TRAINING)}")

    hub.run()

    there = paths_of(hub.text(BRANCH))
    assert (there[ArxivId(ONE)], there[ArxivId(TWO)]) == (TRAINING, SERVING)
    body = hub.open_pulls[0].body or ""
    assert f"- [ ] <!-- aw:{ONE}:{heading_key(SERVING)} --> or **Serving**" in body
    assert hub.plan().snapshot.ledger.rejected == frozenset()
    assert hub.writes_of() == []

    hub.maintainer.tick(1, f"{ONE}:{heading_key(SERVING)}")
    hub.run()

    assert paths_of(hub.text(BRANCH))[ArxivId(ONE)] == SERVING


def test_clean_heading_box_is_remembered_when_the_body_is_lost_and_counts_as_a_move(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.tick(1, f"{ONE}:{heading_key(TRAINING)}")
    hub.run()
    hub.maintainer.edit(1, body="")
    hub.maintainer.merge(1)

    (outcome,) = hub.plan().snapshot.ledger.outcomes
    assert (outcome.proposed, outcome.accepted, outcome.moved) == (1, 1, 1)


def test_clean_heading_box_of_a_paper_worth_a_look_puts_it_in_there(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO, sure=False))
    hub.maintainer.tick(1, f"{TWO}:{heading_key(TRAINING)}")

    hub.run()

    assert paths_of(hub.text(BRANCH))[ArxivId(TWO)] == TRAINING
    assert hub.writes_of() == []


def test_modified_heading_box_leaves_the_branch_to_its_people(hub: Hub) -> None:
    tip = modify(hub)
    hub.maintainer.tick(1, f"{ONE}:{heading_key(TRAINING)}")

    hub.run()
    assert hub.server.world.branch(BRANCH) == tip

    hub.maintainer.tick(1, "rebase")
    hub.run()
    assert paths_of(hub.text(BRANCH))[ArxivId(ONE)] == TRAINING


def test_clean_rebase_box_regenerates_the_branch_and_is_unticked(hub: Hub) -> None:
    hub.run(proposal(ONE))
    move_base(hub)
    hub.maintainer.tick(1, "rebase")

    hub.run()

    assert "LICENSE" in hub.server.world.repository.files(f"refs/heads/{BRANCH}")
    assert "- [ ] <!-- aw:rebase -->" in (hub.open_pulls[0].body or "")
    assert hub.writes_of() == []


def test_clean_with_a_human_commit_is_modified(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.push(BRANCH, {"README.md": hub.text(BRANCH).encode() + b"\n"})

    assert state(hub) is State.MODIFIED


def test_clean_that_lost_its_body_after_the_ref_moved_gets_it_back(hub: Hub) -> None:
    hub.run(proposal(ONE))
    plan = hub.plan(proposal(TWO))
    hub.forge().apply(replace(plan, writes=plan.writes[:1]))
    assert state(hub) is State.CLEAN

    hub.run()

    assert f"aw:{TWO}" in (hub.open_pulls[0].body or "")
    assert hub.writes_of() == []


# ENGAGED


def engage(hub: Hub, how: str) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    match how:
        case "comment":
            hub.maintainer.comment(1, "Is this the final version?")
        case "review":
            hub.maintainer.review(1, "", "APPROVED")
        case "title":
            hub.maintainer.edit(1, title="Two papers")
        case "assignee":
            hub.maintainer.assign(1, "octocat")
    assert state(hub) is State.ENGAGED


def test_engaged_makes_new_papers_wait_whatever_the_engagement(hub: Hub) -> None:
    engage(hub, "comment")

    plan = hub.plan(proposal(THREE))
    hub.forge().apply(plan)

    assert plan.operation is Operation.UNCHANGED
    assert [waiting.paper.id.base for waiting in plan.waiting] == [THREE]
    assert plan.notes == ("1 paper waits behind #1",)
    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])


def test_engaged_by_a_review_gets_no_new_papers(hub: Hub) -> None:
    engage(hub, "review")

    assert hub.writes_of(proposal(THREE)) == []


def test_engaged_by_an_edited_title_gets_no_new_papers(hub: Hub) -> None:
    engage(hub, "title")

    assert hub.writes_of(proposal(THREE)) == []


def test_engaged_by_an_assignee_gets_no_new_papers(hub: Hub) -> None:
    engage(hub, "assignee")

    assert hub.writes_of(proposal(THREE)) == []


def test_engaged_does_not_follow_from_a_comment_by_another_bot(hub: Hub) -> None:
    hub.run(proposal(ONE))
    Person(hub.server.world, "netlify[bot]").comment(1, "Preview ready")

    assert state(hub) is State.CLEAN


def test_engaged_with_a_conflict_is_regenerated_and_reported(hub: Hub) -> None:
    engage(hub, "comment")
    make_conflict(hub)

    hub.run(proposal(THREE))

    assert hub.server.world.mergeable(hub.open_pulls[0]) is True
    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])
    assert "regenerated" in (hub.open_pulls[0].body or "")
    assert hub.writes_of() == []


def test_engaged_box_unticked_is_done_as_asked(hub: Hub) -> None:
    engage(hub, "comment")
    hub.maintainer.untick(1, ONE)

    hub.run(proposal(THREE))

    assert hub.listed(BRANCH) == sorted([*START, TWO])


def test_engaged_rebase_box_is_done_as_asked_and_keeps_the_title(hub: Hub) -> None:
    engage(hub, "title")
    move_base(hub)
    hub.maintainer.tick(1, "rebase")

    hub.run()

    assert "LICENSE" in hub.server.world.repository.files(f"refs/heads/{BRANCH}")
    assert hub.open_pulls[0].title == "Two papers"


# MODIFIED


def modify(hub: Hub, data: bytes | None = None) -> str:
    hub.run(proposal(ONE), proposal(TWO))
    text = hub.text(BRANCH).encode()
    return hub.maintainer.push(BRANCH, {"README.md": text + b"\nBy hand.\n" if data is None else data})


def test_modified_is_never_touched(hub: Hub) -> None:
    tip = modify(hub)

    plan = hub.plan(proposal(THREE))
    hub.forge().apply(plan)

    assert hub.server.world.branch(BRANCH) == tip
    assert plan.writes == ()
    assert len(plan.waiting) == 1


def test_modified_follows_from_another_base_branch(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.server.world.pulls[1].base = "develop"
    git = hub.server.world.repository
    git.update_ref("refs/heads/develop", git.refs()["refs/heads/main"], "0" * 40)

    assert state(hub) is State.MODIFIED


def test_modified_follows_from_amending_the_bot_s_commit(hub: Hub) -> None:
    hub.run(proposal(ONE))
    world = hub.server.world
    pull = world.pulls[1]
    commit = world.repository.commit(pull.head_sha)
    hub.clock.sleep(5)
    amended = world.repository.write_commit(
        commit.tree, commit.parents, commit.message, world.signature("github-actions[bot]")
    )
    world.authors[amended] = "github-actions[bot]"
    world.move(f"refs/heads/{BRANCH}", amended, pull.head_sha, "octocat")

    assert state(hub) is State.MODIFIED


def test_modified_with_a_conflict_gets_one_note_in_the_body(hub: Hub) -> None:
    tip = modify(hub)
    make_conflict(hub)

    hub.run()

    assert "conflict" in (hub.open_pulls[0].body or "")
    assert hub.server.world.branch(BRANCH) == tip
    assert hub.writes_of() == []


def test_modified_line_removed_is_remembered_as_a_rejection(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    text = hub.text(BRANCH).encode()
    hub.maintainer.push(BRANCH, {"README.md": text.replace(entry(ONE), b"")})
    assert hub.plan().snapshot.ledger.rejected == {ArxivId(ONE)}

    hub.maintainer.merge(1)

    ledger = hub.plan().snapshot.ledger
    assert ledger.rejected == {ArxivId(ONE)}
    assert ledger.accepted == {ArxivId(TWO)}


def test_modified_is_regenerated_only_on_an_explicit_tick_and_names_the_old_head(hub: Hub) -> None:
    tip = modify(hub)
    hub.maintainer.tick(1, "rebase")

    hub.run()

    assert "By hand." not in hub.text(BRANCH)
    assert hub.listed(BRANCH) == sorted([*START, ONE, TWO])
    assert tip in (hub.open_pulls[0].body or "")
    assert hub.server.world.repository.is_ancestor(tip, str(hub.server.world.branch(BRANCH)))
    assert state(hub) is State.CLEAN


def test_modified_and_closed_is_rejected(hub: Hub) -> None:
    modify(hub)
    hub.maintainer.close(1)

    assert hub.plan().snapshot.ledger.rejected == {ArxivId(ONE), ArxivId(TWO)}


def test_modified_and_merged_is_accepted(hub: Hub) -> None:
    modify(hub)
    hub.maintainer.merge(1, squash=True)

    assert hub.plan().snapshot.ledger.accepted == {ArxivId(ONE), ArxivId(TWO)}


@pytest.mark.parametrize("files", [{"README.md": None}, {"README.md": None, "README.rst": b"New"}])
def test_modified_so_that_the_list_is_gone_is_left_alone(hub: Hub, files: dict[str, bytes | None]) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.push(BRANCH, files)

    assert hub.writes_of(proposal(TWO)) == []


# REJECTED


def test_rejected_papers_stay_away_and_others_make_a_new_batch(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)

    hub.run(proposal(ONE), proposal(TWO))

    assert [pull.branch for pull in hub.open_pulls] == ["arxiv-watch/papers/2"]
    assert hub.listed("arxiv-watch/papers/2") == sorted([*START, TWO])


def test_rejected_branch_is_left_so_that_it_can_be_reopened(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)

    assert hub.writes_of(proposal(ONE)) == []
    assert hub.server.world.branch(BRANCH) is not None


def test_rejected_and_reopened_is_clean_again(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    hub.maintainer.reopen(1)

    assert state(hub) is State.CLEAN
    snapshot = hub.plan().snapshot
    assert snapshot.ledger.rejected == frozenset()
    assert snapshot.ledger.proposed == {ArxivId(ONE)}


def test_rejected_with_a_human_commit_and_reopened_is_modified_again(hub: Hub) -> None:
    modify(hub)
    hub.maintainer.close(1)
    hub.maintainer.reopen(1)

    assert state(hub) is State.MODIFIED


def test_rejected_box_ticked_on_the_closed_pull_request_lets_the_paper_come_back(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO, sure=False))
    hub.maintainer.close(1)
    assert hub.plan().snapshot.ledger.rejected == {ArxivId(ONE), ArxivId(TWO)}

    hub.maintainer.tick(1, TWO)
    hub.run(proposal(ONE), proposal(TWO))

    assert hub.listed(hub.open_pulls[0].branch) == sorted([*START, TWO])


def test_rejections_survive_an_emptied_body_and_a_deleted_branch(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    hub.maintainer.edit(1, body="", title="x")
    hub.clock.sleep(60)
    hub.maintainer.delete_branch(BRANCH)

    assert hub.writes_of(proposal(ONE)) == []


# MERGED


def test_merged_branch_is_deleted_if_it_is_where_the_bot_left_it(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.merge(1)

    hub.run()

    assert hub.server.world.branch(BRANCH) is None
    assert hub.writes_of() == []


def test_merged_branch_that_went_on_is_kept(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.merge(1)
    tip = hub.maintainer.push(BRANCH, {"README.md": LIST})

    hub.run()

    assert hub.server.world.branch(BRANCH) == tip


def test_merged_without_a_paper_rejects_that_paper(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.merge(1)
    hub.maintainer.push("main", {"README.md": hub.text().encode().replace(entry(TWO), b"")})

    ledger = hub.plan().snapshot.ledger
    assert (ledger.accepted, ledger.rejected) == ({ArxivId(ONE)}, {ArxivId(TWO)})


def test_merged_with_a_moved_line_is_learned_from(hub: Hub) -> None:
    hub.run(proposal(ONE, SERVING))
    hub.maintainer.push(BRANCH, {"README.md": LIST + entry(ONE)})
    hub.maintainer.merge(1)

    (outcome,) = hub.plan().snapshot.ledger.outcomes
    assert (outcome.proposed, outcome.accepted, outcome.moved) == (1, 1, 1)


# SUPERSEDED, BLOCKED


def test_superseded_and_reopened_counts_as_open(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.push("main", {"README.md": LIST + entry(ONE)})
    hub.run()
    hub.maintainer.push("main", {"README.md": LIST})
    hub.maintainer.reopen(1)

    snapshot = hub.plan().snapshot
    assert snapshot.pull is not None
    assert snapshot.ledger.proposed == {ArxivId(ONE)}
    assert hub.writes_of() == []


# What pull requests can do without


def test_draft_where_drafts_are_not_supported_is_opened_as_an_ordinary_one(hub: Hub) -> None:
    hub.options = replace(hub.options, draft=True)
    unsupported = refusal(422, "Draft pull requests are not supported in this repository.")
    hub.server.inject(unsupported, lambda seen: seen.verb == "POST" and seen.path.endswith("/pulls"))

    hub.run(proposal(ONE))

    assert [pull.draft for pull in hub.open_pulls] == [False]


def test_label_that_a_person_took_off_is_not_put_on_again(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.unlabel(1, "arxiv-watch")

    hub.run(proposal(TWO))

    assert hub.open_pulls[0].labels == []


def test_unsure_papers_do_not_pile_up(hub: Hub) -> None:
    hub.limit = 2
    hub.run(proposal(ONE), *(proposal(f"2611.0001{number}", sure=False) for number in range(4)))

    hub.run(*(proposal(f"2611.0002{number}", sure=False) for number in range(4)))

    assert (hub.open_pulls[0].body or "").count("\n- [ ] <!-- aw:2611") == 2


def test_unsure_papers_for_which_there_is_no_room_wait_like_sure_ones(hub: Hub) -> None:
    """A first week can bring more than a pull request shows; the others came back from no later poll."""
    hub.limit = 2
    doubts = [proposal(f"2611.0001{number}", sure=False) for number in range(4)]

    first = hub.plan(*doubts)
    hub.run(*doubts)
    second = hub.plan(*doubts[2:])

    assert [each.paper.id.base for each in first.waiting] == ["2611.00012", "2611.00013"]
    assert [each.paper.id.base for each in second.waiting] == ["2611.00012", "2611.00013"]


def test_evidence_is_not_lost_with_an_answer(hub: Hub) -> None:
    hub.server.inject(BAD_GATEWAY_AFTER, lambda seen: seen.verb == "POST" and seen.path.endswith("/git/refs"))

    hub.run(proposal(ONE), proposal(TWO, sure=False))

    body = hub.open_pulls[0].body or ""
    assert body.count("because of") == 2


def test_pull_request_closed_between_plan_and_apply_is_not_written_to(hub: Hub) -> None:
    hub.run(proposal(ONE))
    plan = hub.plan(proposal(TWO))
    hub.maintainer.close(1)
    head = hub.server.world.branch(BRANCH)

    hub.forge().apply(plan)

    assert hub.server.world.branch(BRANCH) == head
    assert hub.listed(hub.open_pulls[0].branch) == sorted([*START, TWO])


def test_orphan_whose_base_is_gone_is_created_again(hub: Hub) -> None:
    orphan(hub)
    base = hub.server.world.branch("main")
    gone = refusal(404, "Not Found")
    move_base(hub)
    hub.server.inject(gone, lambda seen: seen.verb == "GET" and seen.path.endswith(f"/git/commits/{base}"))

    hub.run(proposal(ONE))

    assert [pull.branch for pull in hub.open_pulls] == ["arxiv-watch/papers/2"]


def test_pull_request_without_readable_memory_is_left_alone_and_reported(hub: Hub) -> None:
    bot = Person(hub.server.world, "github-actions[bot]")
    bot.open_pull(BRANCH, "")

    plan = hub.plan(proposal(ONE))
    hub.forge().apply(plan)

    assert any("#1 no longer says" in note for note in plan.notes)
    assert [pull.branch for pull in hub.open_pulls] == [BRANCH, "arxiv-watch/papers/2"]


def test_acceptance_is_counted_over_closed_pull_requests(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.merge(1)
    hub.run(proposal(THREE), proposal("2611.00004"))
    hub.maintainer.close(2)

    ledger = hub.plan().snapshot.ledger
    assert [(outcome.number, outcome.proposed, outcome.accepted) for outcome in ledger.outcomes] == [
        (1, 2, 2),
        (2, 2, 0),
    ]


def test_pull_request_that_was_reopened_is_not_closed_again(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.untick(1, ONE)
    hub.run()
    assert hub.open_pulls == []
    hub.maintainer.reopen(1)
    assert hub.writes_of() == []

    hub.maintainer.tick(1, ONE)
    hub.run()

    assert hub.listed(BRANCH) == sorted([*START, ONE])
    assert state(hub) is State.CLEAN


def test_modified_is_regenerated_with_lines_where_people_moved_them(hub: Hub) -> None:
    hub.run(proposal(ONE, SERVING))
    hub.maintainer.push(BRANCH, {"README.md": LIST + entry(ONE)})
    hub.maintainer.tick(1, "rebase")

    hub.run()

    assert hub.text(BRANCH).encode() == LIST + entry(ONE)


def test_orphan_is_found_behind_a_branch_of_somebody_else(hub: Hub) -> None:
    hub.maintainer.open_pull("arxiv-watch/papers/0", "")
    git = hub.server.world.repository
    git.update_ref("refs/heads/arxiv-watch/papers/0", git.refs()["refs/heads/main"], "0" * 40)
    hub.maintainer.push("arxiv-watch/papers/0", {"NOTES.md": b"mine"})
    orphan(hub)

    hub.run(proposal(ONE))

    assert [pull.branch for pull in hub.open_pulls if pull.login != "octocat"] == [BRANCH]


def test_the_note_about_a_conflict_leaves_every_answer_in_the_body(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO), proposal("2611.00003", sure=False))
    hub.maintainer.push(BRANCH, {"README.md": hub.text(BRANCH).encode() + b"\nBy hand.\n"})
    hub.maintainer.untick(1, TWO)
    hub.maintainer.tick(1, "2611.00003")
    make_conflict(hub)
    before = hub.open_pulls[0].body or ""

    hub.run()

    after = hub.open_pulls[0].body or ""
    assert "commits by others" in after
    assert read_body(after).ticks == read_body(before).ticks
    assert hub.plan().snapshot.ledger.rejected == {ArxivId(TWO)}
    assert hub.writes_of() == []


def test_of_two_headings_ticked_for_one_paper_the_first_holds(hub: Hub) -> None:
    other = ("Papers", "Elsewhere")
    one = proposal(ONE)
    ranked = (*one.prediction.headings, HeadingProbability(other, 0.05))
    hub.maintainer.push(
        "main", {"README.md": hub.text().encode() + b"\n## Elsewhere\n\n" + entry("2206.00009")}
    )
    hub.run(replace(one, prediction=replace(one.prediction, headings=ranked)))
    hub.maintainer.tick(1, f"{ONE}:{heading_key(TRAINING)}")
    hub.maintainer.tick(1, f"{ONE}:{heading_key(other)}")

    hub.run()
    hub.run()

    assert paths_of(hub.text(BRANCH))[ArxivId(ONE)] == TRAINING
    assert hub.writes_of() == []
