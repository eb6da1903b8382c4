"""What a heading says to a reader, and whether papers belong under it."""

from __future__ import annotations

import re
import unicodedata

from arxiv_watch.markdown.text.inline import scan_links, visible

_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)  # matches "> > " before a quoted line
_UNDERLINE = re.compile(r"\n[ \t]*+(?:=++|-++)\s*+$")  # matches "\n=====" under a heading
_SUMMARY_MARKS = re.compile(r"^\W*#+\s*|<[^<>]*>")  # matches "## " and "<a id=top>"
# matches "## " before a heading and " ##" after one
_ATX = re.compile(r"^\s{0,3}#{1,6}(?:\s+|$)|(?:^|(?<!\s)\s+)#+\s*$")
# matches " ([top](#contents))"
_ANCHOR_LINK = re.compile(r"(?:(?<!\s)\s+)?[(\[]\s*\[[^\[\]]*\]\(#[^()]*\)\s*[)\]]")
# matches "[Back to Top](#contents)"
_BACK_LINK = re.compile(r"\[(?=[^\[\]]*(?:back|top|🔝|↑|⬆|🔙))[^\[\]]*\]\(#[^()]*\)", re.IGNORECASE)
# matches ":books: " before a heading and " :fire:" after one
_SHORTCODE = re.compile(r"^(?:\s*:[a-z0-9_+-]+:)+\s*|(?:(?<!\s)\s+)?(?::[a-z0-9_+-]+:\s*){1,20}$")
# Matches "Latest News", "Table of Contents" and "How to Cite", but no topic that begins with such a word:
# "New Architectures", "News-Driven Trading", "Contact-Rich Manipulation", "Contribution Estimation".
_NO_CATEGORY = re.compile(
    r"(?:latest |recent |our |breaking )?(?:news|updates?|releases?|announcements?|highlights?)"
    r"(?: ?(?:&|and) ?\w+)?"
    r"|news? ?(?:(?!-\w)[^\w\s].*|(?:and|from|on|about|feed|archive|updates?|features?)\b.*)"
    r"|(?:update|change|release)s? ?logs?|our (?:\w+ )?(?:works?|papers?|surveys?|publications?|projects?)"
    r"|what'?s new|changelog|(?:table of )?contents?(?: table)?|toc|index|outline|overview"
    r"|abbreviations?|glossary|acronyms?|terminolog(?:y|ies)|licen[sc]es?"
    r"|citations?(?: (?:&|and) \w+)?|cite(?: (?:us|this).*)?|citing(?: (?:us|this|our|the|awesome)\b.*)?"
    r"|bibtex|references?|acknowledge?ments?|contacts?(?:\W+(?:us|me|the|and|info\w*|contrib\w*)\b.*)?"
    r"|contribut(?:e|ing|ors?|ions?)(?:\W+(?:guid\w*|to|and|are|is|welcome)\b.*)?\W*"
    r"|how to (?:contribute|cite)\b.*|how to use(?: (?:this|it|the)\b.*)?\W*|star[ -]?history.*|stargazers.*"
    r"|about(?: (?:us|me|this|the|our|awesome)\b.*)?|join us.*|disclaimer|featured papers"
    # News and updates, thanks, how to cite and contribute, licence, contact and about, in Chinese.
    r"|(?:最新)?(?:新闻|消息)|(?:最新|近期|项目)动态|(?:最新|最近|近期)?更新(?:日志|记录|说明|历史)?|致谢|鸣谢"
    r"|(?:如何)?(?:引用|贡献)(?:方式|格式|我们|本文|本项目|指南|者)?|参与贡献|许可证?|开源协议|版权(?:声明)?"
    r"|免责声明|联系(?:我们|方式)|关于(?:我们|本项目|作者)?|加入我们|术语表",
    re.IGNORECASE,
)
_CONTENTS = re.compile(  # matches "Table of Content", the title of Furyton's list, and "about"
    r"(?:table of )?contents?|toc\b|outline|overview|about|index|目录", re.IGNORECASE
)
# matches "Click to expand" and "点击展开" as the summary of a fold, not the topics "Click-Through Rate" and
# "Fold Recognition"
_NO_HEADING = re.compile(
    r"(?:click|expand|toggle|(?:un)?fold)"
    r"(?:\s*(?!-)[^\w\s].*|\s+(?:to|here|me|for|on|this|the|all|more|it|and|or|below|list|papers?)\b.*)?"
    r"|(?:show (?:more|all|less|the)|more about)\b.*"
    r"|(?:请?[点单]击)?(?:此处|这里|以)?(?:展开|折叠|收起|查看)(?:[/或]?(?:展开|折叠|收起|更多|全部|所有|详情|内容|列表|论文))*"
    r"|show|more(?: [\w-]+)?|abstract|details?|bibtex|(?:table of )?contents?",
    re.IGNORECASE,
)


def heading_text(raw: str) -> str:
    """Read a heading's text without markers, addresses, anchors, badges, back links and outer emoji."""
    text = _UNDERLINE.sub("", _QUOTED.sub("", raw))
    text = _ATX.sub("", text) if text.lstrip().startswith("#") else text
    text = _BACK_LINK.sub("", _ANCHOR_LINK.sub("", text))
    shown = visible(text, scan_links(text))
    bare = _strip_emoji(_SHORTCODE.sub("", shown))
    return bare or shown


def summary_text(raw: str) -> str:
    """Read the summary of a fold as a heading; empty where it only says what a click does or shows."""
    text = heading_text(_SUMMARY_MARKS.sub("", raw))
    return "" if _NO_HEADING.fullmatch(text) else text


def is_category(text: str) -> bool:
    """Return whether papers can stand under a heading of this name; not under news or a licence."""
    return not _NO_CATEGORY.fullmatch(text.strip(" :.!"))


def excludes_below(text: str) -> bool:
    """Return whether the headings below this one hold no papers either; `Contents` is often a title."""
    return not is_category(text) and not _CONTENTS.match(text)


def _strip_emoji(text: str) -> str:
    kept = [index for index, character in enumerate(text) if not _is_ornament(character)]
    return text[kept[0] : kept[-1] + 1] if kept else ""


def _is_ornament(character: str) -> bool:
    return character.isspace() or (
        unicodedata.category(character) in {"So", "Sk", "Cf", "Mn", "Me", "Co"} and character != "°"
    )
