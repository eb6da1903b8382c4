"""`check`: examine the setup, and say how to fix each problem."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote

from arxiv_watch.arxiv import FILE_NAME, last_coverage, timetable
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.workflows import examine_workflow
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import ArxivWatchError, ConfigError, ForgeError, UsageError
from arxiv_watch.files import MEGABYTE, read_file
from arxiv_watch.forge import Forge
from arxiv_watch.markdown import find_faults, parse_list, read_list, why_no_history
from arxiv_watch.notes import coverage_errors, heading_notes
from arxiv_watch.papers import CoverageState
from arxiv_watch.publish import subject_of
from arxiv_watch.report.words import reasons_for
from arxiv_watch.scope import check_learnable
from arxiv_watch.wording import plural

WORKFLOWS = Path(".github/workflows")


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that was looked at; `check` ends with the first exit code that is not 0, as a hint's is."""

    subject: str
    ok: bool
    message: str
    advice: str = ""
    exit_code: int = 0


def _well(subject: str, message: str) -> CheckFinding:
    return CheckFinding(subject, ok=True, message=message)


def _hint(subject: str, message: str, advice: str) -> CheckFinding:
    """Note something that would be better; a run works without it."""
    return CheckFinding(subject, ok=False, message=message, advice=advice)


def _failure(subject: str, error: ArxivWatchError) -> CheckFinding:
    """Note something that has to be mended before a run can work."""
    return CheckFinding(
        subject, ok=False, message=error.message, advice=error.advice, exit_code=error.exit_code
    )


def check(context: Context, arguments: argparse.Namespace) -> int:
    """Examine config, lists, history, workflows and cache, and with `--online` arXiv and GitHub."""
    findings = list(_examine(context, online=arguments.online))
    if arguments.format == "json":
        context.print_json([asdict(finding) for finding in findings])
    else:
        context.print("\n".join(_line(finding) for finding in findings))
    return next((finding.exit_code for finding in findings if finding.exit_code), 0)


def _line(finding: CheckFinding) -> str:
    mark = "ok  " if finding.ok else "fail" if finding.exit_code else "hint"
    return f"{mark}  {finding.subject}: {finding.message}" + (
        f"\n      → {finding.advice}" if finding.advice else ""
    )


def _examine(context: Context, *, online: bool) -> Iterator[CheckFinding]:
    try:
        config = context.load_config()
    except ConfigError as error:
        for line in error.message.splitlines():
            yield _failure("config", ConfigError(line, error.advice))
        return
    names = ", ".join(watch.name for watch in config.watches)
    yield _well("config", f"{plural(len(config.watches), 'watch', 'watches')}: {names}")
    if not config.arxiv.contact:
        yield _hint("config", "requests to arXiv carry no contact", "set arxiv.contact to an e-mail address")
    own = context.repository
    for watch in config.watches:
        if watch.is_in(own):
            yield from _examine_list(context.root, watch)
        elif not online:
            message = f"watch {watch.name} is in {watch.repository}, which is not here"
            yield _hint(f"list {watch.list}", message, "`check --online` reads it there")
    here = [watch.list for watch in config.watches if watch.is_in(own)]
    if here:
        yield from _examine_history(context, here)
    yield from _examine_workflows(context.root)
    yield from _examine_cache(config)
    yield from _examine_calendar(context)
    if online:
        yield from _examine_arxiv(context, config)
        yield from _examine_github(context, config)


def _examine_list(root: Path, watch: WatchConfig) -> Iterator[CheckFinding]:
    subject = f"list {watch.list}"
    try:
        paper_list = parse_list(read_list(root, watch.list))
        check_learnable(paper_list, watch.list)
    except ArxivWatchError as error:
        yield _failure(subject, error)
        return
    yield _well(subject, f"{len(paper_list.ids)} papers under {len(paper_list.headings)} headings")
    for note in heading_notes(watch, paper_list):
        advice = "`arxiv-watch list show` prints the headings; mend the config"
        yield _hint(subject, note, advice)
    faults = find_faults(paper_list)
    if faults:
        advice = f"`arxiv-watch list check {quote(watch.list)}` shows them"
        yield _hint(subject, f"{plural(len(faults), 'fault')} in the text", advice)


def _examine_history(context: Context, lists: Sequence[str]) -> Iterator[CheckFinding]:
    """Examine the git history, which placing papers and `evaluate --history` learn from."""
    subject = "git history"
    if hindrance := why_no_history(context.root):
        reason, advice = hindrance
        yield _hint(subject, f"{reason}: where people insert entries cannot be learned", advice)
    elif context.ask_git("rev-parse", "--is-shallow-repository") == "true":
        message = "incomplete: where people insert entries cannot be learned"
        yield _hint(subject, message, "`git fetch --unshallow`; in a workflow, fetch-depth: 0")
    else:
        commits = context.ask_git("rev-list", "--count", "HEAD", "--", *lists) or "0"
        yield _well(subject, f"{plural(int(commits), 'commit')} to {', '.join(lists)}")


def _examine_workflows(root: Path) -> Iterator[CheckFinding]:
    """Look at each workflow that runs arxiv-watch, as far as the file shows."""
    is_run = False
    for path in sorted((root / WORKFLOWS).glob("*.y*ml")):
        subject = f"workflow {path.name}"
        try:
            found = examine_workflow(read_file(path, MEGABYTE).decode(errors="replace"))
        except OSError as error:
            advice = "make it a readable file, or remove it"
            yield _hint(subject, f"cannot be read: {error.strerror}", advice)
            continue
        except ConfigError as error:
            yield _failure(subject, error)
            is_run = True  # it may well be the one
            continue
        is_run |= found is not None
        if found == []:
            yield _well(subject, "schedule, permissions, concurrency and pins are in order")
        for message, advice in found or ():
            yield _hint(subject, message, advice)
    if not is_run:
        advice = f"`arxiv-watch init LIST --workflow {WORKFLOWS / 'arxiv-watch.yml'}` writes one"
        yield _hint("workflow", "none runs arxiv-watch on a schedule", advice)


def _examine_cache(config: Config) -> Iterator[CheckFinding]:
    """Report how completely arXiv was read the last time."""
    folder = config.arxiv.cache_folder
    trouble = _unusable(folder)
    if trouble:
        error = ConfigError(trouble, "set arxiv.cache_dir to a folder that can be written")
        yield _failure(f"cache {folder}", error)
        return
    categories = sorted({category for watch in config.watches for category in watch.categories})
    coverage = last_coverage(folder, categories)
    if coverage is None:
        yield _hint("last poll", f"the cache in {folder} cannot be read", "the next poll makes it anew")
        return
    open_ones = [
        each for each in coverage if not (each.state.is_whole or each.state is CoverageState.WAITING)
    ]
    for reason in reasons_for(open_ones):
        yield _hint("last poll", str(reason), "`arxiv-watch poll` reads it again")
    if not coverage:
        yield _well("last poll", "none yet on this machine")
    elif not open_ones:
        days = ", ".join(f"{each.category} {each.day} {each.state}" for each in coverage)
        yield _well("last poll", days)


def _examine_calendar(context: Context) -> Iterator[CheckFinding]:
    """Warn half a year before the known days off of arXiv end."""
    known = f"arXiv's days off are known until {timetable.HOLIDAYS_END}"
    if timetable.holidays_run_out(context.clock.now().date()):
        advice = "install a newer arxiv-watch; without one a day off is `waiting` until a later batch is out"
        yield _hint("calendar", known, advice)
    else:
        yield _well("calendar", known)


def _unusable(folder: Path) -> str:
    """Return why no cache can be kept in a folder, whether it exists or not; empty if one can."""
    there = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    file = folder / FILE_NAME
    if not there.is_dir():
        return f"{there} is not a folder"
    if file.is_dir():
        return f"{file} is a folder"
    unwritable = next(
        (path for path in (there, file) if path.exists() and not os.access(path, os.W_OK)), None
    )
    return f"{unwritable} cannot be written" if unwritable else ""


def _examine_arxiv(context: Context, config: Config) -> Iterator[CheckFinding]:
    """Poll one category."""
    category = config.watches[0].categories[0]
    try:
        with context.open_arxiv(config.arxiv) as arxiv:
            coverage = arxiv.poll([category]).coverage
    except ArxivWatchError as refusal:  # such as a cache that cannot be kept
        yield _failure("arXiv", refusal)
        return
    errors = coverage_errors(coverage)
    for error in errors:
        yield _failure("arXiv", error)
    if not errors:
        states = ", ".join(f"{each.category} {each.day} {each.state}" for each in coverage)
        yield _well("arXiv", f"answers: {states}")


def _examine_github(context: Context, config: Config) -> Iterator[CheckFinding]:
    """Read each list through the API, and ask what the token and the switches of each repository allow."""
    own = context.repository
    repositories: dict[str | None, list[WatchConfig]] = {}
    for watch in config.watches:
        repositories.setdefault(watch.repository or own, []).append(watch)
    for repository, watches in repositories.items():
        try:
            forge = context.open_forge(repository)
        except UsageError as error:
            yield _hint("GitHub", f"not examined: {error.message}", error.advice)
            continue
        try:
            yield from _examine_repository(forge, repository or "", watches)
        except ArxivWatchError as error:
            yield _failure("GitHub", error)


def _examine_repository(
    forge: Forge, repository: str, watches: Sequence[WatchConfig]
) -> Iterator[CheckFinding]:
    for watch in watches:
        snapshot = forge.read(subject_of(watch))
        place = f"{snapshot.base} at {snapshot.base_sha[:7]}"
        yield _well("GitHub", f"{watch.list} read from {place}")
    yield from _examine_names(forge, watches)
    yield from _examine_access(forge, repository)


def _examine_names(forge: Forge, watches: Sequence[WatchConfig]) -> Iterator[CheckFinding]:
    """Find open pull requests of a watch that is called otherwise by now, and forgotten with its name."""
    names = [name for watch in watches for name in (watch.name, *watch.former_names)]
    for number, former in forge.unclaimed(names).items():
        yield _hint(
            f"pull request #{number}",
            f"is of a watch {former!r}, which the config does not have",
            f"add `former_names: [{former}]` to the watch that was called so, or close it",
        )


def _examine_access(forge: Forge, asked: str) -> Iterator[CheckFinding]:
    access = forge.host.access()
    if access.repository.casefold() != asked.casefold():
        message = f"{asked} is called {access.repository} by now"
        advice = f"set GITHUB_REPOSITORY, or `repository` of the watch, to {access.repository}"
        yield _hint("GitHub", message, advice)
    if access.can_push:
        yield _well("GitHub token", "may write to the repository")
    else:
        error = ForgeError(
            "may not write to the repository", "grant it contents: write and pull-requests: write"
        )
        yield _failure("GitHub token", error)
    if access.may_open_pulls is None:
        message = "this token may not read whether Actions may open pull requests"
        yield _hint("GitHub switch", message, access.switch)
    elif access.may_open_pulls:
        yield _well("GitHub switch", "Actions may open pull requests")
    else:
        error = ForgeError("Actions may not open pull requests", access.switch)
        yield _failure("GitHub switch", error)
