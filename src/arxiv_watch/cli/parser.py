"""The command line: its commands and their options; a new command is one entry here and its own module."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arxiv_watch import __version__
from arxiv_watch.report import RUN_FORMATS

EPILOG = """\
exit codes:
  0    done, also when there is nothing to propose
  2    wrong usage or config
  3    an edit was refused: the list could not be changed safely
  4    arXiv could not be read completely; what was found is kept
  5    arXiv answered, but with an old batch (stale) or too few papers (starved)
  6    GitHub refused; the message names the setting or permission to change
  130  interrupted
"""


@dataclass(frozen=True, slots=True)
class Option:
    """An option or an argument: its names, and what else `add_argument` is told of it."""

    names: tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Options of which only one may be given."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or one with actions below it.

    Attributes:
        name: Its name, and that of the function that runs it.
        help: What it does, in half a sentence.
        options: What it takes, in the order of its help.
        module: The module of this package with that function.
        actions: The actions, where the command is nothing by itself.
    """

    name: str
    help: str
    options: tuple[Option | OneOf, ...]
    module: str
    actions: tuple[Command, ...]


def _command(
    name: str, text: str, *options: Option | OneOf, module: str = "", actions: tuple[Command, ...] = ()
) -> Command:
    return Command(name, text, options, module or name, actions)


def _option(*names: str, **settings: object) -> Option:
    return Option(names, settings)


def _one_of(*options: Option) -> OneOf:
    return OneOf(options)


def _flag(name: str, text: str) -> Option:
    return _option(name, action="store_true", help=text)


def _text(name: str, metavar: str, text: str, **settings: object) -> Option:
    return _option(name, metavar=metavar, help=text, **settings)


def _file(name: str, text: str, metavar: str = "FILE", **settings: object) -> Option:
    return _option(name, type=Path, metavar=metavar, help=text, **settings)


def _files(name: str, text: str) -> Option:
    return _file(name, text, nargs="+", action="extend", default=[])


def _formats(*names: str, text: str = "the output format") -> Option:
    return _option("--format", choices=names, default="text", help=text)


_WATCHES = _text("watches", "WATCH", "the watches to run (default: all)", nargs="*")
_SINCE = _text("--since", "DATE", "catch up from this announcement day")
_LIST = _text("list", "LIST", "a file, a glob or a folder")
_OUTPUT = _formats("text", "json")

GLOBAL_OPTIONS = (
    _option("--version", action="version", version=f"%(prog)s {__version__}"),
    _file(
        "--config", "the config file (default: config/arxiv-watch.yml, then .github/arxiv-watch.yml)", "PATH"
    ),
    _text("--now", "ISO8601", "run as if it were this moment (replays, tests)"),
    _one_of(
        _option("-v", "--verbose", action="store_true", help="log every step to stderr"),
        _option("-q", "--quiet", action="store_true", help="log errors only"),
    ),
)

COMMANDS = (
    _command(
        "poll",
        "poll arXiv once and show, apply or propose new papers for the lists",
        _WATCHES,
        _SINCE,
        _one_of(
            _flag("--open-pr", "open or update the pull request"),
            _flag("--apply", "edit the local list file"),
        ),
        _one_of(
            _file("--collect", "only poll arXiv for all watches, into one portable file"),
            _file("--from", "work from such a file, without any request to arXiv", dest="collected"),
        ),
        _formats(*RUN_FORMATS, text="the format of the report; html is one page that needs nothing else"),
        _file("--output", "write the report to this file, not stdout"),
    ),
    _command(
        "watches",
        "list the watches of the config, for a matrix of jobs",
        _OUTPUT,
        _text("--shard", "I/N", "only the I-th of N parts of about equal size; no repository is parted"),
    ),
    _command(
        "sync",
        "do what people answered on the open pull request, without polling arXiv",
        _text("watches", "WATCH", "the watches to look at (default: all)", nargs="*"),
        _flag("--dry-run", "report what would be done and write nothing"),
        _formats("text", "json", text="the format of the report"),
    ),
    _command("review", "poll, then decide on each proposal at the terminal", _WATCHES, _SINCE),
    _command(
        "serve",
        "stay running and poll on the schedules in the config",
        _WATCHES,
        _text("--health", "PORT", "serve /health on this loopback port: 200 or 503", type=int),
        _one_of(
            _flag("--open-pr", "open or update the pull request at each poll"),
            _flag("--apply", "edit the local list file at each poll"),
        ),
    ),
    _command(
        "classify",
        "report the relevance and headings of the given papers, with evidence",
        _text("ids", "ID_OR_URL", "papers, by identifier or link", nargs="*"),
        _file("--papers", "papers, as a file of paper rows (JSON Lines, .gz allowed)"),
        _text("--list", "LIST", "the list to learn from (default: the first watch's)"),
        _files("--metadata", "paper rows of listed papers"),
        _files(
            "--background",
            "paper rows of unlisted papers (default: those in --metadata, and --papers if it is long)",
        ),
        _file("--output", "write JSON Lines to this file"),
    ),
    _command(
        "list",
        "read, extend and check a Markdown list by itself",
        actions=(
            _command(
                "show", "print the sections and entry styles found in a list", _LIST, _OUTPUT, module="lists"
            ),
            _command(
                "add",
                "insert one paper and print the diff",
                _LIST,
                _file("--paper", "a file with one paper row", required=True),
                _text("--heading", '"A > B"', "the heading path, or the end of it if unique", required=True),
                _flag("--write", "write the list instead of printing the diff"),
                module="lists",
            ),
            _command(
                "check",
                "report what in a list is unreadable, duplicated or broken",
                _LIST,
                _OUTPUT,
                module="lists",
            ),
        ),
    ),
    _command(
        "evaluate",
        "measure how well the classifier does on a list",
        _text("watch", "WATCH", "a watch (default: the first), or a list, which needs no config", nargs="?"),
        _flag("--history", "replay the list's own git history, month by month"),
        _text("--since", "DATE", "replay from this day"),
        _files("--metadata", "paper rows of listed and announced papers; arXiv is then not asked for them"),
        _OUTPUT,
        _file("--report", "write an HTML report with plots", "FILE.html"),
    ),
    _command(
        "init",
        "write a commented config for an existing list",
        _text("list", "LIST", "a file, a glob or a folder inside the repository"),
        _file("--output", "write the config to this file (default: print it)"),
        _file("--workflow", "also write a workflow, to this file"),
        _text(
            "--category",
            "CATEGORY",
            "a category to watch (repeatable); arXiv is then not asked for suggestions",
            action="append",
            default=[],
        ),
        _files(
            "--metadata", "paper rows of listed papers, to find the categories in; arXiv is then not asked"
        ),
        module="setup",
    ),
    _command(
        "check",
        "check config, lists, git history and workflows, and say how to fix each problem",
        _flag("--online", "check arXiv and GitHub too"),
        _OUTPUT,
        module="doctor",
    ),
    _command(
        "completion",
        "print a shell's completion script",
        _option("shell", choices=("bash", "zsh", "tcsh"), help="the shell"),
        module="setup",
    ),
    _command("schema", "print the JSON Schema of the config", module="setup"),
    _command(
        "demo",
        "run the whole cycle offline, against stand-ins for arXiv and GitHub",
        _file("--keep", "keep the repository and the report in this folder", "DIR"),
    ),
)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; each command names the module and function that implement it."""
    parser = argparse.ArgumentParser(
        prog="arxiv-watch",
        description="Read arXiv and open a pull request that adds new papers to your Markdown list.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options(parser, GLOBAL_OPTIONS)
    _add_commands(parser, "command", COMMANDS)
    return parser


def _add_commands(parser: argparse.ArgumentParser, kind: str, commands: Iterable[Command]) -> None:
    group = parser.add_subparsers(title=f"{kind}s", metavar=kind.upper(), required=True)
    for command in commands:
        if command.actions:
            _add_commands(group.add_parser(command.name, help=command.help), "action", command.actions)
            continue
        description = f"{command.help[:1].upper()}{command.help[1:]}."
        below = group.add_parser(command.name, help=command.help, description=description)
        below.set_defaults(module=command.module, function=command.name)
        _add_options(below, command.options)


def _add_options(parser: argparse.ArgumentParser, options: Iterable[Option | OneOf]) -> None:
    for option in options:
        if isinstance(option, OneOf):
            group = parser.add_mutually_exclusive_group()
            for alternative in option.options:
                group.add_argument(*alternative.names, **alternative.settings)
        else:
            parser.add_argument(*option.names, **option.settings)
