"""The stand-in of GitHub is strict, remembers, and answers wrongly only on demand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from arxiv_watch.demo.github_server import Repository
from arxiv_watch.demo.github_server.repository import StaleRefError
from forge_support import LIST, hub
from stand_ins import github_faults as wrong
from stand_ins.github_person import Person
from stand_ins.github_server import FaultyGitHub, refusal

ZEROS = "0" * 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FaultyGitHub]:
    with hub(tmp_path) as made:
        yield made.server


def send(server: FaultyGitHub, verb: str, path: str, body: object = None, token: str | None = None):
    headers = {"Authorization": f"token {token or server.world.token}"}
    url = server.api_url + (path if path == "/graphql" else f"/repos/octocat/papers{path}")
    return requests.request(verb, url, json=body, headers=headers, timeout=5)


def tip(server: FaultyGitHub) -> str:
    return str(server.world.branch("main"))


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("PATCH", "/git/ref/heads/main"),
        ("GET", "/git/refs/heads/main"),
        ("PUT", "/contents/README.md"),
        ("DELETE", "/git/refs/heads/main"),
        ("GET", "/../other"),
        ("GET", "/pulls/7"),
        ("GET", "/git/ref/heads/mai"),
    ],
)
def test_what_is_not_there_is_404(server: FaultyGitHub, verb: str, path: str) -> None:
    assert send(server, verb, path).status_code == 404


def test_other_token_is_401_and_changes_nothing(server: FaultyGitHub) -> None:
    answer = send(server, "POST", "/git/refs", {"ref": "refs/heads/x", "sha": tip(server)}, token="other")

    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")
    assert server.world.branch("x") is None


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("/git/trees", {"tree": []}, "base_tree"),
        ("/git/trees", {"base_tree": ZEROS, "tree": [], "colour": "red"}, "colour"),
        ("/git/commits", {"message": "x"}, "tree"),
        ("/git/commits", {"message": "x", "tree": ZEROS}, "Tree SHA does not exist"),
        ("/git/refs", {"ref": "main", "sha": ZEROS}, "must start with"),
        ("/git/refs", {"ref": "refs/heads/x", "sha": ZEROS}, "Object does not exist"),
        ("/git/refs", {"ref": "refs/heads/x", "sha": 3}, "right type"),
        ("/pulls", {"title": "x", "head": "nowhere", "base": "main"}, "Validation Failed"),
        ("/pulls", {"title": "x", "head": "main", "base": "main"}, "No commits between"),
        ("/git/blobs", {"content": "a", "encoding": "base64"}, "Base64"),
    ],
)
def test_wrong_body_is_422_in_github_s_words(
    server: FaultyGitHub, path: str, body: dict[str, object], text: str
) -> None:
    answer = send(server, "POST", path, body)

    assert answer.status_code == 422
    assert text in answer.text


@pytest.mark.parametrize("path", ["/abs", "a/../b", ""])
def test_tree_takes_no_path_out_of_the_repository(server: FaultyGitHub, path: str) -> None:
    row = {"path": path, "mode": "100644", "type": "blob", "content": "x"}

    assert send(server, "POST", "/git/trees", {"base_tree": tip(server), "tree": [row]}).status_code == 422


def test_branch_is_made_once_and_moved_forward_only(server: FaultyGitHub) -> None:
    start = tip(server)
    made = [send(server, "POST", "/git/refs", {"ref": "refs/heads/x", "sha": start}) for _ in range(2)]
    Person(server.world, "octocat").push("x", {"a.md": b"a\n"})

    back = send(server, "PATCH", "/git/refs/heads/x", {"sha": start, "force": False})

    assert [answer.status_code for answer in made] == [201, 422]
    assert (back.status_code, back.json()["message"]) == (422, "Update is not a fast forward")
    assert send(server, "PATCH", "/git/refs/heads/x", {"sha": start, "force": True}).status_code == 200


def test_update_refs_deletes_only_what_is_where_it_was_seen(server: FaultyGitHub) -> None:
    node = send(server, "GET", "").json()["node_id"]
    send(server, "POST", "/git/refs", {"ref": "refs/heads/x", "sha": tip(server)})
    query = "mutation Mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }"

    def delete(seen: str) -> bool:
        update = {"name": "refs/heads/x", "beforeOid": seen, "afterOid": ZEROS}
        variables = {"input": {"repositoryId": node, "refUpdates": [update]}}
        answer = send(server, "POST", "/graphql", {"query": query, "variables": variables})
        return "errors" not in answer.json()

    assert [delete("1" * 40), delete(tip(server))] == [False, True]
    assert server.world.branch("x") is None


def open_pull(server: FaultyGitHub, body: str = "") -> requests.Response:
    if server.world.branch("x") is None:
        send(server, "POST", "/git/refs", {"ref": "refs/heads/x", "sha": tip(server)})
        Person(server.world, "octocat").push("x", {"a.md": b"a\n"})
    return send(server, "POST", "/pulls", {"title": "x", "head": "x", "base": "main", "body": body})


def test_second_pull_request_of_a_branch_already_exists(server: FaultyGitHub) -> None:
    first, second = open_pull(server), open_pull(server)

    assert (first.status_code, second.status_code) == (201, 422)
    assert "A pull request already exists for octocat:x." in second.text


def test_body_that_is_too_long_is_refused(server: FaultyGitHub) -> None:
    assert "body is too long (maximum is 65536 characters)" in open_pull(server, "x" * 65_537).text


def test_branch_that_was_forced_cannot_be_reopened(server: FaultyGitHub) -> None:
    open_pull(server)
    Person(server.world, "octocat").close(1)
    send(server, "PATCH", "/git/refs/heads/x", {"sha": tip(server), "force": True})

    answer = send(server, "PATCH", "/pulls/1", {"state": "open"})

    assert "was force-pushed or recreated" in answer.text


def test_deleting_a_branch_closes_its_pull_request(server: FaultyGitHub) -> None:
    open_pull(server)

    Person(server.world, "octocat").delete_branch("x")

    assert not server.pulls[0].open


def test_merge_puts_the_branch_on_the_base_and_keeps_its_commits(server: FaultyGitHub) -> None:
    open_pull(server)

    Person(server.world, "octocat").merge(1)

    assert server.world.repository.files("refs/heads/main") == {"README.md": LIST, "a.md": b"a\n"}
    assert send(server, "GET", "/pulls/1").json()["merged"] is True
    assert [row["commit"]["message"] for row in send(server, "GET", "/pulls/1/commits").json()] == [
        "Edit by hand"
    ]


def test_conflict_is_reported(server: FaultyGitHub) -> None:
    open_pull(server)
    Person(server.world, "octocat").push("main", {"a.md": b"b\n"})

    assert send(server, "GET", "/pulls/1").json()["mergeable"] is False
    with pytest.raises(ValueError, match="conflicts"):
        Person(server.world, "octocat").merge(1)


def test_pages_are_cut_as_asked(server: FaultyGitHub) -> None:
    for number in range(3):
        Person(server.world, "monalisa").open_pull(f"topic-{number}", "")

    pages = [send(server, "GET", f"/pulls?per_page=2&page={page}").json() for page in (1, 2, 3)]

    assert [[pull["number"] for pull in page] for page in pages] == [[3, 2], [1], []]


@pytest.mark.parametrize("fault", [wrong.RESET_BEFORE, wrong.RESET_AFTER], ids=["before", "after"])
def test_connection_is_cut_before_or_after_the_work(server: FaultyGitHub, fault: wrong.Fault) -> None:
    server.inject(fault, 1)

    with pytest.raises(requests.ConnectionError):
        send(server, "POST", "/git/refs", {"ref": "refs/heads/x", "sha": tip(server)})

    assert (server.world.branch("x") is not None) is fault.after


def test_fault_strikes_at_its_write_and_no_other(server: FaultyGitHub) -> None:
    server.inject(refusal(403, "No", Retry_After="3"), 2)

    answers = [
        send(server, "POST", "/git/refs", {"ref": f"refs/heads/{name}", "sha": tip(server)}) for name in "abc"
    ]

    assert [answer.status_code for answer in answers] == [201, 403, 201]
    assert answers[1].headers["Retry-After"] == "3"
    assert len(server.writes) == 3


def test_killed_client_gets_no_more_answers_until_the_world_is_healed(server: FaultyGitHub) -> None:
    server.inject(wrong.KILLED_BEFORE, 1)
    with pytest.raises(requests.ConnectionError):
        send(server, "POST", "/git/refs", {"ref": "refs/heads/x", "sha": tip(server)})
    with pytest.raises(requests.ConnectionError):
        send(server, "GET", "")

    server.heal()

    assert send(server, "GET", "").status_code == 200


def test_archived_repository_can_be_read_only(server: FaultyGitHub) -> None:
    server.world.archived = True

    assert send(server, "GET", "").json()["archived"] is True
    assert send(server, "POST", "/git/refs", {"ref": "refs/heads/x", "sha": tip(server)}).status_code == 403


def test_server_that_is_not_started_has_no_address(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = FaultyGitHub(Repository.create(tmp_path / "x.git").path).api_url


def test_ref_that_moved_is_not_moved_from_where_it_was(tmp_path: Path) -> None:
    with hub(tmp_path) as made:
        git = made.server.world.repository
        with pytest.raises(StaleRefError):
            git.update_ref("refs/heads/main", tip(made.server), "1" * 40)
