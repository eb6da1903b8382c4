"""Whom to believe: which pull requests, commits and bodies are the bot's, and who closed what.

What was proposed is proved by commits, not by logins: tokens change, and with them the bot's login.
Whoever can push to a branch of the repository could as well merge there, so nothing is gained by
forging our marks on one; a fork, or the words of somebody who cannot push, prove nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from arxiv_watch.forge.host import CodeHost, CommitFacts, PullFacts
from arxiv_watch.forge.memory import Memory, read_commit


@dataclass(frozen=True, slots=True)
class Trust:
    """Judges one repository's pull requests for one watch, by the token's login and the watch's names."""

    host: CodeHost
    login: str
    names: Collection[str]
    machine_users: Collection[str]

    def is_by_a_bot(self, pull: PullFacts) -> bool:
        """Return whether we opened a pull request, or another bot that may push here."""
        return pull.login == self.login or pull.is_bot

    def may_answer(self, pull: PullFacts) -> bool:
        """Return whether a body's text is by people with write access: they are asked, others are not.

        A member of an organisation may open a pull request from a branch of ours without write access,
        and edit its body for ever after.
        """
        return self.is_by_a_bot(pull) or pull.by_owner or self.host.may_push(pull.login)

    def memory_in(self, commit: CommitFacts, pull: PullFacts | None = None) -> Memory | None:
        """Return the memory in a commit by a bot or by the pull request's author; nobody else's counts."""
        openers = {self.login, pull.login if pull is not None else self.login}
        memory = read_commit(commit.message) if commit.is_bot or commit.login in openers else None
        return memory if memory is not None and memory.watch in self.names else None

    def only_ours(self, commits: Collection[CommitFacts], pull: PullFacts) -> bool:
        """Return whether nobody else committed anything; merging the base branch into ours changes nothing.

        *Update branch* makes such a merge. What comes from the base is none of the pull request's commits.
        """
        shas = {commit.sha for commit in commits}
        return all(
            (self.memory_in(commit, pull) is not None and commit.as_made)
            or (len(commit.parents) > 1 and sum(parent in shas for parent in commit.parents) == 1)
            for commit in commits
        )

    def rejecter(self, pull: PullFacts, *, branch_may_be_gone: bool) -> str | None:
        """Return the person who closed a pull request without merging it, `somebody` where nobody knows who.

        None where no person did: a bot closed it, or it ended because a branch was deleted.
        """
        closer = self.host.closer(pull.number)  # a token that may not know takes it for a person's
        if closer is not None and (closer.is_bot or closer.login.casefold() in self.machine_users):
            return None
        if (closer is None or branch_may_be_gone) and self.host.ended_with_a_branch(pull.number):
            return None
        return closer.login if closer is not None else "somebody"
