"""The routes of GitHub that arxiv-watch walks; every other route, verb or field is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlencode

from arxiv_watch.demo.github_server.calls import (
    Answer,
    Call,
    Handler,
    MovedError,
    RefusedError,
    check_fields,
)
from arxiv_watch.demo.github_server.git_payloads import Json
from arxiv_watch.demo.github_server.git_writes import GitWrites
from arxiv_watch.demo.github_server.payloads import Payloads
from arxiv_watch.demo.github_server.pull_writes import PullWrites
from arxiv_watch.demo.github_server.reads import Reads
from arxiv_watch.demo.github_server.world import GitHubWorld


class Routes:
    """Answers requests on one world."""

    def __init__(self, world: GitHubWorld, payloads: Payloads) -> None:
        self._world = world
        self._api = payloads.api
        reads, git, pulls = Reads(world, payloads), GitWrites(world, payloads), PullWrites(world, payloads)
        self._table: list[tuple[str, re.Pattern[str], Handler]] = [
            (verb, re.compile(path), handler)
            for verb, path, handler in (
                ("GET", "", reads.repository),
                ("GET", "/actions/permissions/workflow", reads.workflow_permissions),
                ("GET", "/git/ref/(.+)", reads.ref),
                ("GET", "/git/matching-refs/(.+)", reads.matching_refs),
                ("GET", "/git/commits/([0-9a-f]{40})", reads.git_commit),
                ("GET", "/git/trees/([^/]+)", reads.tree),
                ("GET", "/git/blobs/([0-9a-f]{40})", reads.blob),
                ("GET", "/commits", reads.commits),
                ("GET", "/commits/(.+)", reads.commit),
                ("GET", "/compare/(.+)", reads.compare),
                ("GET", "/rules/branches/(.+)", reads.rules),
                ("GET", "/pulls", reads.pulls),
                ("GET", r"/pulls/(\d+)", reads.pull),
                ("GET", r"/pulls/(\d+)/commits", reads.pull_commits),
                ("GET", r"/pulls/(\d+)/reviews", reads.reviews),
                ("GET", r"/issues/(\d+)/comments", reads.comments),
                ("GET", r"/issues/(\d+)", reads.issue),
                ("GET", r"/issues/(\d+)/timeline", reads.timeline),
                ("GET", "/collaborators/([^/]+)/permission", reads.permission),
                ("POST", "/git/blobs", git.create_blob),
                ("POST", "/git/trees", git.create_tree),
                ("POST", "/git/commits", git.create_commit),
                ("POST", "/git/refs", git.create_ref),
                ("PATCH", "/git/refs/(.+)", git.update_ref),
                ("POST", "/pulls", pulls.create_pull),
                ("PATCH", r"/pulls/(\d+)", pulls.update_pull),
                ("POST", r"/issues/(\d+)/labels", pulls.add_labels),
                ("POST", r"/pulls/(\d+)/requested_reviewers", pulls.request_reviewers),
                ("POST", r"/issues/(\d+)/assignees", pulls.add_assignees),
            )
        ]
        self._graphql = git.graphql
        self._by_id = f"/repositories/{payloads.repository()['id']}"

    def answer(self, verb: str, path: str, query: Mapping[str, str], body: Json) -> Answer:
        """Answer one request.

        Raises:
            RefusedError: GitHub would not do it.
            MovedError: The repository has another name by now.
        """
        if (verb, path) == ("POST", "/graphql"):
            check_fields("graphql", body)
            return self._graphql(Call((), query, body))
        tail = self._tail(verb, path, query)
        for method, pattern, handler in self._table:
            match = pattern.fullmatch(tail)
            if method == verb and match:
                check_fields(handler.__name__, body)
                if self._world.archived and verb != "GET":
                    raise RefusedError(403, "Repository was archived so is read-only.")
                return handler(Call(tuple(map(unquote, match.groups())), query, body))
        raise RefusedError(404, "Not Found")

    def _tail(self, verb: str, path: str, query: Mapping[str, str]) -> str:
        """Return what of a path comes after the repository, which is known by its name and by its number."""
        for root in (f"/repos/{self._world.name}", self._by_id):
            if path == root or path.startswith(f"{root}/"):
                return path.removeprefix(root)
        for name in self._world.former_names:
            if path == f"/repos/{name}" or path.startswith(f"/repos/{name}/"):
                tail = path.removeprefix(f"/repos/{name}")
                asked = f"?{urlencode(query)}" if query else ""
                raise MovedError(verb, f"{self._api}{self._by_id}{tail}{asked}")
        raise RefusedError(404, "Not Found")
