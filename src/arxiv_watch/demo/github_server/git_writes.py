"""Writing git through GitHub: the Git Data API, and `updateRefs` of GraphQL."""

from __future__ import annotations

import base64
import binascii
import re

from arxiv_watch.demo.github_server.calls import Answer, Call, Handlers, RefusedError
from arxiv_watch.demo.github_server.git_payloads import Json
from arxiv_watch.demo.github_server.repository import ZEROS, StaleRefError, TreeEntry

_MODES = {"100644", "100755", "040000", "160000", "120000"}


class GitWrites(Handlers):
    """The handlers that store objects and move refs."""

    def create_blob(self, call: Call) -> Answer:
        """POST …/git/blobs."""
        content = call.body["content"]
        try:
            raw = base64.b64decode(content) if call.body.get("encoding") == "base64" else content.encode()
        except binascii.Error as error:
            raise RefusedError(422, "content is not valid Base64") from error
        sha = self._git.write_blob(raw)
        return 201, {"sha": sha, "url": f"{self._show.api}/repos/{self._world.name}/git/blobs/{sha}"}

    def create_tree(self, call: Call) -> Answer:
        """POST …/git/trees: without `base_tree` every other file would be gone, so that is refused here."""
        if "base_tree" not in call.body:
            raise RefusedError(
                422, "the stand-in refuses a tree without base_tree: it deletes all other files"
            )
        entries = [self._tree_entry(row) for row in call.body["tree"]]
        sha = self._git.write_tree(self._known(call.body["base_tree"], "tree"), entries)
        return 201, self._show.tree(sha, self._git.tree(sha))

    def create_commit(self, call: Call) -> Answer:
        """POST …/git/commits."""
        if self._git.type_of(call.body["tree"]) != "tree":
            raise RefusedError(422, "Tree SHA does not exist")
        parents = call.body.get("parents", [])
        if any(self._git.type_of(parent) != "commit" for parent in parents):
            raise RefusedError(422, "Parent SHA does not exist or is not a commit object")
        sha = self._world.commit(call.body["tree"], parents, call.body["message"], self._world.bot)
        return 201, self._show.git_commit(self._git.commit(sha))

    def create_ref(self, call: Call) -> Answer:
        """POST …/git/refs: atomic; the loser of a race gets the answer that it exists."""
        name, sha = call.body["ref"], call.body["sha"]
        # Matches "refs/heads/main".
        if not re.fullmatch(r"refs/(heads|tags)/.+", name):
            raise RefusedError(422, "Reference name must start with 'refs/' and contain at least two '/'.")
        if self._git.type_of(sha) != "commit":
            raise RefusedError(422, "Object does not exist")
        if self._git.ref(name):
            raise RefusedError(422, "Reference already exists")
        try:
            self._world.move(name, sha, ZEROS, self._world.bot)
        except StaleRefError as error:
            raise RefusedError(422, "Reference update failed") from error
        return 201, self._show.ref(name, sha)

    def update_ref(self, call: Call) -> Answer:
        """PATCH …/git/refs/{ref}: forward only, unless forced."""
        name, sha = f"refs/{call.parts[0]}", call.body["sha"]
        old = self._git.ref(name)
        if old is None:
            raise RefusedError(422, "Reference does not exist")
        if self._git.type_of(sha) != "commit":
            raise RefusedError(422, "Object does not exist")
        if not call.body.get("force") and not self._git.is_ancestor(old, sha):
            raise RefusedError(422, "Update is not a fast forward")
        self._world.move(name, sha, old, self._world.bot)
        return 200, self._show.ref(name, sha)

    def graphql(self, call: Call) -> Answer:
        """POST /graphql: only `viewer { login }` and the mutation `updateRefs`."""
        query = call.body["query"]
        # Matches "query { viewer { login } }".
        if re.fullmatch(r"(query)?\s*\{\s*viewer\s*\{\s*login\s*\}\s*\}", query):
            return 200, {"data": {"viewer": {"login": self._world.bot}}}
        # Matches "mutation Move($input: UpdateRefsInput!)".
        if not re.match(r"mutation \w+\(\$input: UpdateRefsInput!\)", query):
            return 200, {"errors": [{"type": "undefinedField", "message": "the stand-in does not know this"}]}
        wanted = call.body["variables"]["input"]
        if wanted["repositoryId"] != self._show.repository()["node_id"]:
            return 200, {"errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
        return 200, self._update_refs(wanted["refUpdates"])

    def _update_refs(self, updates: list[Json]) -> Json:
        current = self._git.refs()
        if any(current.get(update["name"], ZEROS) != update["beforeOid"] for update in updates):
            return {"data": None, "errors": [{"type": "STALE_DATA", "message": "beforeOid does not match"}]}
        if any(self._is_forced(update) and not update.get("force") for update in updates):
            return {"data": None, "errors": [{"type": "UNPROCESSABLE", "message": "not a fast-forward"}]}
        for update in updates:
            self._world.move(update["name"], update["afterOid"], update["beforeOid"], self._world.bot)
        return {"data": {"updateRefs": {"clientMutationId": None}}}

    def _is_forced(self, update: Json) -> bool:
        old, new = update["beforeOid"], update["afterOid"]
        return ZEROS not in {old, new} and not self._git.is_ancestor(old, new)

    def _tree_entry(self, row: Json) -> TreeEntry:
        unknown = set(row) - {"path", "mode", "type", "sha", "content"}
        path = row.get("path", "")
        if unknown or row.get("mode") not in _MODES or not path or ".." in path.split("/") or path[0] == "/":
            raise RefusedError(422, "Invalid tree info")
        if "content" in row:
            return TreeEntry(path, row["mode"], "blob", self._git.write_blob(row["content"].encode()))
        if row.get("sha") and self._git.type_of(row["sha"]) is None:
            raise RefusedError(422, f"GitRPC::BadObjectState: {row['sha']} does not exist")
        return TreeEntry(path, row["mode"], "blob", row.get("sha"))
