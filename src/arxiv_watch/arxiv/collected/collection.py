"""One poll as a portable file: collected by one machine, worked on by many, or published as a mirror.

The file is gzipped JSON, made from the cache and not the cache itself. It holds everything that a run asks of
arXiv: announcements with their coverage, the background, and the metadata of the lists' papers.
"""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.errors import UsageError
from arxiv_watch.files import open_input, writing
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Category, Paper

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION: Literal[1] = 1
MOST_BYTES = 1 << 30  # of the unzipped file; a thousand lists of twenty fields take 90 MB (docs/scaling.md)
COLLECT_AGAIN = "collect again with `arxiv-watch poll --collect FILE`"


@dataclass(frozen=True, slots=True)
class Collection:
    """What one poll brought home for all watches.

    Attributes:
        version: The form of the file.
        made: When it was collected, UTC.
        categories: The categories that were read.
        queries: The extra searches that were made.
        first: The first day whose announcements are in it.
        poll: The announcements, their coverage, and the background.
        metadata: What arXiv knows of the lists' papers.
        unknown: Those that arXiv was asked for and does not know: nothing is missing of them.
    """

    version: Literal[1]
    made: datetime
    categories: tuple[Category, ...]
    queries: tuple[str, ...]
    first: date
    poll: Poll
    metadata: tuple[Paper, ...]
    unknown: tuple[ArxivId, ...] = ()


@cache
def _adapter() -> TypeAdapter[Collection]:
    from pydantic import TypeAdapter  # `--help` starts without it

    return TypeAdapter(Collection)


def write_collection(path: Path, collection: Collection) -> None:
    """Write the file, whole or not at all.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        with writing(path) as file:
            file.write(gzip.compress(_adapter().dump_json(collection), mtime=0))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "choose another file") from error


def read_collection(path: Path) -> Collection:
    """Read a file of `poll --collect`.

    Raises:
        UsageError: It is missing, cut, larger than `MOST_BYTES`, of another version, or no such file.
    """
    try:
        with open_input(path) as file:
            return parse_collection(file.read(MOST_BYTES + 1), str(path))
    except FileNotFoundError as error:
        raise UsageError(f"no file {path}", COLLECT_AGAIN) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", COLLECT_AGAIN) from error


def parse_collection(zipped: bytes, name: str) -> Collection:
    """Read the bytes of such a file, which errors call by `name`.

    Raises:
        UsageError: They are cut, unpack to more than `MOST_BYTES`, or are of another version or kind.
    """
    try:
        with gzip.open(io.BytesIO(zipped)) as file:
            data = file.read(MOST_BYTES + 1)
    except EOFError as error:
        raise UsageError(f"{name} is cut off", f"transfer it again, or {COLLECT_AGAIN}") from error
    except (OSError, zlib.error) as error:
        raise UsageError(f"{name} cannot be read: {error}", COLLECT_AGAIN) from error
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name} holds more than {MOST_BYTES >> 20} MB", COLLECT_AGAIN)
    return _parse(data, name)


def _parse(data: bytes, name: str) -> Collection:
    from pydantic import ValidationError  # `--help` starts without it

    try:
        return _adapter().validate_json(data)
    except ValidationError as error:
        faults = {".".join(map(str, fault["loc"])): fault for fault in error.errors()}
    # A file of another version may be unlike ours in everything, and only its version is to blame.
    if (version := faults.get("version")) is not None and version["type"] == "literal_error":
        message = f"{name} is of version {version['input']}, and this arxiv-watch reads version {VERSION}"
        raise UsageError(message, "collect and work with the same release of arxiv-watch")
    where, fault = next(iter(faults.items()))
    message = f"{name} is no file of `poll --collect`: {where or 'it'}: {fault['msg']}"
    raise UsageError(message, COLLECT_AGAIN)
