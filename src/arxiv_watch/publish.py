"""Where a run reads the list and leaves its proposals: nowhere, the local file, or a pull request.

`derive → decide → plan → apply`: the publishers differ in the last step only, so a dry run is the
same program less that step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from arxiv_watch.config.models import WatchConfig
from arxiv_watch.delivery import Deliverables, Delivery, ListState, edit_list
from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.files import MEGABYTE, read_file, writing
from arxiv_watch.forge import Forge, Snapshot, Subject, make_plan
from arxiv_watch.markdown import parse_list, read_history, read_list


class Publisher(Protocol):
    """Reads the list and delivers proposals."""

    @property
    def marks_handled(self) -> bool:
        """Whether everything delivered so far need not be looked at again."""

    @property
    def requests(self) -> int:
        """How many requests the forge was sent."""

    def read(self, watch: WatchConfig) -> ListState:
        """Return the list as it is."""

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Bring the proposals to where people see them."""


class DryRun:
    """Shows what would be changed in the repository at `root`, `owner/name` if known, and changes nothing."""

    requests = 0
    marks_handled = False  # what was only shown is looked at again

    def __init__(self, root: Path, repository: str | None = None) -> None:
        self._root = root
        self._repository = repository

    def read(self, watch: WatchConfig) -> ListState:
        """Return the list as it is on disk.

        Raises:
            ListError: It is in another repository, or cannot be read.
        """
        if not watch.is_in(self._repository):
            message = f"watch {watch.name} is in {watch.repository}, which is not here"
            raise ListError(message, "use --open-pr, or for a dry run set GITHUB_TOKEN")
        files = read_list(self._root, watch.list)
        return ListState(parse_list(files), history=read_history(self._root, files, versions=True))

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Place the sure proposals and return the diff."""
        sure = [proposal for proposal in deliverables.proposals if proposal.sure]
        return edit_list(state.paper_list, sure, watch.template, state.history)


class LocalFiles(DryRun):
    """Edits the list on disk."""

    marks_handled = True

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Write the sure proposals into the list; every file whole or not at all.

        Raises:
            EditRefusedError: A file changed on disk since it was read, or cannot be changed safely.
        """
        delivery = super().deliver(watch, state, deliverables)
        for name, data in delivery.files.items():
            write_file(self._root / name, data, expected=state.paper_list.files[name])
        return delivery


def write_file(path: Path, data: bytes, expected: bytes) -> None:
    """Replace a file's bytes in one step, if they still are the expected ones.

    Raises:
        EditRefusedError: Somebody else changed the file meanwhile, or it cannot be written.
    """
    try:
        if read_file(path, len(expected) + MEGABYTE) != expected:
            raise EditRefusedError(f"{path} was changed by somebody else meanwhile", "run again")
        with writing(path) as file:
            file.write(data)
    except OSError as error:
        raise EditRefusedError(f"{path} cannot be written: {error}") from error


class PullRequests:
    """Proposes the changes on a forge; each list is read there, at one commit of its base branch.

    Args:
        open_forge: Returns the way to a repository `owner/name`; of None to the one the run is in.
        root: A local clone of that one, whose history shows where people insert; it may be an empty folder.
        repository: That one as `owner/name`, where it is known.
    """

    def __init__(
        self,
        open_forge: Callable[[str | None], Forge],
        root: Path,
        repository: str | None = None,
        *,
        dry_run: bool = False,
    ) -> None:
        self._open_forge = open_forge
        self._forges: dict[str | None, Forge] = {}
        self._root = root
        self._repository = repository
        self._dry_run = dry_run
        self._waiting = False

    @property
    def requests(self) -> int:
        """How many requests the forge was sent."""
        return sum(forge.host.requests for forge in self._forges.values())

    @property
    def marks_handled(self) -> bool:
        """Whether no proposal has to wait for another pull request."""
        return not self._dry_run and not self._waiting

    def is_answered(self, watch: WatchConfig) -> bool:
        """Return whether people did something that the watch's pull request does not show yet."""
        return self._forge(watch).is_answered(subject_of(watch))

    def read(self, watch: WatchConfig) -> Snapshot:
        """Return the list at the base branch's tip, and what became of earlier proposals.

        The history is the local clone's, which is no other repository's.
        """
        snapshot = self._forge(watch).read(subject_of(watch))
        if not watch.is_in(self._repository):
            return snapshot
        return replace(snapshot, history=read_history(self._root, snapshot.paper_list.files, versions=True))

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Create or update the pull request."""
        if not isinstance(state, Snapshot):
            raise TypeError("a pull request is delivered to a list that was read where it is proposed")
        plan = make_plan(state, deliverables)
        self._waiting |= bool(plan.waiting)
        if self._dry_run:
            return replace(plan, notes=(plan.describe(),))
        return replace(plan, pull_request=self._forge(watch).apply(plan))

    def _forge(self, watch: WatchConfig) -> Forge:
        """Return the way to the watch's repository; its requests are paced by itself."""
        if watch.repository not in self._forges:
            self._forges[watch.repository] = self._open_forge(watch.repository)
        return self._forges[watch.repository]


def subject_of(watch: WatchConfig) -> Subject:
    """Return which list a watch serves, what its pull requests are known by, and how it wants them."""
    return Subject(
        watch.name,
        watch.list,
        watch.former_names,
        watch.pull_request,
        watch.budget.per_pull_request,
        watch.template,
    )
