"""Inline Markdown: links in every form people write, and what a reader sees of a text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from arxiv_watch.identifiers import ANY_STYLE, NEW_STYLE, ArxivId

# matches "[", "`", "<!--", "<a href=…>" and "https://arxiv.org/abs/2407.12391"; each begins with a
# plain character, so that `re` skips to the next fast
_TOKEN = re.compile(
    r"\\.|``*|!\[|\[|\]|<!--|</?[A-Za-z][^<>]*>|<https?://[^\s<>]*>|https?://[^\s<>|\[\]`\"]+|www\.[^\s<>|\[\]`\"]+",
    re.DOTALL,
)
_NESTED = r"(?:[^\s()\\]++|\\.|\((?:[^\s()\\]++|\\.|\([^\s()]*\))*\))"
# matches '(https://a.b/c_(d) "A hint")' and "(<https://a.b/c d>)"
_DESTINATION = re.compile(
    rf"\(\s*+(?:<(?P<pointy>[^<>\n]*)>|(?P<bare>{_NESTED}*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_REFERENCE = re.compile(r"\[([^\[\]]*)\]")  # matches "[1]" after the text of a link
# matches 'href="https://a.b"'
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)  # matches "<!-- to read -->"
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")  # matches "<br>" and "</a>"
_MARKUP = re.compile(r"[\[\]<>\\*_`&~]")  # matches "*", without which a text is what it shows
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")  # matches "\_" and "\["
# matches "**", "~~" and the "_" around a word, not in one
_EMPHASIS = re.compile(r"\*+|~~|`+|(?<![^\W_])_+|_+(?![^\W_])")
# matches "[2407.12391]" and "arXiv:2407.12391v2"
_BARE_ID = re.compile(rf"\[({NEW_STYLE})\]|(?<![\w/.])(?:arxiv|ArXiv|arXiv|ARXIV):\s?({ANY_STYLE})(?!\d)")
# matches "arxiv" and "rxiv", without which a text has no link to a paper of arXiv's
_LINK_HINT = re.compile(r"[rha5]x?iv|10\.48550|huggingface|hf\.co|scirate|paperswithcode", re.IGNORECASE)
# matches all but the first letter of "arXiv:2407.12391" and "ARXIV:2407.12391"
_NAMED = re.compile(rf"(?<=[aA])(?:r[xX]iv|RXIV):\s?({ANY_STYLE})(?!\d)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>|\[\]\"'`()]+")  # matches "https://arxiv.org/abs/2407.12391"
_KEPT = 0xF0000  # private use: stands for an escaped character while markers are taken off
# matches "https://arxiv.org/abs/2407.12391" and "https://arxiv.org/pdf/2407.12391v1.pdf"
_USUAL = re.compile(rf"https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/({NEW_STYLE})(?:\.pdf)?")
# matches "arxiv.org//abs/2407.12391" of "https://https://arxiv.org//abs/2407.12391"
_BLEMISHED = re.compile(rf"arxiv\.org/+(?:abs|pdf)/+({ANY_STYLE})(?!\d)")
# matches "&amp;" and "&#91;", and not "&copy" in "?id=1&copy=2": without its semicolon it is none to Markdown
_ENTITY = re.compile(r"&#?\w{1,31};")
_TRAILING = ".,;:!?*_~'\"\\"


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image and its place in a text.

    Attributes:
        label: Start and end of what stands for the link.
        url: The address as written.
        kind: `link`, `image`, `bare` or `html`.
        id: The arXiv paper it leads to, if any.
    """

    start: int
    end: int
    label: tuple[int, int]
    url: str
    kind: str
    id: ArxivId | None

    def moved(self, by: int) -> Link:
        """Return the same link of a text that starts `by` characters earlier."""
        label = (self.label[0] + by, self.label[1] + by)
        return replace(self, start=self.start + by, end=self.end + by, label=label)


@lru_cache(maxsize=65536)
def find_id(url: str) -> ArxivId | None:
    """Read the arXiv identifier a link leads to; blemishes at its end are forgiven."""
    usual = _USUAL.fullmatch(url)
    if usual:
        return ArxivId.find(usual[1])
    if not _LINK_HINT.search(url):
        return None
    if url.startswith("www."):
        url = "https://" + url
    found = ArxivId.find(url)
    if found is None and (blemished := _BLEMISHED.search(url)):
        found = ArxivId.find(blemished[1])
    return found


def scan_links(text: str, references: Mapping[str, str] | None = None) -> list[Link]:
    """Find the links and images of a text in order of their start; code and comments hold none.

    The addresses of reference links are given by their label in lower case.
    """
    links = list(_scan(text, references or {}))
    return sorted(links, key=lambda link: (link.start, -link.end)) if len(links) > 1 else links


def _scan(text: str, references: Mapping[str, str]) -> Iterator[Link]:
    openers: list[tuple[int, bool]] = []
    anchors: list[tuple[int, int, str]] = []
    position, last_comment = 0, text.rfind("-->")
    while match := _TOKEN.search(text, position):
        token, position = match[0], match.end()
        if token.startswith("<!"):  # what no `-->` follows is no comment
            position = text.find("-->", position) + 3 if position <= last_comment else position
        elif token in {"[", "!["}:
            openers.append((match.start(), len(token) > 1))
        elif token.startswith("]"):
            if openers:
                start, is_image = openers.pop()
                target = _target(text, match.start(), start + 1 + is_image, references)
                if target:
                    url, position = target
                    kind = "image" if is_image else "link"
                    label = (start + 1 + is_image, match.start())
                    yield Link(start, position, label, url, kind, None if is_image else find_id(url))
        elif token.startswith("`"):
            closing = re.compile(rf"(?<!`){token}(?!`)").search(text, position)
            position = closing.end() if closing else position
        elif token[0] in "hw":
            url = _trim(token)
            position = match.start() + len(url)
            yield _bare(match.start(), match.start(), url, position)
        elif token.startswith(("<http", "<HTTP")):
            yield _bare(match.start(), match.start() + 1, token[1:-1], position)
        elif token[:2].lower() == "<a" and (href := _HREF.search(token)):
            anchors.append((match.start(), match.end(), html.unescape(next(filter(None, href.groups()), ""))))
        elif token.lower().startswith("</a") and anchors:
            start, label_start, url = anchors.pop()
            yield Link(start, position, (label_start, match.start()), url, "html", find_id(url))


def inlined(text: str, references: Mapping[str, str]) -> str:
    """Write the addresses of reference links into them, `[label][name]` as `[label](address)`."""
    pieces, position = [], 0
    for link in scan_links(text, references) if references else ():
        if link.kind == "link" and text[link.end - 1] == "]":
            pieces += [text[position : link.label[1]], f"]({link.url})"]
            position = link.end
    return "".join([*pieces, text[position:]])


def _bare(start: int, label: int, url: str, end: int) -> Link:
    return Link(start, end, (label, label + len(url)), url, "bare", find_id(url))


def _target(text: str, close: int, label: int, references: Mapping[str, str]) -> tuple[str, int] | None:
    """Read what follows a closing bracket: an address in parentheses or a reference."""
    if text.startswith("(", close + 1):
        match = _DESTINATION.match(text, close + 1)
        if match:
            url = match["pointy"] if match["pointy"] is not None else match["bare"]
            if "\\" in url or "&" in url:
                url = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _ESCAPE.sub(r"\1", url))
            return url, match.end()
    if not references:
        return None
    reference = _REFERENCE.match(text, close + 1)
    name = (reference[1] if reference else "") or text[label:close]
    url = references.get(" ".join(name.split()).lower())
    return (url, reference.end() if reference else close + 1) if url else None


def _trim(url: str) -> str:
    """Cut off what GitHub's autolinks leave out: final punctuation and unbalanced parentheses."""
    while url:
        if url[-1] in _TRAILING or (url[-1] == ")" and url.count(")") > url.count("(")):
            url = url[:-1]
        else:
            break
    return url


def bare_ids(text: str) -> list[ArxivId]:
    """Find identifiers without a link, as in `[2407.12391] LLM Inference Serving` or `arXiv:2407.12391`."""
    if "[" not in text and "rXiv:" not in text and "rxiv:" not in text and "ARXIV:" not in text:
        return []
    return [found for match in _BARE_ID.finditer(text) if (found := ArxivId.find(match[1] or match[2]))]


def linked_ids(text: str) -> Iterator[ArxivId]:
    """Find every arXiv paper that the text links to or names, comments and prose included."""
    if "rXiv:" in text or "rxiv:" in text or "RXIV:" in text:
        for match in _NAMED.finditer(text):
            if named := ArxivId.find(match[1]):
                yield named
    for match in _ADDRESS.finditer(text):
        found = find_id(match[0])
        if found:
            yield found


def visible(text: str, links: list[Link] | None = None) -> str:
    """Reduce Markdown to what a reader sees: labels without addresses, no markers, no images."""
    if not _MARKUP.search(text):
        return " ".join(text.split())
    if links is None:
        links = scan_links(text) if "[" in text or "<" in text else []
    cuts: list[tuple[int, int]] = []
    for link in links:
        if link.kind == "image":
            cuts.append((link.start, link.end))
        elif link.kind == "link":
            cuts += [(link.start, link.label[0]), (link.label[1], link.end)]
    kept, position = [], 0
    for start, end in sorted(cuts):
        kept.append(text[position:start] if start > position else "")
        position = max(position, end)
    return plain("".join([*kept, text[position:]]))


def plain(text: str) -> str:
    """Take tags, emphasis, escapes and entities off a text that holds no links."""
    kept: list[str] = []
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: _keep(kept, match[1]), text)
    if "<" in text:
        end = text.rfind("-->") + 3  # what no `-->` follows is no comment
        text = _COMMENT.sub("", text[:end]) + text[end:] if end > len("-->") else text
        text = _TAG.sub(lambda tag: " " if tag[0][:3].lower() == "<br" else "", text)
    text = _EMPHASIS.sub("", text)
    if kept:
        for index, character in enumerate(kept):
            text = text.replace(chr(_KEPT + index), character)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return " ".join(text.split())


def _keep(kept: list[str], character: str) -> str:
    if character not in kept:
        kept.append(character)
    return chr(_KEPT + kept.index(character))
