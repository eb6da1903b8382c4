"""The form of an entry as a value: what is always written so, the fields, and what only a person can know."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from arxiv_watch.markdown.text.authors import AuthorForm


@dataclass(frozen=True, slots=True)
class Field:
    """What a program fills in.

    Attributes:
        kind: `title`, `name` and `rest` (the halves of a title with a colon), `alias` (a title's short name
            that stands once more elsewhere), `url`, `code`, `id`, `authors`, `venue`, `date` or `number`.
        form: How it is written: a link with `{id}` in the place of the identifier, the date's format as
            `fields.find_dates` returns it, the words a preprint has for a venue (none for a venue's own
            name), the form of the authors; None where there is one form only, or where it is chosen later.
    """

    kind: str
    form: str | AuthorForm | None = None


@dataclass(frozen=True, slots=True)
class Human:
    """What only a person can know, such as a note, a badge or a link to a demo."""


Part = str | Field | Human


@dataclass(frozen=True, slots=True)
class Template:
    """The parts of an entry in their order; of what is written as it is, no two parts meet and none is empty.

    Made by `join`, which keeps it so: then two templates that write the same are equal.
    """

    parts: tuple[Part, ...] = ()

    @classmethod
    def join(cls, *pieces: Part | Template) -> Template:
        """Put pieces one behind the other."""
        joined: list[Part] = []
        literal: list[str] = []
        for piece in pieces:
            for part in piece.parts if isinstance(piece, Template) else (piece,):
                if isinstance(part, str):
                    literal.append(part)
                    continue
                joined += [*filter(None, ["".join(literal)]), part]
                literal.clear()
        return cls((*joined, *filter(None, ["".join(literal)])))

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def text(self) -> str:
        """What is written as it is, the rest left out."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def fields(self) -> list[Field]:
        """The fields in their order."""
        return [part for part in self.parts if isinstance(part, Field)]

    def has(self, *kinds: str) -> bool:
        """Return whether there is a field of one of some kinds."""
        return any(isinstance(part, Field) and part.kind in kinds for part in self.parts)

    def filled(self, change: Callable[[Field], Part | Template]) -> Template:
        """Put something in the place of each field."""
        parts = tuple(change(part) if isinstance(part, Field) else part for part in self.parts)
        return self if parts == self.parts else Template.join(*parts)

    def rewritten(self, change: Callable[[str], str]) -> Template:
        """Change each part that is written as it is."""
        parts = tuple(change(part) if isinstance(part, str) else part for part in self.parts)
        return self if parts == self.parts else Template.join(*parts)

    def split(self, at: re.Pattern[str]) -> list[Template]:
        """Split what is written as it is, as `re.split` does; a group of the pattern is kept as a piece."""
        pieces: list[list[Part]] = [[]]
        for part in self.parts:
            first, *more = at.split(part) if isinstance(part, str) else (part,)
            pieces[-1].append(first)
            pieces += [[one] for one in more]
        return [Template.join(*parts) for parts in pieces]

    def strip(self) -> Template:
        """Take the blanks off both ends."""
        return self.rstrip().lstrip()

    def lstrip(self) -> Template:
        """Take the blanks off the beginning."""
        match self.parts:
            case (str(first), *others) if first[0].isspace():
                return Template.join(first.lstrip(), *others)
        return self

    def rstrip(self) -> Template:
        """Take the blanks off the end."""
        match self.parts:
            case (*others, str(last)) if last[-1].isspace():
                return Template.join(*others, last.rstrip())
        return self


HUMAN = Template((Human(),))


def field(kind: str, form: str | AuthorForm | None = None) -> Template:
    """Return a template of one field."""
    return Template((Field(kind, form),))
