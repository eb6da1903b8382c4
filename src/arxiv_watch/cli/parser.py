"""The command line: its commands and their options; a new command is one entry here and its own function."""

from __future__ import annotations

import argparse
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


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; each command names the module and function that implement it."""
    parser = argparse.ArgumentParser(
        prog="arxiv-watch",
        description="Read arXiv and open a pull request that adds new papers to your Markdown list.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    places = "config/arxiv-watch.yml, then .github/arxiv-watch.yml"
    _file(parser, "--config", f"the config file (default: {places})", "PATH")
    _text(parser, "--now", "ISO8601", "run as if it were this moment (replays, tests)")
    either = parser.add_mutually_exclusive_group()
    _flag(either, "-v", "--verbose", text="log every step to stderr")
    _flag(either, "-q", "--quiet", text="log errors only")
    commands = Commands(parser, "command")
    _add_runs(commands)
    _add_judges(commands)
    _add_first_steps(commands)
    return parser


class Commands:
    """The commands of the program, or the actions of one."""

    def __init__(self, parser: argparse.ArgumentParser, kind: str) -> None:
        self._group = parser.add_subparsers(title=f"{kind}s", metavar=kind.upper(), required=True)

    def add(self, name: str, text: str, module: str = "") -> argparse.ArgumentParser:
        """Add a command: it is run by the function of its name, in the module of its name by default."""
        parser = self._group.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        parser.set_defaults(module=module or name, function=name)
        return parser

    def add_group(self, name: str, text: str) -> Commands:
        """Add a command that is nothing by itself, and return its actions."""
        return Commands(self._group.add_parser(name, help=text), "action")


Taker = argparse._ActionsContainer  # noqa: SLF001 - what a parser and a group of it have in common


def _flag(taker: Taker, *names: str, text: str) -> None:
    taker.add_argument(*names, action="store_true", help=text)


def _text(taker: Taker, name: str, metavar: str, text: str, **settings: Any) -> None:  # noqa: ANN401 - argparse's
    taker.add_argument(name, metavar=metavar, help=text, **settings)


def _file(taker: Taker, name: str, text: str, metavar: str = "FILE", **settings: Any) -> None:  # noqa: ANN401 - argparse's
    taker.add_argument(name, type=Path, metavar=metavar, help=text, **settings)


def _files(taker: Taker, name: str, text: str) -> None:
    _file(taker, name, text, nargs="+", action="extend", default=[])


def _format(taker: Taker, *names: str, text: str = "the output format") -> None:
    taker.add_argument("--format", choices=names, default="text", help=text)


def _watches(taker: Taker, doing: str = "run") -> None:
    _text(taker, "watches", "WATCH", f"the watches to {doing} (default: all)", nargs="*")


def _since(taker: Taker) -> None:
    _text(taker, "--since", "DATE", "catch up from this announcement day")


def _add_runs(commands: Commands) -> None:
    """Add what works on the watches of the config."""
    poll = commands.add("poll", "poll arXiv once and show, apply or propose new papers for the lists")
    _watches(poll)
    _since(poll)
    either = poll.add_mutually_exclusive_group()
    _flag(either, "--open-pr", text="open or update the pull request")
    _flag(either, "--apply", text="edit the local list file")
    either = poll.add_mutually_exclusive_group()
    _file(either, "--collect", "only poll arXiv for all watches, into one portable file")
    _file(either, "--from", "work from such a file, without any request to arXiv", dest="collected")
    _format(poll, *RUN_FORMATS, text="the format of the report; html is one page that needs nothing else")
    _file(poll, "--output", "write the report to this file, not stdout")

    watches = commands.add("watches", "list the watches of the config, for a matrix of jobs", "poll")
    _format(watches, "text", "json")
    parts = "only the I-th of N parts of about equal size; no repository is parted"
    _text(watches, "--shard", "I/N", parts)

    answers = "do what people answered on the open pull request, without polling arXiv"
    sync = commands.add("sync", answers, "poll")
    _watches(sync, "look at")
    _flag(sync, "--dry-run", text="report what would be done and write nothing")
    _format(sync, "text", "json", text="the format of the report")

    review = commands.add("review", "poll, then decide on each proposal at the terminal")
    _watches(review)
    _since(review)

    serve = commands.add("serve", "stay running and poll on the schedules in the config")
    _watches(serve)
    _text(serve, "--health", "PORT", "serve /health on this loopback port: 200 or 503", type=int)
    either = serve.add_mutually_exclusive_group()
    _flag(either, "--open-pr", text="open or update the pull request at each poll")
    _flag(either, "--apply", text="edit the local list file at each poll")


def _add_judges(commands: Commands) -> None:
    """Add what judges papers and lists, and the judge."""
    wanted = "report the relevance and headings of the given papers, with evidence"
    classify = commands.add("classify", wanted)
    _text(classify, "ids", "ID_OR_URL", "papers, by identifier or link", nargs="*")
    _file(classify, "--papers", "papers, as a file of paper rows (JSON Lines, .gz allowed)")
    _text(classify, "--list", "LIST", "the list to learn from (default: the first watch's)")
    _files(classify, "--metadata", "paper rows of listed papers")
    given = "those in --metadata, and --papers if it is long"
    _files(classify, "--background", f"paper rows of unlisted papers (default: {given})")
    _file(classify, "--output", "write JSON Lines to this file")

    actions = commands.add_group("list", "read, extend and check a Markdown list by itself")
    show = actions.add("show", "print the sections and entry styles found in a list", "lists")
    add = actions.add("add", "insert one paper and print the diff", "lists")
    check = actions.add("check", "report what in a list is unreadable, duplicated or broken", "lists")
    for action in (show, add, check):
        _text(action, "list", "LIST", "a file, a glob or a folder")
    for action in (show, check):
        _format(action, "text", "json")
    _file(add, "--paper", "a file with one paper row", required=True)
    _text(add, "--heading", '"A > B"', "the heading path, or the end of it if unique", required=True)
    _flag(add, "--write", text="write the list instead of printing the diff")

    evaluate = commands.add("evaluate", "measure how well the classifier does on a list")
    named = "a watch (default: the first), or a list, which needs no config"
    _text(evaluate, "watch", "WATCH", named, nargs="?")
    _flag(evaluate, "--history", text="replay the list's own git history, month by month")
    _text(evaluate, "--since", "DATE", "replay from this day")
    rows = "paper rows of listed and announced papers; arXiv is then not asked for them"
    _files(evaluate, "--metadata", rows)
    _format(evaluate, "text", "json")
    _file(evaluate, "--report", "write an HTML report with plots", "FILE.html")


def _add_first_steps(commands: Commands) -> None:
    """Add what is needed once, or when something is wrong."""
    init = commands.add("init", "write a commented config for an existing list", "setup")
    _text(init, "list", "LIST", "a file, a glob or a folder inside the repository")
    _file(init, "--output", "write the config to this file (default: print it)")
    _file(init, "--workflow", "also write a workflow, to this file")
    named = "a category to watch (repeatable); arXiv is then not asked for suggestions"
    _text(init, "--category", "CATEGORY", named, action="append", default=[])
    rows = "paper rows of listed papers, to find the categories in; arXiv is then not asked"
    _files(init, "--metadata", rows)

    everything = "check config, lists, git history and workflows, and say how to fix each problem"
    check = commands.add("check", everything, "doctor")
    _flag(check, "--online", text="check arXiv and GitHub too")
    _format(check, "text", "json")

    completion = commands.add("completion", "print a shell's completion script", "setup")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell")
    commands.add("schema", "print the JSON Schema of the config", "setup")
    demo = commands.add("demo", "run the whole cycle offline, against stand-ins for arXiv and GitHub")
    _file(demo, "--keep", "keep the repository and the report in this folder", "DIR")
