"""`init`, `schema` and `completion`: what is needed once, before the first poll."""

from __future__ import annotations

import argparse
import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from shlex import quote

from pydantic import ValidationError

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.arxiv.settings import LONGEST_CONTACT
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.output import look_up_words, papers_in, show_steps, tell_unavailable, write_output
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.config import DEFAULT_PATHS, arxiv_settings
from arxiv_watch.config.models import json_schema
from arxiv_watch.config.starter import (
    CategoryChoice,
    Starter,
    choose_categories,
    odd_minute,
    write_starter,
    write_workflow,
)
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import parse_list, read_list

log = logging.getLogger(__name__)

MOST_ASKED = 500  # of the latest listed papers: enough to know what a list is about
PATIENCE_SECONDS = 60.0  # a person waits for the answer


def init(context: Context, arguments: argparse.Namespace) -> int:
    """Write a commented configuration for an existing list, and the workflow if asked for.

    Where arXiv cannot be asked for the categories and no file has them, they are left to be filled in.

    Raises:
        UsageError: A file to write exists or would not be read there, a category or the list's path is not
            allowed, or the list links no paper.
    """
    _check_places(context, filter(None, (arguments.output, arguments.workflow)))
    folder, name = context.locate(arguments.list)
    if folder != context.root:
        raise UsageError(
            f"the list {arguments.list!r} is outside {context.root}", "run this in its repository"
        )
    paper_list = parse_list(read_list(folder, name))
    settings = arxiv_settings(context.environ)
    choice = _choose_categories(context, arguments, settings, paper_list.ids)
    if not (choice.categories or choice.trouble):
        raise UsageError(
            f"{arguments.list} links no paper whose categories are known", "name them with --category"
        )
    minute = odd_minute(_repository_name(context))
    counts = Counter(path for _, path in paper_list.placed)
    contact = settings.contact or _mail_address(context)
    starter = Starter(
        list_path=name,
        categories=choice.categories,
        contact=contact,
        headings={path: counts[path] for path in paper_list.headings},
        minute=minute,
        reasons={
            "list": f"{len(paper_list.ids)} papers of arXiv were found in it.",
            "categories": f"{choice.reason}." if choice.reason else "",
            "schedule": "a minute of your repository's own, so that not everybody asks arXiv at once.",
            "contact": "from `git config user.email`." if contact and not settings.contact else "",
        },
    )
    _write_files(context, arguments, _text_of(starter), _workflow(context, arguments, minute))
    if choice.categories:
        _name_next_steps(arguments)
        return 0
    message = f"the categories of {name} could not be looked up: {choice.trouble}"
    return tell_unavailable(message, "fill in `categories`, or run this again", context.environ)


def _check_places(context: Context, paths: Iterable[Path]) -> None:
    """Refuse to write over a file, or where GitHub does not look: it reads `.github` at the root only."""
    root = context.ask_git("rev-parse", "--show-toplevel") or context.root
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} exists", "remove it first, or choose another name")
        if ".github" in path.parts and context.root.resolve() != Path(root).resolve():
            message = f"{path} would not be read, because this is a folder of the repository {root}"
            raise UsageError(message, "run this there, and name the list from there")


def _choose_categories(
    context: Context, arguments: argparse.Namespace, settings: ArxivSettings, ids: Collection[ArxivId]
) -> CategoryChoice:
    """Choose a list's categories: those asked for, or by what is given or known of its latest papers."""
    if arguments.category:
        return CategoryChoice(tuple(arguments.category), "as --category says")
    if given := {paper.id: paper for paper in papers_in(arguments.metadata)}:
        return choose_categories([given[one] for one in ids if one in given], len(ids))
    asked = sorted(ids)[-MOST_ASKED:]
    duration = look_up_words(len(asked), settings.request_interval)
    log.warning("looking up the categories of %d listed papers: %s", len(asked), duration)
    patient = replace(settings, time_limit=min(settings.time_limit, PATIENCE_SECONDS))
    with show_steps(), context.open_arxiv(patient) as arxiv:
        found = arxiv.metadata(asked)
        return choose_categories(list(found.values()), len(asked), arxiv.trouble)


def _text_of(starter: Starter) -> str:
    try:
        return write_starter(starter)
    except ValidationError as error:
        wrong = [detail["msg"].removeprefix("Value error, ") for detail in error.errors()]
        raise UsageError(wrong[0]) from None  # the others follow from the first


def _workflow(context: Context, arguments: argparse.Namespace, minute: int) -> str:
    """Write the workflow; it names a config that the action would not find by itself."""
    name = ""
    if arguments.output:
        folder, name = context.locate(str(arguments.output))
        name = "" if folder != context.root or Path(name) in DEFAULT_PATHS else name
    return write_workflow(f"{minute} 5 * * 1-5", config=name)


def _write_files(context: Context, arguments: argparse.Namespace, config: str, workflow: str) -> None:
    if arguments.workflow:
        _write(arguments.workflow, workflow)
        log.warning("replace OWNER and COMMIT in its last step: the action's owner, and the commit you trust")
    if arguments.output:
        _write(arguments.output, config)
    else:
        context.print(config)


def _name_next_steps(arguments: argparse.Namespace) -> None:
    """Name the three commands that follow."""
    path = arguments.output or DEFAULT_PATHS[1]
    program = "arxiv-watch" if path in DEFAULT_PATHS else f"arxiv-watch --config {quote(str(path))}"
    first = [] if arguments.output else [f"init {quote(arguments.list)} --output {path}"]
    commands = [*first, "check", "poll", "evaluate --history"][:3]
    log.warning("next:\n%s", "\n".join(f"  {program} {command}" for command in commands))


def _repository_name(context: Context) -> str:
    """Return the repository's name: GitHub's, that of its remote, or else of its folder."""
    address = context.ask_git("remote", "get-url", "origin").removesuffix(".git")
    # Matches the end of "https://github.com/octocat/papers".
    named = re.search(r"([\w.-]+/[\w.-]+)$", address)
    return context.repository or (named[1] if named else context.root.resolve().name)


def _mail_address(context: Context) -> str:
    """Return the address of commits made here, or nothing where it fits no header."""
    address = context.ask_git("config", "user.email")
    # Matches "me@example.org".
    return address if re.fullmatch(r"[!-~]+@[!-~]+", address) and len(address) <= LONGEST_CONTACT else ""


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {path.parent} cannot be created: {error.strerror}") from error
    write_output(path, text)
    log.warning("wrote %s", path)


def schema(context: Context, arguments: argparse.Namespace) -> int:
    """Print the JSON Schema of the configuration."""
    del arguments
    context.print_json(json_schema())
    return 0


def completion(context: Context, arguments: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    import shtab

    context.print(shtab.complete(build_parser(), shell=arguments.shell))
    return 0
