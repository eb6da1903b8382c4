"""Which part of an entry is the paper's title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from arxiv_watch.identifiers import NEW_STYLE
from arxiv_watch.markdown.text.authors import find_authors
from arxiv_watch.markdown.text.escapes import in_place, unfolded
from arxiv_watch.markdown.text.fields import DATE_HEAD, LONGEST_LABEL, find_dates, is_label, is_tag
from arxiv_watch.markdown.text.inline import Link, visible

Span = tuple[int, int]

_QUOTED = re.compile(r"[\"“”](?P<title>[^\"“”]{8,}?)[\"“”]")  # matches '"Attention Is All You Need"'
# matches "**Attention Is All You Need**"
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<title>(?!\s)(?:(?!(?P=mark)).)+?)(?P=mark)", re.DOTALL)
_ANGLED = re.compile(r"《(?P<title>[^《》\n]{4,})》")  # matches "《Attention Is All You Need》"
# matches "<b>Attention Is All You Need</b>"
_STRONG = re.compile(
    r"<(?P<mark>b|strong)\b[^<>]*>(?P<title>(?:(?!</?(?P=mark)\b).)+)</(?P=mark)\s*>",
    re.IGNORECASE | re.DOTALL,
)
# matches "*Attention Is All You Need*"
_ITALIC = re.compile(r"(?<![\w*])(?P<mark>[*_])(?P<title>(?![\s*_])[^*\n]+?)(?P=mark)(?![\w*])")
# matches "2024-05 ", "[NeurIPS] " and ":fire:" before a title
_PREFIX = re.compile(
    r"(?:[^\w\[(\"“*_`<$\\]+|\[[ xX]?\](?=\s)|\d{1,3}[.)]\s|\[[^\[\]\n]{0,40}\](?![(\[])[:：]?|"
    r"\(\*?[^()\n]{0,30}\*?\)(?=\s)|\([aA]r[xX]iv [^()\n]{0,60}\)(?=\s)|"
    r"\(?\d{4}[./-]\d{1,2}(?:[./-]\d{1,2})?\)?|<(?!br)[^<>]*>|<br\s*/?>|:[a-z_]+:|paper\b:?|code\b:?)+",
)
_PROSE = r"(?:\s[a-z-]{2,}){4}"
# Those tags that begin a block of HTML (CommonMark 0.31, section 4.6) between which text may stand.
_BLOCK_TAG = (  # matches "</td>" and "<dd>"
    r"</?(?:address|article|aside|blockquote|caption|center|d[dlt]|details|dialog|dir|div|fieldset|fig(?:caption|ure)"
    r"|footer|form|h[1-6]|header|legend|li|main|menu(?:item)?|nav|[ou]l|p|search|section|summary"
    r"|t(?:able|body|d|foot|h|head|r))\b[^<>]*>"
)
_STOPS = (  # what ends a title that nothing surrounds
    r"<br\s*/?>",
    _BLOCK_TAG,
    r"(?:\.\s*)?\[(?=[_`*])",  # "[__`code`__]"
    r"\\?\n",
    r"\|",
    r"\[\[|\[\\\[|\(\[",  # "[[paper](https://a.b)]"
    r"\(@",
    r"\[(?=[^\[\]]*\]\()",  # "[paper](https://a.b)"
    r"\[(?:\d{4}|[a-zA-Z]+ ?'?\d{2,4})",  # "[2024]" and "[ICML'24]"
    r"!\[",
    r"<!--",
    r"\[\^",  # "[^1]"
    r"[,.]? \(?ar[Xx]iv:\s?\d",  # ". arXiv:2407.12391"
    r":[a-z][a-z0-9_+-]+:(?!\w)",  # ":fire:"
    rf"(?<=[\w)?!])[ \t]{{2,}}(?=[A-Z][^|\n]{{0,150}}?{_PROSE})",  # "  Here we show that they"
    r"(?:[,.]\s*)?`(?=[A-Z\d][^`\n]{0,30}`\s*(?:[\[(|\n]|\Z))",  # "`ICML 2024`" before a link
    r"[,.]? \(?\*",  # ", *Ada Lovelace*"
    r",? ?\([aA]r[xX]iv\b[ \w.,:'’-]{0,30}\)",  # " (arXiv'24)"
    r",? ?\((?:\d{4}|[A-Z][a-z]{2,8}[.,]* \d{4}|[A-Z][A-Za-z]+ ?['’]?\d{2,4})\)",  # ", (ICML'24)"
    r"\Z",
)
_STOP = re.compile(rf"(?:(?<!\s)\s+)?(?:{'|'.join(_STOPS)})")  # matches " [[", "<br>" and " (2024)"
_SENTENCE = re.compile(_PROSE)  # matches " we show that they" in prose
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")  # matches '<img src="https://a.b/BIRD Top1-red">' (HKUSTDial's badges)
_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")  # matches "\["
# matches "**]: " after a short name
_AFTER_NAME = re.compile(r"(?:\*\*|__)?\]?(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?\s*")
_AFTER_TAG = re.compile(r"(?:\*\*|__)\]\s*")  # matches "**] " after the tag of "[**CBNet**] A Backbone"
_AFTER_LINK = re.compile(r"\s*[:：]\s*|\s+")  # matches ": " between a linked name and the rest of a title
# matches "**A Title**"
_WRAPPED = re.compile(r"\s*(?P<mark>\*\*|__|\*|_)(?P<inner>[^*_].*[^*_]|[^*_])(?P=mark)\s*", re.DOTALL)
# matches "**NeurIPS 2024** - " of "**NeurIPS 2024** - A Title"
_SET_OFF = re.compile(
    r"(?P<mark>\*\*|__|\*|_|`)(?P<inner>[^*_`\n:]{1,40}:?)(?P=mark)\s*[:：,.|–—-]?\s*(?=\S)"
)
_BRACKETED = re.compile(r"\[[^\[\]]+\]")  # matches the "[CBNet]" of "**[CBNet]** CBNet: A Backbone"
_LEADING_TAG = re.compile(  # matches the tag of "2022-CVPR - A Title" and "arXiv 2025.11: A Title"
    r"(?P<tag>[^\W_][^\[\](){}<>|*_`\"\n]{2,40}?)(?P<joint>\s[-–—]\s|\s?[:：|]\s|,\s)(?=\S)"
)
_DATED_VENUE = re.compile(r"(?:19|20)\d\d ?- ?[A-Z][\w&' -]*")  # matches "2014-TNLS", a venue nobody lists
# matches the tag of "ICLR'24-spotlight A Title"
_SHORT_TAG = re.compile(r"[A-Z][A-Za-z&]+ ?['’] ?\d\d(?:-[\w-]+)?\s+(?=\S)")
# matches "Title:" and "题目"
_TITLE_NAME = re.compile(r"\W*(?:(?:paper )?title|标题|题目|论文|题名|タイトル)\W*", re.IGNORECASE)
# matches the start of "[Paper 3](https://a.b)" and of "**Paper 3**, [PDF](https://a.b)"
_NUMBERED = re.compile(r"\W*(?P<title>[^\W\d_]+ \d+)(?=\*\*|__|\]\()")
_OPENING = re.compile(r"[\s\[(]*")  # matches " [(" before a title
_BETWEEN = re.compile(r"[\s\]):,.]*")  # matches "]), " between a title and a link
# matches "[2407.12391] A Title (arxiv.org)" as a page of arXiv's calls itself
_SURPLUS = re.compile(
    rf"\s*+(?:\[{NEW_STYLE}\]\s*+)?(?P<kept>(?:.+?(?:(?<!\s)|(?<=\.\s)))??)"
    r"(?:\s*\(arxiv\.org\))?(?<!\.)[.,]?\s*",
    re.DOTALL,
)
_EDGE = re.compile(r"[\s\[.,)]")  # matches "." beside a title
_STYLES = (_ANGLED, _QUOTED, _BOLD, _STRONG)
_STYLING = re.compile(r"《|\"|“|”|<|\*\*|__")  # matches "**", what a title in one of these styles begins with
_EARLY = 400  # characters
_SHORT = 3  # words: a name such as "Mixture of Depths" rather than a title
_LABEL_LENGTH = 30  # characters of the longest label seen
_NAME_LENGTH, _NAME_WORDS = 12, 2  # characters of two words, and words, that may be a short name


@dataclass(frozen=True, slots=True)
class Title:
    """A title's place in an entry.

    Attributes:
        span: Start and end of the title, or of its first part.
        text: As a reader sees it.
        rest: Start and end of what follows a short name, or None.
        short: The title is a name only.
    """

    span: Span
    text: str
    rest: Span | None = None
    short: bool = False

    def moved(self, by: int) -> Title:
        """Return the same title of a text that starts `by` characters earlier."""
        rest = (self.rest[0] + by, self.rest[1] + by) if self.rest else None
        return Title((self.span[0] + by, self.span[1] + by), self.text, rest, self.short)


def _are_people(text: str) -> bool:
    return next(find_authors(f"\n{text}\n"), None) == (1, 1 + len(text), None)


def _words(text: str) -> int:
    return len(text.split())


def _exceeds_name(text: str) -> bool:
    """Return whether a text is longer than the short name of a title."""
    return _words(text) > _NAME_WORDS or (len(text) > _NAME_LENGTH and _words(text) > 1)


def find_title(text: str, links: list[Link]) -> Title | None:
    """Find the title of a paper in an entry without its marker; None where nothing looks like one."""
    found = _Finder(text, links).title() or _numbered(text)
    return _trimmed(text, found) if found else None


def _numbered(text: str) -> Title | None:
    """Read a numbered label as a title where nothing else is one: nobody numbers an only link."""
    match = _NUMBERED.match(text)
    return Title(match.span("title"), match["title"]) if match else None


def _trimmed(text: str, title: Title) -> Title:
    """Leave out what surrounds a title inside its markers: an identifier, a site, a final stop."""
    if title.rest or title.short:
        return title
    start, end = title.span
    if not (_EDGE.match(text, start) or _EDGE.match(text, end - 1)):
        return title  # fast path for the usual case
    inner = _SURPLUS.fullmatch(text, start, end)
    if inner is None or not inner["kept"]:
        return title
    return Title(inner.span("kept"), visible(unfolded(inner["kept"])), title.rest, title.short)


class _Finder:
    """Looks for a title; escaped characters and quotes in tags are masked, so that they delimit nothing."""

    def __init__(self, text: str, links: list[Link]) -> None:
        self._text = text
        masked = in_place(text)
        if '="' in masked:
            masked = _TAG.sub(lambda tag: tag[0].replace('"', "\ue000"), masked)
        self._masked = _ESCAPED.sub("\ue000\ue000", masked) if "\\" in masked else masked
        self._links = links
        self._start = self._skip_labels(self._skip(_PREFIX, 0))

    def title(self) -> Title | None:
        """Weigh the candidates: quoted or bold text, a long link text, plain text, a short name."""
        labelled = [(link, self._shown(*link.label)) for link in self._links if link.kind in {"link", "html"}]
        named = [(link, label) for link, label in labelled if not is_label(label)]
        long = [  # a link's text is a whole title; a name with a colon and more is one, too
            (link, label)
            for link, label in named
            if _words(label) > _SHORT or len(label) > _LABEL_LENGTH or ": " in label
        ]
        first = next((pair for pair in long if pair[0].id), long[0] if long else None)
        styled = self._styled()
        if styled and (first is None or styled.span[0] < first[0].start):
            return styled
        if first:
            return Title(self._inner(*first[0].label), first[1])
        plain = self._plain()
        if named and (plain is None or named[0][0].start < plain.span[0]):
            return self._named(*named[0])
        return plain

    def _inner(self, start: int, end: int) -> Span:
        """Leave out the emphasis around a whole link text."""
        match = _WRAPPED.fullmatch(self._masked, start, end)
        return match.span("inner") if match else (start, end)

    def _skip(self, pattern: re.Pattern[str], start: int) -> int:
        match = pattern.match(self._masked, start)
        return match.end() if match else start

    def _skip_labels(self, start: int) -> int:
        """Skip what is set off before a title and names no paper: `**[ICLR 2025]**`, `**Title**:`."""
        while (match := _SET_OFF.match(self._masked, start)) and (
            is_label(match["inner"])
            or _TITLE_NAME.fullmatch(match["inner"])
            or is_tag(match["inner"])
            or _BRACKETED.fullmatch(match["inner"])
        ):
            start = self._skip(_PREFIX, match.end())
        start = self._skip_tag(start)
        if not DATE_HEAD.match(self._masked, start):
            return start
        dates = find_dates(self._masked[start : start + LONGEST_LABEL])
        dated = next((end for first, end, form in dates if first == 0 and "{" in form[4:]), 0)
        return self._skip(_PREFIX, start + dated) if dated else start

    def _skip_tag(self, start: int) -> int:
        """Skip a venue with its year before a title, as in `2022-CVPR - Title` and `CVPR'23 Title`."""
        leading = _LEADING_TAG.match(self._masked, start)
        if leading and any(link.start <= start < link.end for link in self._links):
            leading = None
        if leading and re.search(r"\d\d", leading["tag"]):
            dashed = leading["joint"].strip() in {"-", "–", "—"}
            if is_tag(leading["tag"]) or (dashed and _DATED_VENUE.fullmatch(leading["tag"])):
                return self._skip(_PREFIX, leading.end())
        return self._skip(_SHORT_TAG, start)

    def _shown(self, start: int, end: int) -> str:
        return visible(unfolded(self._text[start:end]))

    def _styled(self) -> Title | None:
        """Find a title in quotes, bold or italics."""
        best: Title | None = None
        for pattern in _STYLES if _STYLING.search(self._masked) else ():
            for match in pattern.finditer(self._masked):
                span = match.span("title")
                if match.end() <= self._start or self._is_linked(*span):
                    continue
                if pattern is _QUOTED and self._is_described(match.start()):
                    break  # what a description quotes is no title
                shown = self._shown(*span)
                if match.start() and self._masked[match.start() - 1] == "[":
                    if match.start() - 1 <= self._start and self._masked[match.end() :][:1] == "]":
                        best = Title(span, shown, None, short=True)
                elif pattern is _ANGLED or _exceeds_name(shown):
                    return Title(span, shown)
                if pattern is not _QUOTED and match.start() == self._start and shown and not is_label(shown):
                    best = best or Title(span, shown, None, short=True)
        slanted = _ITALIC.match(self._masked, self._start)
        if slanted and _words(slanted["title"]) > 1 and not _are_people(slanted["title"].rstrip(". ")):
            return Title(slanted.span("title"), self._shown(*slanted.span("title")))
        return self._extend(best) if best else None

    def _is_described(self, end: int) -> bool:
        """Return whether a sentence stands before; where one does, it begins early."""
        return bool(_SENTENCE.search(self._masked, self._start, min(end, self._start + _EARLY)))

    def _is_linked(self, start: int, end: int) -> bool:
        """Return whether a text stands in a link or holds one."""
        return any(
            start <= link.start < end or (link.start <= start < link.end and link.kind != "image")
            for link in self._links
        )

    def _extend(self, name: Title) -> Title:
        """Add to a short name in bold what follows it after a colon or its bracket."""
        colon = _AFTER_NAME.match(self._masked, name.span[1])
        after = colon or _AFTER_TAG.match(self._masked, name.span[1])
        if after is None:
            return name
        rest = (after.end(), self._stop(after.end()))
        shown = self._shown(*rest)
        if not shown:
            return name
        return Title(name.span, f"{name.text.rstrip(':')}: {shown}", rest) if colon else Title(rest, shown)

    def _stop(self, start: int) -> int:
        match = _STOP.search(self._masked, start)
        ends = [link.start for link in self._links if link.start >= start]
        end = min([match.start() if match else len(self._text), *ends])
        return start + len(self._masked[start:end].rstrip(" \t[(,.|-–—*:：，、。"))

    def _named(self, link: Link, label: str) -> Title:
        """Read `[Name](link): rest of the title`."""
        name = label.rstrip(": ")
        after = _AFTER_LINK.match(self._masked, link.end)
        if after and (":" in after[0] or label.rstrip().endswith((":", "!"))):
            rest = (after.end(), self._stop(after.end()))
            if shown := self._shown(*rest):
                cut = len(self._text[slice(*link.label)]) - len(self._text[slice(*link.label)].rstrip(": "))
                return Title((link.label[0], link.label[1] - cut), f"{name}: {shown}", rest)
        return Title(self._inner(*link.label), name, None, short=True)

    def _plain(self) -> Title | None:
        """Find a title that nothing marks: the text up to the first link, break or bracket."""
        opening = self._skip(_OPENING, self._start)
        start = next((link.start for link in self._links if self._start <= link.start < opening), self._start)
        while inside := next((link for link in self._links if link.start <= start < link.end), None):
            start = self._skip(_PREFIX, self._skip(_BETWEEN, inside.end))
        span = (start, self._stop(start))
        shown = self._shown(*span)
        if not re.search(r"\w", shown) or len(shown) <= 1:
            return None
        slanted = _ITALIC.search(self._masked, span[1])
        if slanted and _are_people(shown) and not _are_people(slanted["title"]):
            return Title(slanted.span("title"), self._shown(*slanted.span("title")))
        return Title(span, shown)
