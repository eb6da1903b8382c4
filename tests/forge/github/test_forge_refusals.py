"""Every error answer of GitHub ends in one of five ways, and says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arxiv_watch.demo.github_server import Exchange
from arxiv_watch.errors import ForgeError, UsageError
from arxiv_watch.forge.github.refusals import message_of, understand
from arxiv_watch.forge.github.transport import GitHubSettings
from arxiv_watch.forge.host import Kind
from forge_support import Hub, proposal
from stand_ins import github_faults as wrong
from stand_ins.github_person import Person
from stand_ins.github_server import Fault, refusal

ONE, TWO = "2611.00001", "2611.00002"


def custom(message: str) -> dict[str, str]:
    return {"resource": "PullRequest", "code": "custom", "message": message}


TABLE = [
    (422, "Validation Failed", [custom("A pull request already exists for o:b.")], Kind.STALE, ""),
    (422, "Validation Failed", [custom("No commits between main and b")], Kind.STALE, ""),
    (422, "Validation Failed", [{"field": "base", "code": "invalid"}], Kind.DENIED, "pull_request.base"),
    (422, "Validation Failed", [{"field": "head", "code": "invalid"}], Kind.STALE, ""),
    (422, "Reference already exists", [], Kind.STALE, ""),
    (422, "Update is not a fast forward", [], Kind.STALE, ""),
    (422, "Reference update failed", [], Kind.TRANSIENT, "exempt"),
    (422, "Reference does not exist", [], Kind.STALE, ""),
    (422, "Reference cannot be updated", [], Kind.STALE, ""),
    (422, "Repository rule violations found\n\nCannot force-push to this branch", [], Kind.DENIED, "Rules"),
    (409, "Repository rule violations found", [], Kind.DENIED, "ruleset"),
    (422, "Changes must be made through a pull request.", [], Kind.DENIED, "ruleset"),
    (422, "Cannot create ref due to creations being restricted.", [], Kind.DENIED, "ruleset"),
    (422, "Commits must have verified signatures.", [], Kind.DENIED, "ruleset"),
    (422, "Object does not exist", [], Kind.TRANSIENT, ""),
    (422, "Tree SHA does not exist", [], Kind.TRANSIENT, ""),
    (422, "Could not resolve to a node with the global id of 'PR_1'", [], Kind.TRANSIENT, ""),
    (422, "was submitted too quickly", [], Kind.LIMITED, "next run"),
    (403, "You have triggered an abuse detection mechanism", [], Kind.LIMITED, "next run"),
    (403, "You have exceeded a secondary rate limit.", [], Kind.LIMITED, "next run"),
    (429, "API rate limit exceeded for installation", [], Kind.LIMITED, "next run"),
    (
        403,
        "GitHub Actions is not permitted to create or approve pull requests.",
        [],
        Kind.DENIED,
        "Allow GitHub Actions to create and approve pull requests",
    ),
    (403, "Resource not accessible by integration", [], Kind.DENIED, "permissions"),
    (403, "Resource not accessible by personal access token", [], Kind.DENIED, "permissions"),
    (
        403,
        "You do not have permission to create labels on this repository.",
        [],
        Kind.DENIED,
        "issues: write",
    ),
    (403, "Repository was archived so is read-only.", [], Kind.DENIED, "unarchive"),
    (451, "Repository access blocked", [], Kind.DENIED, "support"),
    (403, "Repository access blocked", [], Kind.DENIED, "support"),
    (401, "Bad credentials", [], Kind.DENIED, "GITHUB_TOKEN"),
    (404, "Not Found", [], Kind.ABSENT, "cannot see it"),
    (409, "Git Repository is empty.", [], Kind.DENIED, "first commit"),
    (409, "is at 1234 but expected 5678", [], Kind.STALE, ""),
    (410, "Issues are disabled for this repo", [], Kind.DENIED, "issues"),
    (502, "<html>Unicorn!</html>", [], Kind.TRANSIENT, "next run"),
    (500, "Server Error", [], Kind.TRANSIENT, "next run"),
    (
        403,
        "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml`",
        [],
        Kind.DENIED,
        "list",
    ),
    (418, "I'm a teapot", [], Kind.UNKNOWN, ""),
]


@pytest.mark.parametrize(
    ("status", "message", "errors", "kind", "advice"), TABLE, ids=[r[1][:50] for r in TABLE]
)
def test_each_answer_has_its_kind_and_advice(
    status: int, message: str, errors: list[dict[str, str]], kind: Kind, advice: str
) -> None:
    found = understand(status, {"message": message, "errors": errors}, {}, 0.0)

    assert found.kind is kind
    assert advice in found.advice
    assert found.kind is not Kind.DENIED or found.advice
    assert str(status) in found.message


def test_bad_credentials_with_anonymous_limits_are_a_hiccup() -> None:
    found = understand(401, {"message": "Bad credentials"}, {"x-ratelimit-limit": "60"}, 0.0)

    assert found.kind is Kind.TRANSIENT
    assert "valid GITHUB_TOKEN" in found.advice  # GitHub answers a bad token with these limits, too


def test_missing_permission_names_the_one_that_github_asks_for() -> None:
    headers = {"x-accepted-github-permissions": "contents=write"}

    found = understand(403, {"message": "Resource not accessible by integration"}, headers, 0.0)

    assert "contents=write" in found.advice


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1090"}, 90.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "900"}, 1.0),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "1090"}, None),
        ({"retry-after": "Fri, 20 Nov 2026 12:00:00 GMT"}, None),
        ({"retry-after": "²"}, None),
    ],
)
def test_wait_is_read_from_the_headers(headers: dict[str, str], wait: float | None) -> None:
    found = understand(403, {"message": "You have exceeded a secondary rate limit."}, headers, 1000.0)

    assert (found.kind, found.wait) == (Kind.LIMITED, wait)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "te\nxt",
        3,
        [],
        {"message": "a\n\nb"},
        {"message": None, "errors": "x"},
        {"errors": [1, None]},
    ],
)
def test_message_of_anything_is_one_short_line(data: object) -> None:
    assert "\n" not in message_of(data)


def on(verb: str, tail: str):
    return lambda exchange: exchange.verb == verb and exchange.path.endswith(tail)


def failing(hub: Hub, fault: Fault, verb: str, tail: str, times: int = 1_000) -> ForgeError:
    hub.server.inject(fault, on(verb, tail), times)
    with pytest.raises(ForgeError) as caught:
        hub.run(proposal(ONE))
    hub.server.heal()
    return caught.value


def test_switch_for_pull_requests_is_named_and_the_branch_kept_for_the_next_run(hub: Hub) -> None:
    hub.server.world.may_create_pulls = False

    with pytest.raises(ForgeError, match="Allow GitHub Actions to create and approve"):
        hub.run(proposal(ONE))

    assert hub.plan().snapshot.orphan is not None
    hub.server.world.may_create_pulls = True
    hub.run(proposal(ONE))
    assert len(hub.open_pulls) == 1


def test_a_branch_rule_is_named_with_the_exemption_it_needs(hub: Hub) -> None:
    fault = refusal(
        422, "Repository rule violations found\n\nCannot create ref due to creations being restricted."
    )

    assert "ruleset" in failing(hub, fault, "POST", "/git/refs").advice


def test_label_that_cannot_be_made_is_left_out_for_good(hub: Hub) -> None:
    hub.server.world.may_create_labels = False

    hub.run(proposal(ONE))

    assert hub.open_pulls[0].labels == []
    assert hub.writes_of() == []


def test_archived_repository_stops_before_any_write(hub: Hub) -> None:
    hub.server.world.archived = True

    with pytest.raises(ForgeError, match="unarchive"):
        hub.run(proposal(ONE))

    assert hub.server.writes == []


def test_repository_archived_between_plan_and_apply_says_so(hub: Hub) -> None:
    plan = hub.plan(proposal(ONE))
    hub.server.world.archived = True

    with pytest.raises(ForgeError, match="unarchive"):
        hub.forge().apply(plan)

    assert hub.server.pulls == []


def test_secondary_limit_is_waited_for_as_long_as_asked(hub: Hub) -> None:
    hub.server.inject(wrong.SECONDARY_LIMIT_RETRY_AFTER, on("POST", "/pulls"))

    hub.run(proposal(ONE))

    assert 30.0 in hub.clock.slept
    assert len(hub.open_pulls) == 1


def test_limit_that_lasts_longer_than_a_run_ends_it_in_a_legal_state(hub: Hub) -> None:
    fault = refusal(429, "API rate limit exceeded", Retry_After="99999")

    error = failing(hub, fault, "POST", "/pulls")

    assert "next run" in error.advice
    assert sum(hub.clock.slept) < 600
    assert hub.plan().snapshot.orphan is not None


def test_trouble_of_github_is_tried_again_within_bounds(hub: Hub) -> None:
    error = failing(hub, wrong.BAD_GATEWAY_BEFORE, "GET", "/pulls")

    assert "502" in error.message
    assert sum(exchange.path.endswith("/pulls") for exchange in hub.server.log) == 3


def test_answer_that_is_not_json_ends_with_exit_code_6(hub: Hub) -> None:
    error = failing(hub, Fault(200, '{"sha": '), "POST", "/git/trees")

    assert error.exit_code == 6
    assert hub.server.pulls == []


def test_answer_that_is_other_json_is_reported(hub: Hub) -> None:
    error = failing(hub, Fault(200, {"unexpected": True}), "GET", "/git/ref/heads/main")

    assert "GET /git/ref/heads/main" in error.message
    assert "GITHUB_API_URL" in error.advice


def test_answer_that_is_not_a_list_is_reported(hub: Hub) -> None:
    assert "other than a list" in failing(hub, Fault(200, {"unexpected": True}), "GET", "/pulls").message


def test_missing_base_branch_is_reported(hub: Hub) -> None:
    hub.options = replace(hub.options, base="develop")

    with pytest.raises(ForgeError, match=r"pull_request\.base"):
        hub.run(proposal(ONE))


def test_unreachable_github_is_reported(hub: Hub) -> None:
    hub.server.inject(wrong.RESET_BEFORE, lambda _: True, 1_000)

    with pytest.raises(ForgeError, match="reachable"):
        hub.run(proposal(ONE))


def test_pull_request_that_was_made_although_the_answer_was_lost_is_found(hub: Hub) -> None:
    hub.server.inject(wrong.BAD_GATEWAY_AFTER, on("POST", "/pulls"))

    done = hub.run(proposal(ONE))

    posts = [seen for seen in hub.server.log if seen.verb == "POST" and seen.path.endswith("/pulls")]
    assert done is not None
    assert (len(posts), len(hub.server.pulls), done.operation) == (1, 1, "created")


def test_run_that_loses_twice_leaves_the_rest_to_the_next(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.server.inject(refusal(422, "Update is not a fast forward"), lambda it: it.verb == "PATCH", 2)

    done = hub.run(proposal(TWO))

    assert done is not None
    assert done.operation == "unchanged"


def test_token_is_in_no_repr_and_no_message(hub: Hub) -> None:
    settings = GitHubSettings.from_environment({**hub.server.environment, "GITHUB_TOKEN": "ghs_secret"})

    assert "ghs_secret" not in repr(settings)
    with pytest.raises(ForgeError) as caught:
        hub.plan(forge=hub.forge(token="ghs_secret"))
    assert "ghs_secret" not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"GITHUB_REPOSITORY": "o/r"}, "GITHUB_TOKEN"),
        ({"GITHUB_TOKEN": "t"}, "GITHUB_REPOSITORY"),
        ({}, "GITHUB_REPOSITORY and GITHUB_TOKEN"),
        ({"GITHUB_REPOSITORY": "https://github.com/o/r", "GITHUB_TOKEN": "t"}, "owner/name"),
        ({"GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t", "GITHUB_API_URL": "github"}, "GITHUB_API_URL"),
    ],
)
def test_missing_variable_is_named(environ: dict[str, str], name: str) -> None:
    with pytest.raises(UsageError, match=name):
        GitHubSettings.from_environment(environ)


def graphql(kind: str, message: str) -> Fault:
    return Fault(200, {"data": None, "errors": [{"type": kind, "message": message}]})


SAML = "Resource protected by organization SAML enforcement. You must grant your token access."
GRAPHQL_TABLE = [
    ("undefinedField", "Field 'viewer' doesn't exist", Kind.TRANSIENT, "next run"),
    ("", "Something went wrong while executing your query.", Kind.TRANSIENT, "next run"),
    ("RATE_LIMITED", "API rate limit exceeded for user ID 1.", Kind.LIMITED, "next run"),
    ("RATE_LIMIT", "API rate limit already exceeded", Kind.LIMITED, "next run"),
    ("", "You have exceeded a secondary rate limit.", Kind.LIMITED, "next run"),
    ("FORBIDDEN", "Resource not accessible by integration", Kind.DENIED, "permissions"),
    ("FORBIDDEN", SAML, Kind.DENIED, "single sign-on"),
    ("FORBIDDEN", "No.", Kind.DENIED, "permissions"),
    ("INSUFFICIENT_SCOPES", "Your token has not been granted the scopes", Kind.DENIED, "token"),
    ("NOT_FOUND", "Could not resolve to a Repository", Kind.ABSENT, "cannot see it"),
    ("STALE_DATA", "beforeOid does not match", Kind.STALE, ""),
    ("UNPROCESSABLE", "Repository rule violations found", Kind.DENIED, "ruleset"),
]


@pytest.mark.parametrize(("type_", "message", "kind", "advice"), GRAPHQL_TABLE)
def test_graphql_s_errors_are_judged_by_type_and_message(
    type_: str, message: str, kind: Kind, advice: str
) -> None:
    found = understand(200, {"errors": [{"type": type_, "message": message}]}, {}, 0.0)

    assert found.kind is kind
    assert advice in found.advice


IDENTITY_FAULTS = {
    "errors": graphql("undefinedField", "no viewer"),
    "rate limit": graphql("RATE_LIMITED", "API rate limit exceeded"),
    "SAML": graphql("FORBIDDEN", SAML),
    "forbidden": graphql("FORBIDDEN", "Resource not accessible by integration"),
    "404": refusal(404, "Not Found"),
    "403": refusal(403, "Resource not accessible by integration"),
    "no viewer": Fault(200, {"data": {"viewer": None}}),
    "no JSON": Fault(200, "<html>"),
    "502": wrong.BAD_GATEWAY_BEFORE,
}


@pytest.mark.parametrize("fault", IDENTITY_FAULTS.values(), ids=list(IDENTITY_FAULTS))
def test_identity_is_never_guessed_from_an_error(hub: Hub, fault: Fault) -> None:
    hub.server.world.bot = "arxiv-watch-app[bot]"
    hub.run(proposal(ONE))
    hub.server.inject(fault, lambda exchange: exchange.path == "/graphql", 1_000)
    before = len(hub.server.writes)

    with pytest.raises(ForgeError) as caught:
        hub.run(proposal(ONE), proposal(TWO))

    assert caught.value.exit_code == 6
    assert (len(hub.server.writes), len(hub.server.pulls)) == (before, 1)


def test_identity_is_asked_for_again_within_bounds(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.server.inject(IDENTITY_FAULTS["errors"], lambda exchange: exchange.path == "/graphql", 2)

    hub.run(proposal(ONE), proposal(TWO))

    assert len(hub.server.pulls) == 1


def test_ruleset_that_forbids_deletions_is_a_warning(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.merge(1)
    rule = graphql("UNPROCESSABLE", "Repository rule violations found\n\nCannot delete this branch")
    hub.server.inject(rule, lambda it: it.is_write and it.path == "/graphql", 1_000)

    done = hub.run(proposal(TWO))
    hub.run(proposal(TWO))

    assert done is not None
    assert (done.number, done.operation) == (2, "created")
    assert "arxiv-watch/papers/1 is left" in caplog.text


def test_pages_are_read_as_long_as_github_names_a_next_one(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    for number in range(7):
        Person(hub.server.world, "monalisa").open_pull(f"topic-{number}", "")
    hub.server.world.page_limit = 3  # shorter than asked for, and still not the last

    assert hub.writes_of(proposal(ONE)) == []
    pages = [seen for seen in hub.server.log if seen.path.endswith("/pulls") and "page" in seen.query]
    assert [seen.query["page"] for seen in pages[-2:]] == ["2", "3"]
    assert {seen.query["state"] for seen in pages} == {"all"}


def test_next_page_is_asked_for_where_the_first_came_from(hub: Hub) -> None:
    """A proxy leaves GitHub's own addresses in the links."""
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    link = {"Link": '<https://api.github.com/repositories/7/pulls?state=all&page=1>; rel="next"'}
    hub.server.inject(Fault(200, "[]", link), on("GET", "/pulls"))

    assert hub.writes_of(proposal(ONE)) == []


def test_what_github_said_is_told_also_where_a_write_cannot_be_repeated(hub: Hub) -> None:
    hub.server.inject(refusal(422, "Reference update failed"), on("POST", "/git/refs"), 1_000)

    with pytest.raises(ForgeError, match="422 Reference update failed: a branch `arxiv-watch` is in the way"):
        hub.run(proposal(ONE))


def test_renamed_repository_is_read_and_written_under_its_new_name(hub: Hub) -> None:
    hub.run(proposal(ONE))
    hub.maintainer.close(1)
    forge = hub.forge()
    hub.server.world.former_names.add(hub.server.world.name)
    hub.server.world.name = "octocat/reading-list"
    hub.server.world.pulls[1].head_repository = hub.server.world.name

    hub.run(proposal(ONE), proposal(TWO), forge=forge)

    assert [pull.branch for pull in hub.open_pulls] == ["arxiv-watch/papers/2"]
    assert hub.listed("arxiv-watch/papers/2")[-1] == TWO


def test_repository_renamed_while_it_is_written_to_is_followed_by_the_next_run(hub: Hub) -> None:
    def rename(exchange: Exchange) -> None:
        if exchange.is_write and exchange.path.endswith("/git/trees"):
            hub.server.before = lambda _: None
            hub.server.world.former_names.add(hub.server.world.name)
            hub.server.world.name = "octocat/reading-list"

    hub.server.before = rename
    with pytest.raises(ForgeError, match=r"redirected POST .* was the repository renamed"):
        hub.run(proposal(ONE))
    hub.run(proposal(ONE))

    assert [(seen.verb, seen.status) for seen in hub.server.log if seen.status == 307] == [("POST", 307)]
    assert [pull.branch for pull in hub.open_pulls] == ["arxiv-watch/papers/1"]


def test_redirect_to_another_host_is_refused_with_the_new_name(hub: Hub) -> None:
    moved = Fault(307, {}, {"Location": "https://example.org/repositories/1/git/trees"})

    error = failing(hub, moved, "POST", "/git/trees")

    assert "https://example.org/repositories/1" in error.message
    assert "GITHUB_REPOSITORY" in error.advice


def test_new_exchange_is_a_write_or_not() -> None:
    query = Exchange("POST", "/graphql", {}, {"query": "query { viewer { login } }"}, 200, {})

    assert not query.is_write
    assert replace(query, body={"query": "mutation Mutation"}).is_write
