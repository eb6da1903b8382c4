"""`init`, `schema` and `completion`: what is needed once, before the first poll."""

from __future__ import annotations

import argparse
import json
import logging
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.git import ask_git
from arxiv_watch.cli.output import write_output
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.config import arxiv_settings
from arxiv_watch.config.models import ArxivConfig, json_schema
from arxiv_watch.config.starter import Starter, propose_categories, write_starter
from arxiv_watch.config.workflow import odd_minute, write_workflow
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import parse_list, read_list
from arxiv_watch.papers import Category

log = logging.getLogger(__name__)

LONGEST_CONTACT = 200  # of `arxiv.contact`


def init(context: Context, arguments: argparse.Namespace) -> int:
    """Write a commented configuration for an existing list, and the workflow if asked for.

    Raises:
        UsageError: A file to write exists, or a category or the list's path is not allowed.
    """
    for path in (arguments.output, arguments.workflow):
        if path and path.exists():
            raise UsageError(f"{path} exists", "remove it first, or choose another name")
    folder, name = context.locate(arguments.list)
    if folder != context.root:
        raise UsageError(
            f"the list {arguments.list!r} is outside {context.root}", "run this in its repository"
        )
    paper_list = parse_list(read_list(folder, name))
    settings = arxiv_settings(context.environ)
    minute = odd_minute(repository_name(context))
    counts = Counter(path for _, path in paper_list.placed)
    ids = sorted(paper_list.ids)
    starter = Starter(
        list_path=name,
        categories=arguments.category or _categories(context, settings, arguments.list, ids),
        contact=settings.contact or mail_address(context),
        headings={path: counts[path] for path in paper_list.headings},
        minute=minute,
    )
    try:
        text = write_starter(starter)
    except ValidationError as error:
        wrong = [detail["msg"].removeprefix("Value error, ") for detail in error.errors()]
        raise UsageError(wrong[0]) from None  # the others follow from the first
    if arguments.workflow:
        _write(arguments.workflow, write_workflow(f"{minute} 5 * * 1-5"))
        log.warning("replace OWNER and COMMIT in its last step: the action's owner, and the commit you trust")
    if arguments.output:
        _write(arguments.output, text)
        log.warning("`arxiv-watch check` examines it, `arxiv-watch poll` does a dry run")
    else:
        context.print(text)
    return 0


def repository_name(context: Context) -> str:
    """Return what the repository is called: by GitHub, by its remote, or else by its folder."""
    address = ask_git(context.root, "remote", "get-url", "origin").removesuffix(".git")
    named = re.search(r"([\w.-]+/[\w.-]+)$", address)
    return context.environ.get("GITHUB_REPOSITORY") or (named[1] if named else context.root.resolve().name)


def mail_address(context: Context) -> str:
    """Return the address that commits here are made with, or nothing where it fits no header."""
    address = ask_git(context.root, "config", "user.email")
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
    context.print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0


def completion(context: Context, arguments: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    import shtab  # noqa: PLC0415 - only here

    context.print(shtab.complete(build_parser(), shell=arguments.shell))
    return 0


def _categories(
    context: Context, settings: ArxivConfig, pattern: str, ids: Sequence[ArxivId]
) -> list[Category]:
    """Ask arXiv for the listed papers' own categories.

    Raises:
        ArxivUnavailableError: ArXiv cannot be asked.
        UsageError: The list links no paper that arXiv knows.
    """
    with context.open_arxiv(settings) as arxiv:
        categories = propose_categories(arxiv.metadata(ids).values())
    if not categories:
        raise UsageError(f"{pattern} links no paper that arXiv knows", "name the categories with --category")
    return categories
