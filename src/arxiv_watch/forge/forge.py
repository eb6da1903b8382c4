"""The forge: read the world, plan, apply. Whatever happens in between, the next run can go on."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from arxiv_watch.clock import Clock
from arxiv_watch.forge.api import Api
from arxiv_watch.forge.apply import Application
from arxiv_watch.forge.derive import Reader, find_mentions
from arxiv_watch.forge.facts import PullFacts
from arxiv_watch.forge.plan import make_plan
from arxiv_watch.forge.refusals import LostAnswerError, WorldMovedError
from arxiv_watch.forge.settings import Access, ForgeSettings, PullRequestOptions
from arxiv_watch.forge.state import Find, ListEditor, Snapshot, Subject
from arxiv_watch.forge.writes import ForgeRequest, Plan
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, Paper
from arxiv_watch.proposals import Operation, Proposal, PullRequest

log = logging.getLogger(__name__)


class Forge:
    """One repository on GitHub.

    Args:
        settings: Where and as whom.
        clock: Paces the requests.
    """

    def __init__(self, settings: ForgeSettings, clock: Clock) -> None:
        self._settings = settings
        self._api = Api(settings, clock)
        self._reader = Reader(self._api, settings.login)

    @property
    def requests(self) -> int:
        """How many requests GitHub was sent."""
        return self._api.requests

    def read(self, subject: Subject, find: Find = find_mentions) -> Snapshot:
        """Read the list and everything that became of earlier proposals, at one commit.

        Args:
            subject: Which list, and for which watch.
            find: Returns what is listed where; without it a moved line goes unnoticed.

        Raises:
            ListError: The list does not exist.
            GitHubError: GitHub refused.
        """
        return self._reader.read(subject, find)

    def is_answered(self, subject: Subject) -> bool:
        """Tell from four requests whether there is anything to do for an answer; the list is not read.

        Raises:
            GitHubError: GitHub refused.
        """
        return self._reader.is_answered(subject)

    def access(self) -> Access:
        """Tell what the token and the repository's switches allow.

        Raises:
            GitHubError: GitHub refused.
        """
        repository = self._api.repository()
        return Access(repository.name, repository.can_push, self._api.may_open_pulls())

    def unclaimed(self, names: Collection[str]) -> list[PullFacts]:
        """Return the open pull requests from the bot's branches that belong to none of these watches.

        Raises:
            GitHubError: GitHub refused.
        """
        return self._reader.unclaimed(names)

    def find_file(self, paths: Sequence[str]) -> tuple[str, bytes] | None:
        """Read the first of these files that the default branch has, at one commit; None if it has none.

        Raises:
            GitHubError: GitHub refused.
        """
        return self._reader.find_file(paths)

    def plan(
        self,
        snapshot: Snapshot,
        proposals: Sequence[Proposal],
        editor: ListEditor,
        options: PullRequestOptions,
        coverage: Sequence[Coverage] = (),
        *,
        notes: Sequence[str] = (),
        papers: Mapping[ArxivId, Paper] | None = None,
    ) -> Plan:
        """Plan the exact writes; nothing is sent.

        Args:
            snapshot: What `read` returned.
            proposals: The new proposals, sure and unsure, best first.
            editor: The list engine.
            options: How the watch wants its pull requests.
            coverage: How completely arXiv was read, for the reviewer.
            notes: More sentences for the reviewer, in Markdown of our own.
            papers: Metadata of the papers that `snapshot.needs` names.

        Raises:
            EditRefusedError: The list cannot be changed safely.
        """
        run_id, run_url = self._settings.run_id, self._settings.run_url
        return make_plan(
            snapshot, ForgeRequest(proposals, editor, options, coverage, notes, papers or {}, run_id, run_url)
        )

    def apply(self, plan: Plan) -> PullRequest | None:
        """Carry out a plan; where somebody else was faster, look again and plan again, once.

        Raises:
            GitHubError: GitHub refused; what was done so far is a legal state that the next run completes.
        """
        try:
            return self._carry_out(plan)
        except (WorldMovedError, LostAnswerError) as error:
            log.warning("%s; reading again", error)
        again = self._plan_again(plan)
        try:
            done = self._carry_out(again)
        except WorldMovedError as error:
            log.warning("another run or person was faster twice (%s); the next run goes on", error)
            return _unchanged(again)
        if done is not None and plan.operation is Operation.CREATED and done.operation is Operation.UPDATED:
            return replace(done, operation=Operation.CREATED)
        return done

    def _plan_again(self, plan: Plan) -> Plan:
        snapshot = self.read(plan.snapshot.subject, plan.request.editor.find)
        return make_plan(snapshot, plan.request)

    def _carry_out(self, plan: Plan) -> PullRequest | None:
        run = Application(self._api, plan)
        for write in plan.writes:
            log.info("%s", write)
            run.make(write)
        return run.pull or _unchanged(plan)


def _unchanged(plan: Plan) -> PullRequest | None:
    pull = plan.snapshot.pull
    return PullRequest(pull.facts.number, pull.facts.url, Operation.UNCHANGED) if pull else None
