"""The command-line parser and its help texts."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from arxiv_watch import __version__

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

Option = Callable[["argparse._ActionsContainer"], object]  # noqa: SLF001 - it has no public name
"""What adds one option to a command, or several of which only one may be given."""


def _option(*names: str, **settings: object) -> Option:
    return lambda command: command.add_argument(*names, **settings)  # type: ignore[arg-type]  # argparse's own


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


def _defaults(**values: object) -> Option:
    return lambda command: command.set_defaults(**values)


def _one_of(*options: Option) -> Option:
    def add(command: argparse._ActionsContainer) -> None:
        group = command.add_mutually_exclusive_group()
        for option in options:
            option(group)

    return add


_WATCHES = _text("watches", "WATCH", "the watches to run (default: all)", nargs="*")
_SINCE = _text("--since", "DATE", "catch up from this announcement day")
_LIST = _text("list", "LIST", "a file, a glob or a folder")
_OUTPUT = _formats("text", "json")

_GLOBAL = (
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
_POLL = (
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
    _formats(
        *("text", "json", "markdown", "html"),
        text="the format of the report; html is one page that needs nothing else",
    ),
    _file("--output", "write the report to this file, not stdout"),
)
_SHARD = _text("--shard", "I/N", "only the I-th of N parts of about equal size; no repository is parted")
_SYNC = (
    _text("watches", "WATCH", "the watches to look at (default: all)", nargs="*"),
    _flag("--dry-run", "report what would be done and write nothing"),
    _formats("text", "json", text="the format of the report"),
)
_SERVE = (
    _WATCHES,
    _text("--health", "PORT", "serve /health on this loopback port: 200 or 503", type=int),
    _defaults(since=None, collected=None),  # a cycle is that of `poll`
    _one_of(
        _flag("--open-pr", "open or update the pull request at each poll"),
        _flag("--apply", "edit the local list file at each poll"),
    ),
)
_CLASSIFY = (
    _text("ids", "ID_OR_URL", "papers, by identifier or link", nargs="*"),
    _file("--papers", "papers, as a file of paper rows (JSON Lines, .gz allowed)"),
    _text("--list", "LIST", "the list to learn from (default: the first watch's)"),
    _files("--metadata", "paper rows of listed papers"),
    _files(
        "--background",
        "paper rows of unlisted papers (default: those in --metadata, and --papers if it is long)",
    ),
    _file("--output", "write JSON Lines to this file"),
)
_ADD = (
    _LIST,
    _file("--paper", "a file with one paper row", required=True),
    _text("--heading", '"A > B"', "the heading path, or the end of it if unique", required=True),
    _flag("--write", "write the list instead of printing the diff"),
)
_EVALUATE = (
    _text("watch", "WATCH", "a watch (default: the first), or a list, which needs no config", nargs="?"),
    _flag("--history", "replay the list's own git history, month by month"),
    _text("--since", "DATE", "replay from this day"),
    _files("--metadata", "paper rows of listed and announced papers; arXiv is then not asked for them"),
    _OUTPUT,
    _file("--report", "write an HTML report with plots", "FILE.html"),
)
_INIT = (
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
    _files("--metadata", "paper rows of listed papers, to find the categories in; arXiv is then not asked"),
)
_CHECK = (_flag("--online", "check arXiv and GitHub too"), _OUTPUT)
_SHELL = _option("shell", choices=("bash", "zsh", "tcsh"), help="the shell")
_KEEP = _file("--keep", "keep the repository and the report in this folder", "DIR")

Command = tuple[str, str, str, tuple[Option, ...]]
"""Its name, the module that implements it by a function of that name, its help, its options."""

_COMMANDS: tuple[Command, ...] = (
    ("poll", "poll", "poll arXiv once and show, apply or propose new papers for the lists", _POLL),
    ("watches", "watches", "list the watches of the config, for a matrix of jobs", (_OUTPUT, _SHARD)),
    ("sync", "poll", "do what people answered on the open pull request, without polling arXiv", _SYNC),
    ("review", "review", "poll, then decide on each proposal at the terminal", (_WATCHES, _SINCE)),
    ("serve", "poll", "stay running and poll on the schedules in the config", _SERVE),
    (
        "classify",
        "classify",
        "report the relevance and headings of the given papers, with evidence",
        _CLASSIFY,
    ),
    ("list", "", "read, extend and check a Markdown list by itself", ()),
    ("evaluate", "evaluate", "measure how well the classifier does on a list", _EVALUATE),
    ("init", "setup", "write a commented config for an existing list", _INIT),
    (
        "check",
        "doctor",
        "check config, lists, git history and workflows, and say how to fix each problem",
        _CHECK,
    ),
    ("completion", "setup", "print a shell's completion script", (_SHELL,)),
    ("schema", "setup", "print the JSON Schema of the config", ()),
    ("demo", "demo", "run the whole cycle offline, against stand-ins for arXiv and GitHub", (_KEEP,)),
)
_LIST_ACTIONS: tuple[Command, ...] = (
    ("show", "lists", "print the sections and entry styles found in a list", (_LIST, _OUTPUT)),
    ("add", "lists", "insert one paper and print the diff", _ADD),
    ("check", "lists", "report what in a list is unreadable, duplicated or broken", (_LIST, _OUTPUT)),
)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; each command names the module and function that implement it."""
    parser = argparse.ArgumentParser(
        prog="arxiv-watch",
        description="Read arXiv and open a pull request that adds new papers to your Markdown list.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for option in _GLOBAL:
        option(parser)
    _add_commands(parser, "command", _COMMANDS)
    return parser


def _add_commands(parser: argparse.ArgumentParser, kind: str, commands: tuple[Command, ...]) -> None:
    group = parser.add_subparsers(title=f"{kind}s", metavar=kind.upper(), required=True)
    for name, module, text, options in commands:
        if not module:
            _add_commands(group.add_parser(name, help=text), "action", _LIST_ACTIONS)
            continue
        command = group.add_parser(name, help=text, description=text[:1].upper() + text[1:] + ".")
        command.set_defaults(module=module, function=name)
        for option in options:
            option(command)
