"""Authors: where an entry names them, how they are written, and how those of a new paper are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from arxiv_watch.markdown.text import file_text
from arxiv_watch.markdown.weighing import most_common
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
# matches "\x01authors:full|names| and |3|\x02"
_MANNER = re.compile("\x01authors:full(?:\\|([^\x01\x02]*))?\x02")
_SEPARATOR = re.compile(r",? and |,? & |[,;]\s*")  # matches ", and " and "; " between names
_PERSON = re.compile(rf"\s*{_NAME}[\d*†‡§,]*\s*")  # matches "Ada Lovelace*1"


def find_authors(text: str) -> Iterator[tuple[int, int, str]]:
    """Find authors and how they are written: `full`, or what is kept of the first with what follows."""
    text = _CJK_NAME.sub(lambda name: "\x02" * len(name[0]), text)
    if "*" in text and not _OPENED.search(text):
        text = _MARK.sub("†", text)  # of equal contribution, no emphasis
    end = 0
    for match in _ET_AL.finditer(text):
        kind = "first" if " " in _SURNAME_PREFIX.sub("", match["first"]) else "last"
        kind = "short" if _INITIALS.fullmatch(match["first"]) else kind
        end = match.end()
        yield match.start(), end, "full" if match["others"] else kind + match["etal"]
    for match in _SEGMENT.finditer(text):
        segment = _BY.sub("", match[0].strip(" .,~\\–—-"))
        start = match.start() + match[0].find(segment)
        before = text[max(match.start() - 2, 0) : match.start()]
        alone = before.endswith(("*", "_")) and before not in {"**", "__"}
        alone = alone or (before.endswith("\n") and text[match.end() :][:1] in {"", "\n"})
        if segment and start >= end and _are_people(segment, alone=alone):
            yield start, start + len(segment), "last et al." if _PAIR.fullmatch(segment) else "full"


def _are_people(text: str, *, alone: bool) -> bool:
    """Tell whether a text is a list of names; a single name only counts where it stands alone."""
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


def manner(text: str) -> str:
    """Tell how full authors are written: names, what joins the last two, how many, and what cuts them off."""
    cut = _CUT.search(text)
    tail = cut[0] if cut else ""
    text = text.removesuffix(tail)
    if _INVERTED.fullmatch(text):
        return f"inverted| and |{text.count(' and ') + 1}|{tail}"
    joints = _SEPARATOR.findall(text)
    names = [name for name in _SEPARATOR.split(text) if name.strip()]
    kind = "initials" if all(map(_INITIALS.fullmatch, names)) else "names"
    return f"{kind}|{joints[-1] if joints else ''}|{len(names)}|{tail}"


def with_manner(form: str, forms: Iterable[tuple[str, float]]) -> str:
    """Write the authors of a skeleton the way most of some entries do."""
    if not _MANNER.search(form):
        return form
    found = [
        (*match[1].split("|"), weight)
        for text, weight in forms
        for match in _MANNER.finditer(text)
        if match[1]
    ]
    kind = most_common((kind, weight) for kind, _, _, _, weight in found) or "names"
    of_lists = [
        (joint, weight)
        for _, joint, count, tail, weight in found
        if joint and count not in {"1", "2"} and not tail
    ]
    of_pairs = [(joint, weight) for _, joint, _, _, weight in found if joint]
    joint = most_common(of_lists) or most_common(of_pairs) or ", "
    most, cut = _limit(found)
    return _MANNER.sub(lambda _: f"\x01authors:full|{kind}|{joint}|{most}|{cut}\x02", form)


def _limit(found: Iterable[tuple[str, str, str, str, float]]) -> tuple[int, str]:
    """Tell after how many names most long lists of authors are cut off, and by what; 0 where they are not."""
    found = list(found)
    counts = [(count, weight) for _, _, count, tail, weight in found if tail]
    most = int(most_common(counts) or 0)
    whole = sum(weight for _, _, count, tail, weight in found if not tail and int(count) > most)
    if sum(weight for _, weight in counts) <= whole:
        return 0, ""
    return most, most_common((tail, weight) for _, _, _, tail, weight in found if tail)


def write_authors(form: str, paper: Paper) -> str | None:
    """Write a paper's authors in a form of `find_authors`; None where they are not known."""
    if not paper.authors:
        return None
    if form.startswith("full"):
        return _write_all(form, [file_text(name) for name in paper.authors])
    kind, tail = (form[:4], form[4:]) if form.startswith("last") else (form[:5], form[5:])
    names = [_named(kind, name) for name in paper.authors]
    match names:
        case [one]:
            return file_text(one)
        case [one, other]:
            return file_text(f"{one} and {other}")
        case _:
            return file_text(names[0]) + tail


def _write_all(form: str, names: list[str]) -> str:
    kind, joint, most, cut = form.split("|")[1:] or ("names", ", ", "0", "")
    names = [_named(kind, name) for name in names]
    if 0 < int(most) < len(names):
        return (joint if kind == "inverted" else ", ").join(names[: int(most)]) + cut
    if joint.strip() in {",", ";"} or kind == "inverted":
        return joint.join(names)
    *others, last = names
    if len(others) <= 1:  # no comma parts a pair
        return joint.removeprefix(",").join(names)
    return joint.join([", ".join(others), last])


def _named(kind: str, name: str) -> str:
    *given, last = name.split()
    if kind == "last":
        return last
    if not given or kind in {"names", "first"}:
        return name
    if kind == "inverted":
        return f"{last}, {' '.join(given)}"
    return " ".join([*(f"{word[0]}." for word in given), last])
