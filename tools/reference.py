"""Generates the parts of the documentation that are taken from the program.

`make docs` runs this: it writes docs/configuration.md from the models of the configuration, and updates
every quoted `--help` in docs/cli.md. A test fails while either of them is out of date.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import yaml
from pydantic import AfterValidator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.config import parse_config
from arxiv_watch.config.file import ENVIRONMENT_PREFIX
from arxiv_watch.config.models import WatchConfig, fields_of
from arxiv_watch.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = ROOT / "docs" / "configuration.md"
COMMANDS = ROOT / "docs" / "cli.md"
HELP = re.compile(r"^```console\n\$ (arxiv-watch[a-z -]*--help)\n.*?^```$", re.MULTILINE | re.DOTALL)
COLUMNS = 100  # characters: wide enough that hardly a help line breaks

INTRODUCTION = """\
# Configuration

<!-- Written by `make docs` from src/arxiv_watch/config/models.py; do not edit. -->

One YAML file contains any number of watches; one poll of arXiv serves them all.
Its path is `config/arxiv-watch.yml` or `.github/arxiv-watch.yml`, or what `--config` says.
`arxiv-watch init LIST` writes a file with every key explained, `arxiv-watch check` examines it,
and `arxiv-watch schema` prints its JSON Schema for your editor.

Two keys of a watch are required; everything else has a default:

```yaml
watches:
  - list: README.md
    categories: [cs.DC, cs.LG, cs.CL]
```

A longer example:

```yaml
watches:
  - name: llm-inference
    list: README.md
    categories: [cs.DC, cs.LG, cs.CL]
    queries: ['ti:"speculative decoding"']
    precision: 0.6
    schedule: "17 5 * * mon-fri"
    timezone: Europe/Berlin
    template: "- {date} [{title}]({url}), {authors}"
  - list: docs/hardware/*.md
    categories: [cs.AR]
arxiv:
  contact: you@example.org
```
"""

WATCH_NOTE = """\
`list` means the same files on disk as on GitHub: the file of that name; of a folder the `.md` files in it,
however deep; or those that a glob matches. In a glob `*`, `?`, `[abc]` and `[!abc]` stay within one folder;
`**` as a whole part is any number of folders, none included, so that `docs/**` is every `.md` file below
`docs/`; within a part it is `*`. Of what a glob matches, too, only `.md` files are read, unless it ends in
another ending: `docs/*.markdown`. Upper and lower case differ, what is there by the very name goes before
what it would match, and a path with `..` is refused.

The list engine defines [the fields of a `template`](lists.md#writing)."""

# What each format of a string is called, by the function that checks it.
FORMATS = {
    "_arxiv_id": "arXiv identifier, any form",
    "_category": "[category](https://arxiv.org/category_taxonomy)",
    "_heading": "[heading path](concepts.md#heading-path)",
    "_inside": "path",
    "_name": "name",
    "_url": "http(s) address",
    "_zone": "time zone",
    "check_cron": "five cron fields",
}

# One example for each group of keys below a watch.
EXAMPLES = {
    "headings": (
        """\
A glob matches within one heading; a path includes all headings below it.
A heading that itself contains glob characters, such as `[2024] Serving`, is matched by its exact words first.
A paper that fits best under an excluded heading is skipped rather than put under its second best;
only papers that `rules` ask for are then shown as unsure, under the best heading that is left.
`check` and every run report the paths that match no heading.""",
        'headings: {include: ["Serving", "Training > *"], exclude: ["Surveys"]}',
    ),
    "rules": (
        """\
A term is found as whole words, however people write them: case, accents, plurals, TeX's `$`, the kind of
hyphen and whether there is one make no difference, so `pre-training` is found in "Pretraining" and `KV cache`
in "KV-caches". In Chinese and other scripts without spaces it is found anywhere. Authors' names are compared
alike, without plurals, by whole words that a hyphen joins: `Li` is in "Wei Li", not in "Li-Ang Chen",
and `DeepSeek` is in "DeepSeek-AI".
`exclude` keeps a paper out; `include` and `authors` show it at least as unsure, outside the day's budget.""",
        'rules:\n  include: ["KV cache"]\n  exclude: ["survey"]\n  authors: ["Ada Lovelace"]',
    ),
    "budget": (
        """\
Papers beyond the daily budget are dropped, the least relevant first.
Papers that do not fit into the pull request wait for the next one.""",
        "budget: {per_day: 3, per_pull_request: 20}",
    ),
    "pull_request": (
        "If GitHub rejects one of these, such as an unknown reviewer, the run reports it and carries on.",
        "pull_request:\n  base: main\n  draft: true\n  labels: [papers]\n  reviewers: [octocat, org/team]",
    ),
}

# Common mistakes, each shown with the program's message.
REFUSED = [
    "watches:\n  - list: README.md\n    categories: [cs.LG, cs.lg]\n    headlines: {}\n",
    "watches:\n  - list: ../README.md\n    categories: []\n",
    'watches:\n  - list: README.md\n    categories: [cs.LG]\n    schedule: "17 5 * * 1-5"\n',
    "watches:\n  - list: README.md\n    categories: [cs.LG]\n    budget: {per_day: many}\n",
    "watches:\n  - list: README.md\n    categories: [cs.LG]\narxiv: {request_interval: 1}\n",
    "watches:\n  - {list: README.md, categories: [cs.LG]}\n  - {list: docs/README.md, categories: [cs.LG]}\n",
]


def write_configuration() -> str:
    """Return the whole of docs/configuration.md."""
    return "\n".join(
        [
            INTRODUCTION,
            *_group("watches", "One item per list.", WatchConfig, WATCH_NOTE),
            *_subgroups(),
            *_group("arxiv", ArxivSettings.__doc__ or "", ArxivSettings),
            *_environment(),
            *_refused(),
        ]
    )


def refresh_help(text: str) -> str:
    """Return a document with every quoted `--help` as the program prints it."""
    return HELP.sub(lambda match: f"```console\n$ {match[1]}\n{help_of(match[1])}```", text)


def help_of(command: str) -> str:
    """Return what a command line that ends with `--help` prints, with its final newline."""
    done = subprocess.run(
        [sys.executable, "-m", "arxiv_watch", *command.split()[1:]],
        env=os.environ | {"COLUMNS": str(COLUMNS), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _subgroups() -> Iterator[str]:
    for key, field in fields_of(WatchConfig).items():
        if fields_of(field.annotation):
            note, example = EXAMPLES[key]
            yield from _group(f"watches[].{key}", field.description or "", field.annotation, note)
            below = "".join(f"    {line}\n" for line in example.splitlines())
            text = f"watches:\n  - list: README.md\n    categories: [cs.LG]\n{below}"
            parse_config(text, "example", {})
            yield f"```yaml\n{text}```\n"


def _group(path: str, meaning: str, group: object, note: str = "") -> Iterator[str]:
    yield f"## `{path}`\n\n{meaning}\n" + (f"{note}\n" if note else "")
    yield "| key | type | default | meaning |\n|---|---|---|---|"
    for key, field in fields_of(group).items():
        if fields_of(field.annotation):
            cells = (f"`{key}`", "keys", "", f"{field.description} See [below](#watches{key}).")
        else:
            cells = (f"`{key}`", _type(field), _default(key, field), field.description or "")
        yield f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |"
    yield ""


def _type(field: FieldInfo) -> str:
    return _word(field.annotation, field.metadata) + _range(field.metadata)


def _word(annotation: Any, metadata: Sequence[object] = ()) -> str:  # noqa: ANN401 - an annotation is anything
    for item in metadata:
        if isinstance(item, AfterValidator) and item.func.__name__ in FORMATS:
            return FORMATS[item.func.__name__]
    if get_origin(annotation) is Annotated:
        inner, *items = get_args(annotation)
        return _word(inner, items)
    if get_origin(annotation) is tuple:
        return f"list of: {_word(get_args(annotation)[0])}"
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not type(None)]
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return names.get(kinds[0]) or _word(kinds[0])


def _range(metadata: Sequence[object]) -> str:
    signs = (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))
    told = [
        f"{word} {getattr(item, name)}" for item in metadata for name, word in signs if hasattr(item, name)
    ]
    return f", {' and '.join(told)}" if told else ""


def _default(key: str, field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "**required**"
    if key == "name":
        return "from `list`"
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    text = yaml.safe_dump(value, default_flow_style=True, width=1000)
    return f"`{text.removesuffix(chr(10)).removesuffix(chr(10) + '...')}`"


def _environment() -> Iterator[str]:
    yield (
        "## Environment\n\n"
        "Every key of `arxiv` can also be set in the environment, which takes precedence over the file:\n"
        f"`{ENVIRONMENT_PREFIX}` followed by the key in capitals. An empty variable is ignored.\n"
    )
    yield "| variable | key |\n|---|---|"
    for key in fields_of(ArxivSettings):
        yield f"| `{ENVIRONMENT_PREFIX}{key.upper()}` | `arxiv.{key}` |"
    yield (
        "\nThe repository, its token and the addresses of GitHub come from variables that Actions sets; "
        "[operations](operations.md#tokens-and-permissions) lists them.\n"
        "A workflow cannot change a variable called `GITHUB_…`, so `ARXIV_WATCH_GITHUB__API_URL`,\n"
        "`ARXIV_WATCH_GITHUB__SERVER_URL` and `ARXIV_WATCH_GITHUB__REPOSITORY` take precedence over them.\n"
        "`ARXIV_WATCH_NOW` has the same effect as `--now`.\n"
        "`python -m arxiv_watch.demo DIR` runs the demo's stand-ins until it is stopped,\n"
        "and prints the variables that point at them.\n"
    )


def _refused() -> Iterator[str]:
    yield (
        "## What is rejected\n\n"
        "All errors are reported together, each with file, line, key and, where there is one, a suggestion.\n"
        "The command then ends with exit code 2 before it sends a request or writes a file.\n"
        "Weekdays in a schedule must be given by name, because 0 is Sunday in cron and Monday elsewhere.\n"
        "A path must be inside the repository.\n"
        "For hosts of arxiv.org, intervals of less than three seconds between requests are rejected.\n"
    )
    for text in REFUSED:
        try:
            parse_config(text, "arxiv-watch.yml", {})
        except ConfigError as error:
            yield f"```yaml\n# refused\n{text}```\n\n```text\n{error}\n```\n"
        else:
            raise AssertionError(f"not refused: {text}")


def main() -> None:
    """Write what is stale."""
    for path, text in (
        (CONFIGURATION, write_configuration()),
        (COMMANDS, refresh_help(COMMANDS.read_text(encoding="utf-8"))),
    ):
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
