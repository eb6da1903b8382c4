"""The command-line parser and its help texts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

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


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; each command names the module and function that implement it."""
    parser = argparse.ArgumentParser(
        prog="arxiv-watch",
        description="Read arXiv and open a pull request that adds new papers to your Markdown list.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="PATH",
        help="the config file (default: config/arxiv-watch.yml, then .github/arxiv-watch.yml)",
    )
    parser.add_argument("--now", metavar="ISO8601", help="run as if it were this moment (replays, tests)")
    volume = parser.add_mutually_exclusive_group()
    volume.add_argument("-v", "--verbose", action="store_true", help="log every step to stderr")
    volume.add_argument("-q", "--quiet", action="store_true", help="log errors only")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_poll(commands)
    _add_watches(commands)
    _add_sync(commands)
    _add_review(commands)
    _add_serve(commands)
    _add_classify(commands)
    _add_list(commands)
    _add_evaluate(commands)
    _add_setup(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no public name for it


def _command(commands: Commands, name: str, module: str, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text[:1].upper() + text[1:] + ".")
    command.set_defaults(module=module, function=name)
    return command


def _add_poll(commands: Commands) -> None:
    poll = _command(
        commands, "poll", "poll", "poll arXiv once and show, apply or propose new papers for the lists"
    )
    poll.add_argument("watches", nargs="*", metavar="WATCH", help="the watches to run (default: all)")
    poll.add_argument("--since", metavar="DATE", help="catch up from this announcement day")
    target = poll.add_mutually_exclusive_group()
    target.add_argument("--open-pr", action="store_true", help="open or update the pull request")
    target.add_argument("--apply", action="store_true", help="edit the local list file")
    source = poll.add_mutually_exclusive_group()
    source.add_argument(
        "--collect", type=Path, metavar="FILE", help="only poll arXiv for all watches, into one portable file"
    )
    source.add_argument(
        "--from",
        type=Path,
        metavar="FILE",
        dest="collected",
        help="work from such a file, without any request to arXiv",
    )
    poll.add_argument(
        "--format",
        choices=("text", "json", "markdown", "html"),
        default="text",
        help="the format of the report; html is one page that needs nothing else",
    )
    poll.add_argument("--output", type=Path, metavar="FILE", help="write the report to this file, not stdout")


def _add_watches(commands: Commands) -> None:
    watches = _command(commands, "watches", "watches", "list the watches of the config, for a matrix of jobs")
    watches.add_argument("--format", choices=("text", "json"), default="text", help="the output format")
    watches.add_argument(
        "--shard",
        metavar="I/N",
        help="only the I-th of N parts of about equal size; no repository is parted",
    )


def _add_sync(commands: Commands) -> None:
    sync = _command(
        commands, "sync", "sync", "do what people answered on the open pull request, without polling arXiv"
    )
    sync.add_argument("watches", nargs="*", metavar="WATCH", help="the watches to look at (default: all)")
    sync.add_argument("--dry-run", action="store_true", help="report what would be done and write nothing")
    sync.add_argument("--format", choices=("text", "json"), default="text", help="the format of the report")


def _add_review(commands: Commands) -> None:
    review = _command(commands, "review", "review", "poll, then decide on each proposal at the terminal")
    review.add_argument("watches", nargs="*", metavar="WATCH", help="the watches to run (default: all)")
    review.add_argument("--since", metavar="DATE", help="catch up from this announcement day")


def _add_serve(commands: Commands) -> None:
    serve = _command(commands, "serve", "poll", "stay running and poll on the schedules in the config")
    serve.add_argument("watches", nargs="*", metavar="WATCH", help="the watches to run (default: all)")
    serve.add_argument(
        "--health", type=int, metavar="PORT", help="serve /health on this loopback port: 200 or 503"
    )
    target = serve.add_mutually_exclusive_group()
    target.add_argument("--open-pr", action="store_true", help="open or update the pull request at each poll")
    target.add_argument("--apply", action="store_true", help="edit the local list file at each poll")


def _add_classify(commands: Commands) -> None:
    classify = _command(
        commands,
        "classify",
        "classify",
        "report the relevance and headings of the given papers, with evidence",
    )
    classify.add_argument("ids", nargs="*", metavar="ID_OR_URL", help="papers, by identifier or link")
    classify.add_argument(
        "--papers",
        type=Path,
        metavar="FILE",
        help="papers, as a file of paper rows (JSON Lines, .gz allowed)",
    )
    classify.add_argument(
        "--list", metavar="LIST", help="the list to learn from (default: the first watch's)"
    )
    classify.add_argument(
        "--metadata",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="paper rows of listed papers",
    )
    classify.add_argument(
        "--background",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="paper rows of unlisted papers (default: those in --metadata, and --papers if it is long)",
    )
    classify.add_argument("--output", type=Path, metavar="FILE", help="write JSON Lines to this file")


def _add_list(commands: Commands) -> None:
    group = commands.add_parser("list", help="read, extend and check a Markdown list by itself")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = _command(actions, "show", "lists", "print the sections and entry styles found in a list")
    show.add_argument("list", metavar="LIST", help="a file, a glob or a folder")
    show.add_argument("--format", choices=("text", "json"), default="text", help="the output format")
    add = _command(actions, "add", "lists", "insert one paper and print the diff")
    add.add_argument("list", metavar="LIST", help="a file, a glob or a folder")
    add.add_argument("--paper", type=Path, required=True, metavar="FILE", help="a file with one paper row")
    add.add_argument(
        "--heading", required=True, metavar='"A > B"', help="the heading path, or the end of it if unique"
    )
    add.add_argument("--write", action="store_true", help="write the list instead of printing the diff")
    check = _command(actions, "check", "lists", "report what in a list is unreadable, duplicated or broken")
    check.add_argument("list", metavar="LIST", help="a file, a glob or a folder")
    check.add_argument("--format", choices=("text", "json"), default="text", help="the output format")


def _add_evaluate(commands: Commands) -> None:
    evaluate = _command(commands, "evaluate", "evaluate", "measure how well the classifier does on a list")
    evaluate.add_argument(
        "watch",
        nargs="?",
        metavar="WATCH",
        help="a watch (default: the first), or a list, which needs no config",
    )
    evaluate.add_argument(
        "--history", action="store_true", help="replay the list's own git history, month by month"
    )
    evaluate.add_argument("--since", metavar="DATE", help="replay from this day")
    evaluate.add_argument(
        "--metadata",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="paper rows of listed and announced papers; arXiv is then not asked for them",
    )
    evaluate.add_argument("--format", choices=("text", "json"), default="text", help="the output format")
    evaluate.add_argument("--report", type=Path, metavar="FILE.html", help="write an HTML report with plots")


def _add_setup(commands: Commands) -> None:
    init = _command(commands, "init", "setup", "write a commented config for an existing list")
    init.add_argument("list", metavar="LIST", help="a file, a glob or a folder inside the repository")
    init.add_argument(
        "--output", type=Path, metavar="FILE", help="write the config to this file (default: print it)"
    )
    init.add_argument("--workflow", type=Path, metavar="FILE", help="also write a workflow, to this file")
    init.add_argument(
        "--category",
        action="append",
        default=[],
        metavar="CATEGORY",
        help="a category to watch (repeatable); arXiv is then not asked for suggestions",
    )
    init.add_argument(
        "--metadata",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="paper rows of listed papers, to find the categories in; arXiv is then not asked",
    )
    check = _command(
        commands,
        "check",
        "doctor",
        "check config, lists, git history and workflows, and say how to fix each problem",
    )
    check.add_argument("--online", action="store_true", help="check arXiv and GitHub too")
    check.add_argument("--format", choices=("text", "json"), default="text", help="the output format")
    completion = _command(commands, "completion", "setup", "print a shell's completion script")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell")
    _command(commands, "schema", "setup", "print the JSON Schema of the config")
    demo = _command(
        commands, "demo", "demo", "run the whole cycle offline, against stand-ins for arXiv and GitHub"
    )
    demo.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the repository and the report in this folder"
    )
