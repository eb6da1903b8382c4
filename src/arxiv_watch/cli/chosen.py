"""Which list `classify` and `evaluate` are about: a watch's of the config, or one that no config knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.cli.context import Context
from arxiv_watch.config import DEFAULT_PATHS, arxiv_settings
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import ListError, UsageError
from arxiv_watch.globs import is_glob


@dataclass(frozen=True, slots=True)
class ChosenList:
    """A list and how it is worked on.

    Attributes:
        folder: The folder that it is read from.
        pattern: Its name in there: a file, a glob or a folder.
        settings: How arXiv is asked about it.
        watch: Its watch; None for a list that no config knows.
    """

    folder: Path
    pattern: str
    settings: ArxivSettings
    watch: WatchConfig | None = None


def choose_list(context: Context, asked: str | None) -> ChosenList:
    """Return the list of that path or of the watch of that name; without either that of the first watch.

    Whoever names a list needs no config: arXiv is then asked as the environment says.

    Raises:
        UsageError: There is neither such a list nor such a watch.
        ListError: The watch's list is in another repository.
    """
    if asked and not _is_configured(context):
        return ChosenList(*context.locate(asked), arxiv_settings(context.environ))
    config = context.load_config()
    watch = _watch_of(context, config, asked)
    if watch is None:
        folder, pattern = context.locate(str(asked))
        if not (is_glob(pattern) or (folder / pattern).exists()):
            names = ", ".join(each.name for each in config.watches)
            raise UsageError(f"no list {asked}, and no watch of that name", f"the watches are {names}")
        return ChosenList(folder, pattern, config.arxiv)
    if not watch.is_in(context.repository):
        message = f"watch {watch.name} is in {watch.repository}, which is not here"
        raise ListError(message, "name a list that is here")
    return ChosenList(context.root, watch.list, config.arxiv, watch)


def _watch_of(context: Context, config: Config, asked: str | None) -> WatchConfig | None:
    """Return the watch of that name, or one whose list here lies at that path; None if there is neither."""
    if asked is None:
        return config.watches[0]
    for watch in config.watches:
        is_here = watch.is_in(context.repository)
        if watch.name == asked or (is_here and context.locate(watch.list) == context.locate(asked)):
            return watch
    return None


def _is_configured(context: Context) -> bool:
    """Return whether there is a config file here, or one was asked for."""
    paths = (context.root / path for path in DEFAULT_PATHS)
    return context.config_path is not None or any(path.is_file() for path in paths)
