"""`init`, `schema` and `completion`: what is needed once, before the first poll."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from pydantic import ValidationError

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.config import arxiv_overrides
from arxiv_watch.config.models import ArxivConfig, json_schema
from arxiv_watch.config.starter import propose_categories, write_starter
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import parse_list, read_list
from arxiv_watch.papers import Category
from arxiv_watch.training import listed_ids


def init(context: Context, arguments: argparse.Namespace) -> int:
    """Write a commented configuration for an existing list.

    Raises:
        UsageError: The file to write exists, or a category or the list's path is not allowed.
    """
    if arguments.output and arguments.output.exists():
        raise UsageError(f"{arguments.output} exists", "remove it first, or choose another --output")
    paper_list = parse_list(read_list(context.root, arguments.list))
    settings = ArxivConfig.model_validate(arxiv_overrides(context.environ))
    categories = arguments.category or _categories(context, settings, arguments.list, listed_ids(paper_list))
    try:
        text = write_starter(arguments.list, categories, settings.contact)
    except ValidationError as error:
        raise UsageError("; ".join(detail["msg"] for detail in error.errors())) from None
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, encoding="utf-8")
        context.print(
            f"wrote {arguments.output}; `arxiv-watch check` examines it, `arxiv-watch poll` tries it"
        )
    else:
        context.print(text)
    return 0


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
