"""What outsiders, other bots and odd repositories can do to the forge: nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from arxiv_watch.delivery import Deliverables
from arxiv_watch.demo.github_server import Pull
from arxiv_watch.errors import EditRefusedError, ForgeError, ListError
from arxiv_watch.forge import Subject, make_plan
from arxiv_watch.forge.derive.contents import branch_folder, select_files
from arxiv_watch.forge.derive.state import State
from arxiv_watch.forge.host import FileFacts
from arxiv_watch.forge.page.body import read_body, with_marker
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Ledger
from forge_support import LIST, Hub, paper, proposal
from forge_support import hub as make_hub
from stand_ins.github_person import Person

ONE, TWO = "2611.00001", "2611.00002"
BRANCH = "arxiv-watch/papers/1"


def forge_pull(hub: Hub, login: str, branch: str = BRANCH, repository: str | None = None) -> Pull:
    """Open a pull request that says of itself, in the bot's own words, that it holds a paper."""
    body = hub.plan(proposal(ONE)).writes[1].body
    pull = Person(hub.server.world, login).open_pull(branch, "", repository=repository)
    marker = read_body(body).marker
    pull.body = with_marker(body, replace(marker, head=pull.head_sha, title=pull.title))
    return pull


BOT = "github-actions[bot]"
FORGERIES = {
    "from a fork": ("mallory", BRANCH, "mallory/papers"),
    "from a fork in the bot's name": (BOT, BRANCH, "mallory/papers"),
    "by another workflow of the same bot": (BOT, "bump-version", None),
    "by a person on a branch of the bot": ("octocat", BRANCH, None),
}


def test_forgery_is_good_enough_to_pass_for_the_bot_s_own(hub: Hub) -> None:
    hub.maintainer.close(forge_pull(hub, BOT).number)

    assert hub.plan().snapshot.ledger.rejected == {ArxivId(ONE)}


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("state", ["open", "closed"])
def test_forged_pull_request_changes_nothing(hub: Hub, forgery: str, state: str) -> None:
    pull = forge_pull(hub, *FORGERIES[forgery])
    if state == "closed":
        Person(hub.server.world, pull.login).close(pull.number)

    snapshot = hub.plan().snapshot
    assert (snapshot.pull, snapshot.orphan) == (None, None)
    assert snapshot.ledger == Ledger()
    hub.run(proposal(ONE))
    assert hub.listed(BRANCH)[-1] == ONE


def test_commit_with_forged_trailers_is_a_human_commit(hub: Hub) -> None:
    hub.run(proposal(ONE))
    message = hub.server.world.repository.commit(hub.open_pulls[0].head_sha).message
    hub.maintainer.push(BRANCH, {"README.md": LIST}, message.replace(ONE, TWO))

    snapshot = hub.plan().snapshot
    assert snapshot.pull is not None
    assert snapshot.pull.state is State.MODIFIED
    assert ArxivId(TWO) not in snapshot.ledger.proposed


def test_watches_do_not_see_each_other(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.watch = "papers-2"
    hub.run(proposal(ONE))

    assert [pull.branch for pull in hub.open_pulls] == [BRANCH, "arxiv-watch/papers-2/1"]


@pytest.mark.parametrize(
    ("one", "other"), [("a b", "a-b"), ("LLM", "llm"), ("和", "論"), ("x" * 41, "x" * 42), ("../x", "x")]
)
def test_no_two_watches_share_a_folder_of_branches(one: str, other: str) -> None:
    assert branch_folder(one) != branch_folder(other)
    assert ".." not in branch_folder(one)
    assert branch_folder(one).isascii()


def test_emptied_body_of_an_open_pull_request_is_engagement_and_loses_nothing(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.edit(1, body="")

    snapshot = hub.plan().snapshot
    assert snapshot.pull is not None
    assert snapshot.pull.state is State.ENGAGED
    assert snapshot.ledger.proposed == {ArxivId(ONE)}
    assert hub.writes_of(proposal(TWO)) == []


def test_body_with_carriage_returns_reads_as_before(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    body = (hub.open_pulls[0].body or "").replace("\n", "\r\n")
    hub.maintainer.edit(1, body=body)
    hub.maintainer.untick(1, ONE)

    hub.run()

    assert ONE not in hub.listed(BRANCH)
    assert hub.writes_of() == []


@pytest.mark.parametrize(
    "data",
    [
        LIST.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + LIST,
        LIST.rstrip(b"\n"),
        LIST + b"\xff\xfe not UTF-8\n",
        LIST + b"filler " * 220_000,
    ],
    ids=["CRLF", "BOM", "no final newline", "not UTF-8", "1.5 MB"],
)
def test_odd_bytes_survive_the_way_through_github(data: bytes, tmp_path: Path) -> None:
    with make_hub(tmp_path, {"README.md": data}) as hub:
        hub.run(proposal(ONE))

        after = hub.server.world.repository.files(f"refs/heads/{BRANCH}")["README.md"]
        rest = [line for line in after.splitlines() if ONE.encode() not in line]
        assert len(after.splitlines()) == len(data.splitlines()) + 1
        assert (rest, after.endswith(b"\n")) == (data.splitlines(), data.endswith(b"\n"))
        assert after.count(b"\r\n") == (0, len(rest) + 1)[b"\r" in data]


def test_other_files_and_modes_are_left_as_they_are(tmp_path: Path) -> None:
    files = {"README.md": LIST, "src/run.py": b"print()\n", ".github/workflows/ci.yml": b"on: push\n"}
    with make_hub(tmp_path, files) as hub:
        hub.run(proposal(ONE))

        after = hub.server.world.repository.files(f"refs/heads/{BRANCH}")
        assert {path: after[path] for path in files if path != "README.md"} == {
            path: data for path, data in files.items() if path != "README.md"
        }


def facts(*paths: str, mode: str = "100644") -> list[FileFacts]:
    return [FileFacts(path, mode, "0" * 40) for path in paths]


def test_a_symlink_is_not_read_as_a_list() -> None:
    with pytest.raises(EditRefusedError, match="link"):
        select_files("README.md", facts("README.md", mode="120000"))


def test_a_link_in_a_folder_is_skipped_and_named() -> None:
    tree = [*facts("papers/a.md"), *facts("papers/b.md", mode="120000")]

    assert select_files("papers", tree) == (facts("papers/a.md"), ["papers/b.md"])


def test_a_folder_of_links_only_is_refused() -> None:
    with pytest.raises(EditRefusedError, match="link"):
        select_files("papers", facts("papers/b.md", mode="120000"))


@pytest.mark.parametrize("patterns", ["docs/lists/README.md", "docs/lists", "docs/lists/*.md"])
def test_repository_with_more_files_than_github_lists_at_once_is_walked(
    patterns: str, tmp_path: Path
) -> None:
    files = {f"src/{number}.py": b"" for number in range(9)} | {"docs/lists/README.md": LIST}
    with make_hub(tmp_path, files) as hub:
        hub.server.world.tree_limit = 5

        snapshot = hub.forge().read(Subject("papers", patterns))

        assert snapshot.paper_list.files == {"docs/lists/README.md": LIST}


def test_folder_with_more_files_than_github_lists_at_once_is_refused_by_name(tmp_path: Path) -> None:
    with make_hub(tmp_path, {f"docs/{number}.md": LIST for number in range(9)}) as hub:
        hub.server.world.tree_limit = 5

        with pytest.raises(ForgeError, match="docs/ has more files"):
            hub.forge().read(Subject("papers", "docs"))
        with pytest.raises(ListError, match="no file 'docs/x'"):
            hub.forge().read(Subject("papers", "docs/x"))


def test_list_that_is_nowhere_is_reported() -> None:
    with pytest.raises(ListError, match=r"papers\.md"):
        select_files("papers.md", facts("README.md"))


def test_run_with_thirty_papers_stays_within_its_budget_of_requests(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        hub.limit = 30
        hub.options = replace(hub.options, reviewers=("octocat", "monalisa"), assignees=("octocat",))
        hub.server.world.collaborators.add("monalisa")
        many = [proposal(f"2611.{number:05}") for number in range(1, 31)]
        for number in range(1, 4):
            hub.run(proposal(f"2610.{number:05}"))
            hub.maintainer.merge(number)
        forge = hub.forge()
        before = len(hub.server.log)

        hub.run(*many, forge=forge)

        log = hub.server.log[before:]
        assert len(log) == forge.host.requests <= 40
        assert sum(exchange.is_write for exchange in log) <= 15


def test_writes_are_a_second_apart(hub: Hub) -> None:
    moments = []
    hub.server.before = lambda exchange: moments.append(hub.clock.now()) if exchange.is_write else None

    hub.run(proposal(ONE))

    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert len(gaps) > 3
    assert min(gaps) >= 1.0


def test_regenerating_without_metadata_waits_and_says_for_what(hub: Hub) -> None:
    hub.run(proposal(ONE), proposal(TWO))
    hub.maintainer.untick(1, ONE)
    forge = hub.forge()
    snapshot = forge.read(hub.subject)
    assert snapshot.needs == {ArxivId(ONE), ArxivId(TWO)}

    waiting = make_plan(snapshot, Deliverables())
    known = make_plan(snapshot, Deliverables(papers={ArxivId(TWO): paper(TWO)}))

    assert waiting.writes == ()
    assert waiting.notes == (f"pull request #1 waits: no metadata of {TWO}",)
    assert len(known.writes) == 2
