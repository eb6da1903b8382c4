"""Authors: where an entry names them, how they are written, and how those of a new paper are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arxiv_watch.markdown.text.escapes import file_text
from arxiv_watch.papers import Paper

_WORD = r"[^\W\d_a-z](?:[^\W\d_]|[.'’‐-]){0,40}"
_PARTICLE = r"(?:van|von|de|der|den|di|da|la|le|el|al|bin|ben|dos|du|ten|ter)"
_NAME = rf"{_WORD}(?: (?:{_PARTICLE} )*{_WORD}){{0,4}}"
_SURNAME_PREFIX = re.compile(rf"^(?:{_PARTICLE} )+", re.IGNORECASE)  # matches "van der " of "van der Berg"
# matches "Ada Lovelace, Emmy Noether, *et al.*" and "Noether (Göttingen) et al."
_ET_AL = re.compile(
    rf"(?P<others>(?:{_NAME}, ){{0,9}})(?P<first>{_NAME})(?: \([^()\n]{{1,60}}\))?"
    r"(?P<etal>,? (?P<slant>[*_]?)et[. ]+al\.?(?P=slant))"
)
# matches "Lovelace, Ada and Noether, Emmy and others"
_INVERTED = re.compile(rf"{_NAME}, {_NAME}(?: and {_NAME}, {_NAME})+(?: and others)?")
_MARK = re.compile(r"(?<=\w)\*")  # matches the mark of "Ada Lovelace*"
_OPENED = re.compile(r"(?<!\w)[*_](?=\w)")  # matches where emphasis begins, as in "*Ada Lovelace"
_PAIR = re.compile(rf"{_WORD} (?:and|&) {_WORD}(?=\W|$)")  # matches "Lovelace & Noether"
_CJK_NAME = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{1,20}[:：]")  # of a field; matches "作者："
# matches "Ada Lovelace, Emmy Noether" between two marks, brackets or colons
_SEGMENT = re.compile(r"[^*_\n<>|()\[\]\"“”:;\x00-\x02]+")
_BY = re.compile(r"\A(?:by|from)\s+")  # matches "by " before names
_INSTITUTION = re.compile(  # matches "Tel Aviv University", "Shanghai AI Lab", "IIIT Hyderabad"
    r"\b(?:Universit\w+|Institut\w*|Lab(?:s|oratory)?|College|School|Academy|Research|Inc|Google|NVIDIA|Microsoft"
    r"|Meta|OpenAI|Tencent|Alibaba|Huawei|Amazon|Apple|Adobe|Baidu|ByteDance|Samsung|Intel|IBM|China|India|Korea"
    r"|Japan|UK|USA|Germany|France|Canada|Australia|Singapore|Israel)\b|\b[A-Z]{3,}\b"
)
# matches ", et al." and " *and others*" at the end of names
_CUT = re.compile(r",? (?P<slant>[*_]?)(?:et[. ]+al\.?|and others)(?P=slant)$")
# matches "A. M. Turing" and "J.-P. van Serre"
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.[ -]?)+ ?(?:(?:[a-z]+ )*)[^\W\d_].*", re.DOTALL)
_SEPARATOR = re.compile(r",? and |,? & |[,;]\s*")  # matches ", and " and "; " between names
_PERSON = re.compile(rf"\s*{_NAME}[\d*†‡§,]*\s*")  # matches "Ada Lovelace*1"
_INITIAL = re.compile(r"([^-\s])[^-\s]*")  # matches "Jean" and "Pierre" of "Jean-Pierre"
_IS_PARTICLE = re.compile(_PARTICLE)  # matches the "van" of "Guido van Rossum"
_AFTER_SURNAME = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")  # matches the "Jr." of "Sammy Davis Jr."
_TEAM = re.compile(r"\b(?:Collaborations?|Consortium|Team|Group)\b")  # matches "The ATLAS Collaboration"


@dataclass(frozen=True, slots=True)
class FirstAuthor:
    """The first author stands for all; of two, both are named.

    Attributes:
        named: `first` with all names, `last` with the surname, `short` with initials and surname.
        cut: What stands for the others, such as ` et al.`.
    """

    named: str
    cut: str


@dataclass(frozen=True, slots=True)
class AllAuthors:
    """All authors are named, or the first of them.

    Attributes:
        named: `names` as they are, `initials` and surname, or `inverted` with the surname first.
        joint: What stands between the last two.
        most: How many are named at most, or, of an entry, how many are; 0 for any number.
        cut: What then stands for the others.
    """

    named: str = "names"
    joint: str = ", "
    most: int = 0
    cut: str = ""


AuthorForm = FirstAuthor | AllAuthors
ALL = AllAuthors()
_PAIR_FORM = FirstAuthor("last", " et al.")


def find_authors(text: str) -> Iterator[tuple[int, int, FirstAuthor | None]]:
    """Find authors, and how the first is written where it stands for all."""
    text = _CJK_NAME.sub(lambda name: "\x02" * len(name[0]), text)
    if "*" in text and not _OPENED.search(text):
        text = _MARK.sub("†", text)  # of equal contribution, no emphasis
    end = 0
    for match in _ET_AL.finditer(text):
        kind = "first" if " " in _SURNAME_PREFIX.sub("", match["first"]) else "last"
        kind = "short" if _INITIALS.fullmatch(match["first"]) else kind
        end = match.end()
        yield match.start(), end, None if match["others"] else FirstAuthor(kind, match["etal"])
    for match in _SEGMENT.finditer(text):
        segment = _BY.sub("", match[0].strip(" .,~\\–—-"))
        start = match.start() + match[0].find(segment)
        before = text[max(match.start() - 2, 0) : match.start()]
        alone = before.endswith(("*", "_")) and before not in {"**", "__"}
        alone = alone or (before.endswith("\n") and text[match.end() :][:1] in {"", "\n", "\0"})
        if segment and start >= end and _are_people(segment, alone=alone):
            yield start, start + len(segment), _PAIR_FORM if _PAIR.fullmatch(segment) else None


def _are_people(text: str, *, alone: bool) -> bool:
    """Return whether a text is a list of names; a single name only counts where it stands alone."""
    if _INVERTED.fullmatch(text):
        return True
    parts = [part for part in _SEPARATOR.split(text) if part.strip()]
    if sum(bool(_INSTITUTION.search(part)) for part in parts) * 3 > len(parts):
        return False
    people = sum(bool(_PERSON.fullmatch(part)) for part in parts)
    full_names = sum(" " in part.strip() for part in parts)
    if len(parts) == 1:
        return alone and people == 1 and full_names == 1
    return people >= 0.8 * len(parts) and (full_names * 2 > len(parts) or bool(_PAIR.fullmatch(text)))


def manner(text: str) -> AllAuthors:
    """Return how authors who are all named are written."""
    found = _CUT.search(text)
    cut = found[0] if found else ""
    text = text.removesuffix(cut)
    if _INVERTED.fullmatch(text):
        return AllAuthors("inverted", " and ", text.count(" and ") + 1, cut)
    joints = _SEPARATOR.findall(text)
    names = [name for name in _SEPARATOR.split(text) if name.strip()]
    named = "initials" if all(map(_INITIALS.fullmatch, names)) else "names"
    return AllAuthors(named, joints[-1] if joints else "", len(names), cut)


def write_authors(form: AuthorForm, paper: Paper) -> str | None:
    """Write a paper's authors; None where they are not known."""
    if not paper.authors:
        return None
    if isinstance(form, AllAuthors):
        return _write_all(form, [_named(form.named, file_text(name)) for name in paper.authors])
    names = [_named(form.named, name) for name in paper.authors]
    match names:
        case [one]:
            return file_text(one)
        case [one, other]:
            return file_text(f"{one} and {other}")
        case _:
            return file_text(names[0]) + form.cut


def _write_all(form: AllAuthors, names: list[str]) -> str:
    if 0 < form.most < len(names):
        return (form.joint if form.named == "inverted" else ", ").join(names[: form.most]) + form.cut
    if form.joint.strip() in {",", ";"} or form.named == "inverted":
        return form.joint.join(names)
    *others, last = names
    if len(others) <= 1:  # no comma parts a pair
        return form.joint.removeprefix(",").join(names)
    return form.joint.join([", ".join(others), last])


def _named(kind: str, name: str) -> str:
    words = name.split()
    start = len(words) - 1
    if start and _AFTER_SURNAME.fullmatch(words[start]):
        start -= 1
    while start and _IS_PARTICLE.fullmatch(words[start - 1]):
        start -= 1
    given, last = words[:start], " ".join(words[start:])
    if _TEAM.search(name):
        return name
    if kind == "last":
        return last
    if not given or kind in {"names", "first"}:
        return name
    if kind == "inverted":
        return f"{last}, {' '.join(given)}"
    return " ".join([*(_INITIAL.sub(r"\1.", word) for word in given), last])
