"""The life of a pull request on quiet days, with nobody interfering."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from arxiv_watch.delivery import edit_list
from arxiv_watch.errors import ForgeError, ListError
from arxiv_watch.forge import Subject
from arxiv_watch.proposals import Operation, PullRequest, ReviewedPaper
from forge_support import SERVING, TRAINING, Hub, proposal
from forge_support import hub as make_hub

ONE = "2611.00001"
TWO = "2611.00002"
THREE = "2611.00003"


def test_first_proposals_become_one_commit_on_a_new_branch_and_one_pull_request(hub: Hub) -> None:
    done = hub.run(proposal(ONE), proposal(TWO, TRAINING))

    (pull,) = hub.open_pulls
    assert done == PullRequest(pull.number, f"{hub.server.api_url}/octocat/papers/pull/1", Operation.CREATED)
    assert hub.listed(pull.branch) == ["1909.08053", "2206.00001", ONE, TWO]
    assert len(hub.server.world.commits(pull)) == 1
    assert pull.labels == ["arxiv-watch"]
    assert hub.listed() == ["1909.08053", "2206.00001"]


def test_second_run_on_an_unchanged_world_writes_nothing(hub: Hub) -> None:
    hub.run(proposal(ONE))

    assert hub.writes_of(proposal(ONE)) == []
    assert hub.writes_of() == []


def test_nothing_to_propose_makes_no_pull_request(hub: Hub) -> None:
    assert hub.run() is None
    assert hub.server.writes == []


def test_paper_of_the_next_day_updates_the_same_pull_request(hub: Hub) -> None:
    hub.run(proposal(ONE))

    done = hub.run(proposal(TWO, TRAINING))

    (pull,) = hub.server.pulls
    assert done is not None
    assert done.operation is Operation.UPDATED
    assert hub.listed(pull.branch) == ["1909.08053", "2206.00001", ONE, TWO]
    assert f"aw:{ONE}" in pull.body
    assert f"aw:{TWO}" in pull.body
    assert pull.title == "docs: add 2 papers to papers"


def test_papers_of_a_closed_pull_request_never_come_back(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)

    done = hub.run(proposal(ONE), proposal(TWO))

    (pull,) = hub.open_pulls
    assert done is not None
    assert done.number == pull.number != 1
    assert hub.listed(pull.branch) == ["1909.08053", "2206.00001", TWO]


def test_after_a_merge_the_next_batch_has_a_branch_and_a_pull_request_of_its_own(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.merge(1)

    hub.run(proposal(TWO))

    (pull,) = hub.open_pulls
    assert pull.branch == "arxiv-watch/papers/2"
    assert hub.listed(pull.branch) == ["1909.08053", "2206.00001", ONE, TWO]
    ledger = hub.plan().snapshot.ledger
    assert {found.base for found in ledger.accepted} == {ONE}
    assert {found.base for found in ledger.proposed} == {TWO}


def test_what_became_of_shown_papers_is_kept_with_the_probability_each_was_shown_with(hub: Hub) -> None:
    shown = {ONE: 0.75, TWO: 0.25, THREE: 0.03}
    ticked, second, unticked = (
        replace(each, prediction=replace(each.prediction, base_relevance=shown[each.paper.id.base]))
        for each in (proposal(ONE), proposal(TWO), proposal(THREE, sure=False))
    )
    hub.run(ticked)
    hub.run(second, unticked)
    assert hub.plan().snapshot.ledger.reviewed_papers == ()

    hub.maintainer.merge(1)

    assert hub.plan().snapshot.ledger.reviewed_papers == (
        ReviewedPaper(0.75, accepted=True),
        ReviewedPaper(0.25, accepted=True),
        ReviewedPaper(0.03, accepted=False),
    )


def test_a_paper_that_is_turned_down_and_listed_by_hand_later_counts_as_right(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.close(1)
    assert [each.accepted for each in hub.plan().snapshot.ledger.reviewed_papers] == [False, False]

    line = f"- [Paper {ONE}](https://arxiv.org/abs/{ONE})\n".encode()
    hub.maintainer.push("main", {"README.md": hub.text().encode() + line})

    assert [each.accepted for each in hub.plan().snapshot.ledger.reviewed_papers] == [True, False]


def test_wrong_token_ends_with_exit_code_6_and_the_thing_to_do(hub: Hub) -> None:
    with pytest.raises(ForgeError, match="GITHUB_TOKEN") as caught:
        hub.plan(forge=hub.forge(token="expired"))

    assert caught.value.exit_code == 6
    assert "expired" not in str(caught.value).replace("may have expired", "")


def test_missing_list_is_a_list_error(hub: Hub) -> None:
    with pytest.raises(ListError, match=r"PAPERS\.md"):
        hub.forge().read(Subject("papers", "PAPERS.md"))


def test_plan_is_described_as_it_is_carried_out(hub: Hub) -> None:
    plan = hub.plan(proposal(ONE, SERVING))

    text = plan.describe()
    assert "make branch arxiv-watch/papers/1" in text
    assert "docs: add 1 paper" in text
    assert f"+- [Paper {ONE}](https://arxiv.org/abs/{ONE})" in plan.diff
    assert hub.server.writes == []


def test_the_diff_of_a_plan_is_the_list_engines_own(tmp_path: Path) -> None:
    listed = b"# Papers\n\n## Serving\n\n- [Orca](https://arxiv.org/abs/2206.00001)"
    with make_hub(tmp_path, {"README.md": listed}) as hub:
        plan = hub.plan(proposal(ONE))

    edit = edit_list(plan.snapshot.paper_list, [proposal(ONE)])
    assert (plan.files, plan.proposals, plan.diff) == (edit.files, edit.proposals, edit.diff)
    assert plan.diff.endswith(
        "-- [Orca](https://arxiv.org/abs/2206.00001)\n\\ No newline at end of file\n"
        "+- [Orca](https://arxiv.org/abs/2206.00001)\n"
        f"+- [Paper {ONE}](https://arxiv.org/abs/{ONE})\n"
    )


def test_reviewers_that_cannot_review_do_not_stop_the_pull_request(hub: Hub) -> None:
    hub.options = replace(hub.options, reviewers=("stranger", "octocat"), assignees=("octocat",), draft=True)

    hub.run(proposal(ONE))

    (pull,) = hub.open_pulls
    assert (pull.reviewers, pull.assignees, pull.draft) == (["octocat"], ["octocat"], True)
    assert hub.writes_of() == []
