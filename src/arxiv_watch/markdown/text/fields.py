"""What the words of an entry are: links, dates, labels, venues, short names; and how new ones are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from arxiv_watch.identifiers import ANY_STYLE, NEW_STYLE, ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.wording import MONTHS

_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS).replace("Sep(?:", "Sep(?:t|")
_MONTH_START = "|".join(name[:3] for name in MONTHS)
_DATES = (
    re.compile(  # matches "2024-10-25" and "2024/10"
        r"(?<![\d./-])(?P<Y>(?:19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?(?![\d/-])"
    ),
    # matches "25.10.2024" and "10/2024"
    re.compile(r"(?<![\w./-])(?:(?P<d>\d{1,2})\.)?(?P<m>\d{1,2})(?P<s>[./])(?P<Y>20[0-3]\d)(?![\w./-]\d|\w)"),
    # matches the date of "[24.10]"
    re.compile(r"(?<=[\[(\s`*])(?P<y>[12]\d|3\d)\.(?P<m>0[1-9]|1[0-2])(?=[\])`*])"),
    # matches the date of "(10/24)"
    re.compile(r"(?<=[\[(`*])(?P<m>0[1-9]|1[0-2])/(?P<y>[12]\d|3\d)(?=[\])`*])"),
    # matches the date of "[2410]", but "[2012]" is a year
    re.compile(r"(?<=[\[(`*])(?P<y>1[5-9]|2[1-9])(?P<m>0[1-9]|1[0-2])(?=[\])`*])"),
    # matches "202410" and "20241025"
    re.compile(r"(?<![\w./-])(?P<Y>20[0-3]\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)?(?![\w/-]|\.\d)"),
    # matches "24-10-25"
    re.compile(r"(?<![\d./-])(?P<y>\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])"),
    re.compile(  # matches "24.04.16"
        r"(?<![\w./-])(?P<y>[12]\d|3\d)(?P<s>[./])(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>[0-3]\d)(?![\w./-]\d|\w)"
    ),
    # matches "25 Oct. 2024"
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}}),? (?P<b>{_MONTH})(?P<dot>\.?),? (?P<Y>(?:19|20)\d\d)(?!\d)"),
    re.compile(  # matches "October 25th, 2024", "Oct 25 2024" and "Oct 2024"
        rf"\b(?P<b>{_MONTH})(?P<dot>\.?),? ?(?:(?P<d>\d{{1,2}})(?P<o>st|nd|rd|th)?,? )?"
        r"(?P<Y>(?:19|20)\d\d)(?!\d)"
    ),
    # matches "2024年10月25日"
    re.compile(r"(?<!\d)(?P<Y>(?:19|20)\d\d)年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日)?)?"),
    # matches "2024", not the year of "2024 Cell"
    re.compile(r"(?<![\d./'’-])(?P<Y>(?:19|20)\d\d)(?![\d./-]\d|\d| [^\W\d_]{2})"),
    re.compile(r"(?<=\[)(?P<Y>(?:19|20)\d\d)(?= [^\W\d_])"),  # matches the year of "[2024 Cell]"
)
ABSTRACT = "https://arxiv.org/abs/{id}"
"""The form of a link to a paper's page, where the list shows no other."""
_SCHEME = re.compile(r"https?://|www\.", re.IGNORECASE)  # matches the "https://" of a link that opens
_TWO_DIGITS = re.compile(r"\d\d")  # matches the first two digits of "2024"
# matches "{Y}", "{m:02}", "{b?}" and "{b}."
_CODE = re.compile(r"\{[Yymd](?:\?|:02)?\}|\{[bB]\?\}|\{b\}\.?|\{B\}")
# matches "2407.12391v2" and "math.GT/0309136"
_ID = re.compile(ANY_STYLE)


def url_form(url: str, identifier: ArxivId) -> str:
    """Write a link's form with `{id}` for the identifier, its version left out; a blemish shows none."""
    match = _ID.search(url)
    if match is None or ArxivId.find(match[0]) != identifier:
        return ABSTRACT
    prefix, suffix = url[: match.start()], url[match.end() :]
    is_odd = not _SCHEME.match(prefix)  # such as the "{" of "({https://arxiv.org/abs/2407.12391)"
    if suffix not in {"", ".pdf"} or is_odd or "/ftp/" in prefix or "//" in prefix.partition("://")[2]:
        return ABSTRACT
    return f"{prefix}{{id}}{suffix}"


def find_dates(text: str) -> Iterator[tuple[int, int, str]]:
    """Find dates and their formats, `2024/10/25` as `{Y}/{m:02}/{d:02}`; overlapping finds are left out."""
    if not _TWO_DIGITS.search(text):
        return
    taken = bytearray(len(text))
    for pattern in _DATES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]) and _plausible(match):
                taken[start:end] = b"x" * (end - start)
                yield start, end, _date_format(match)


def _plausible(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    month, day = groups.get("m"), groups.get("d")
    return (not month or int(month) in range(1, 13)) and (not day or int(day) in range(1, 32))


def _date_format(match: re.Match[str]) -> str:
    pieces: list[tuple[int, int, str]] = []
    for name, value in match.groupdict().items():
        if value is None or name in {"s", "dot", "o"}:
            continue
        start, end = match.span(name)
        if name == "d" and match.groupdict().get("o"):
            end, code = match.end("o"), "{o}"
        elif name == "b":
            end += len(match["dot"])
            code = "{b?}" if value == "May" else "{B}" if value in MONTHS else "{b}" + match["dot"]
        else:
            code = f"{{{name}{_padding(name, value)}}}"
        pieces.append((start, end, code))
    text, position = "", match.start()
    for start, end, code in sorted(pieces):
        text += match.string[position:start] + code
        position = end
    return text + match.string[position : match.end()]


def _padding(name: str, value: str) -> str:
    """Return how a number is written: `:02` with two digits always, `?` where from 10 on nothing shows."""
    if name == "y" or value.startswith("0"):
        return ":02"
    return "?" if name in "md" and len(value) > 1 else ""


def settle(forms: Iterable[str]) -> Callable[[str], str]:
    """Learn from all forms of a section what the doubtful ones mean: padding, and the month of May."""
    counts = Counter(code for form in forms for code in _CODE.findall(form))
    meaning = {
        "{m?}": "{m}" if counts["{m}"] > counts["{m:02}"] else "{m:02}",
        "{d?}": "{d}" if counts["{d}"] > counts["{d:02}"] else "{d:02}",
        "{b?}": max(("{b}", "{b}.", "{B}"), key=lambda code: counts[code]),
    }
    return lambda form: _CODE.sub(lambda code: meaning.get(code[0], code[0]), form)


def write_date(form: str, paper: Paper) -> str | None:
    """Write a paper's date in a format of `find_dates`; None where the day is asked for and not known."""
    form = settle([form])(form)
    day = paper.published or paper.announced
    if day is None:
        if "{d" in form or "{o" in form:
            return None
        day = paper.id.month
    month_name = MONTHS[day.month - 1]
    short = month_name if month_name == "May" else month_name[:3]
    if short == "May":
        form = form.replace("{b}.", "{b}")
    return form.format(
        Y=day.year, y=day.year % 100, m=day.month, d=day.day, o=_ordinal(day.day), b=short, B=month_name
    )


def _ordinal(number: int) -> str:
    ending = "th" if number in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_REPOSITORY = re.compile(  # matches "https://github.com/owner/name"
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/[\w.-]+/[\w.-]*\w"
)


def is_code_address(url: str) -> bool:
    """Return whether an address is that of a repository on a code host."""
    return bool(_REPOSITORY.match(url))


def code_address(paper: Paper) -> str:
    """Return the address of the paper's code; empty where none is named, or several are."""
    found = {match.removesuffix(".git") for match in _REPOSITORY.findall(f"{paper.abstract} {paper.comment}")}
    return found.pop() if len(found) == 1 else ""


# matches "[Paper]", "official code", "link to paper", "论文" and "2407.12391"
LABEL = re.compile(
    r"\W*(?:(?:the |full |official |arxiv |our )?(?:papers?|papaer|pdfs?|arxiv|arxive|preprint|abs|"
    r"abstract|link|url|html|doi|"
    r"official code|code|codes|github|git|repo|project(?: page)?|page|website|web|site|demo|video|"
    r"slides?|poster|talk|blog|post|"
    r"data|dataset|model|models|supp|supplement|bibtex|bib|tweet|youtube|docs?|openreview|hf|huggingface|"
    r"pytorch|tensorflow|tf|keras|caffe|jax|python|matlab|c\+\+|torch|star|colab|"
    r"notebook|media|summary|tutorial|book|"
    r"homepage|home|here|online|journal|publication|proceedings|"
    r"论文|代码|链接|项目|项目主页|主页|数据集?|模型|博客|原文|下载)"
    r"(?: (?:paper|code|page|link|version|to (?:the )?(?:paper|pdf|code)|\d+))?|v?\d{1,4}|"
    rf"(?:arxiv:? ?)?{NEW_STYLE})\W*",
    re.IGNORECASE,
)
# matches "Authors:" and "**Published in**"
_FIELD_NAME = re.compile(
    r"\W*(?:(?:first )?authors?|by|affiliations?|institutions?|venue|conference|published(?: in| at| on)?"
    r"|publisher|in|on|at|from|and|dates?|year|posted|submitted|abstract|summary|key ?words?|tl;?dr"
    r"|source|title|作者|单位|机构|日期|时间|发表|会议|期刊|标题|题目|摘要|关键词|著者|概要)\W*",
    re.IGNORECASE,
)
# matches "Title: Attention Is All You Need"
_NAME = re.compile(r"\s*+(?P<name>[^:\s](?:[^:]{0,38}?[^:\s])??)\s*+[:：]\s++(?P<rest>\S.*)")
_NAMES_WHAT_FOLLOWS = re.compile(r"[^:：\n]{1,30}[:：]\W*")  # matches "📑 Publisher:" right before a field
DATE_HEAD = re.compile(rf"\d|{_MONTH_START}")  # matches "Oct" and "2"
_NEW_ID = re.compile(rf"(?<![\w.]){NEW_STYLE}(?!\d)")  # matches "2510.14586v2"
# matches the hyphen of " -CVPR", which is left of "2022-CVPR" without its year
_JOINT = re.compile(r"(?<=\s)[-:_](?=\w)")
_NAME_WORDS = 4  # of the longest short name before a title's colon
LONGEST_LABEL = 40  # characters; a title of that length need not be looked at


def is_label(text: str) -> bool:
    """Return whether a link's text names the link (paper, code, a venue, a year) and not the paper."""
    if len(text) > LONGEST_LABEL:
        return False
    return not text.strip() or bool(LABEL.fullmatch(text)) or is_venue(text) or _is_date(text) or is_tag(text)


def _is_date(text: str) -> bool:
    bare = text.strip(" []()*_`.,:")
    return bool(DATE_HEAD.match(bare)) and any(
        (start, end) == (0, len(bare)) for start, end, _ in find_dates(bare)
    )


def is_tag(text: str) -> bool:
    """Return whether a text holds venues, dates and identifiers and nothing else."""
    if not re.search(r"\d\d", text):
        return is_venue(text)
    text = _NEW_ID.sub("", text)
    for start, end, _ in sorted(find_dates(text), reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return not re.search(r"\w", PREPRINT.sub("", VENUE.sub("", _JOINT.sub(" ", text))))


def is_field_name(text: str) -> bool:
    """Return whether words say what stands beside them (paper, code, authors, by, in) and nothing else."""
    return not re.search(r"\d", text) and bool(LABEL.fullmatch(text) or _FIELD_NAME.fullmatch(text))


def may_name_field(text: str) -> bool:
    """Return whether words say what stands beside them, or may, as any do that end with a colon."""
    return is_field_name(text) or (not re.search(r"\d", text) and bool(_NAMES_WHAT_FOLLOWS.fullmatch(text)))


def split_title(title: str) -> tuple[str, str] | None:
    """Split `Name: what it does` into its two halves; None for a title without a short name."""
    match = _NAME.fullmatch(title)
    if match is None or len(match["name"].split()) > _NAME_WORDS:
        return None
    return match["name"], match["rest"]


def short_name(title: str) -> str:
    """Return the short name of a title if it is one word, else nothing."""
    halves = split_title(title)
    return halves[0] if halves and " " not in halves[0] else ""


_KNOWN = (
    "3DV|AAAI|bioRxiv|biorxiv|BioRxiv|Biorxiv|medRxiv|medrxiv|chemRxiv|ChemRxiv|ACCV|ACL|ACML|ACMMM|AISTATS|APSys|ASE|ASPLOS|ATC|AutoML|BMVC|CAV|CCS|CGF|CHI|CIKM|"
    "CLeaR|CoLM|COLM|COLING|COLT|CONLL|CoNLL|CoRL|CORL|CVPR|CVPRW|DAC|DASFAA|DATE|EACL|ECAI|ECCV|"
    "ECCVW|ECIR|ECML|ECML-PKDD|EMNLP|EuroMLSys|EuroSys|Eurosys|FAST|FAccT|FPGA|FSE|GECCO|HPCA|HPDC|"
    "HotNets|HotOS|ICASSP|ICCAD|ICCD|ICCV|ICCVW|ICDAR|ICDCS|ICDE|ICDM|ICIP|ICLR|ICME|ICML|ICMR|ICPP|"
    "ICPR|ICRA|ICS|ICSE|IJCAI|IJCNN|IJCV|INFOCOM|INTERSPEECH|IPDPS|IPMI|IROS|ISBI|ISCA|ISMAR|ISSTA|ITSC|"
    "IV|Interspeech|JMLR|KDD|LREC|LREC-COLING|LoG|MICCAI|MICRO|MIDL|MLSYS|MLSys|Mlsys|MM|MobiCom|MobiSys|"
    "NAACL|NDSS|NIPS|NSDI|NeurIPS|NeuRIPS|Neurips|OOPSLA|OSDI|PACT|PAKDD|PAMI|PETS|PKDD|PLDI|PMLR|"
    "PNAS|POPL|PPoPP|PR|PRL|PVLDB|RA-?L|RSS|Recsys|RecSys|S&P|SC|SDM|SIGCOMM|SIGGRAPH|SIGIR|SIGMOD|"
    "SOSP|SoCC|SP|SPAA|TACL|TIFS|TIP|TIST|TKDE|TMC|TMI|TMLR|TMM|TNNLS|TOG|TOIS|TPAMI|TPDS|TVCG|UAI|"
    "UIST|USENIX|VLDB|WACV|WSDM|WWW|Nature|Science|Sensors|"
    "ACM MM|SIGGRAPH Asia|USENIX ATC|USENIX Security"
)
_YEAR = r"[\s,.'’‘`_-]{0,3}(?:(?:19|20)\d\d|\d\d)(?![\d.]\d)"
_KIND = (
    r"(?:(?: (?:[A-Z][\w-]*|and|for|in|of|on)){0,6}"
    r" (?:[Ff]indings|[Ww]orkshops?|[Oo]ral|[Ss]potlight|Best Paper|Demo|Long|Short|Main|[Pp]oster|Journal))?"
)
_START = r"(?:(?<![\w/.-])|(?<=\b\d\d\d\d-))"  # of a word, and after the year of "2022-CVPR"
# matches "NeurIPS 2024", "CVPR'24 Oral" and "Findings of ACL 2023"
VENUE = re.compile(
    rf"{_START}(?:(?:Findings of |IEEE |ACM )?(?:{_KNOWN})W?(?:[/@][A-Z][\w-]*)?{_KIND}(?:{_YEAR})?"
    rf"|[A-Z][A-Za-z&]{{0,30}}[A-Z][A-Za-z]{{0,30}}{_KIND}{_YEAR}"
    rf"|(?<=[(*])(?!(?:{_MONTH_START})[a-z]*\b)[A-Z][\w-]*(?: [A-Z][\w-]*){{0,4}} (?:19|20)\d\d(?=[)*]))"
    rf"(?![\w/-]){_KIND}"
)
# matches "arXiv" and "arXiv preprint", not "arxiv.org"
PREPRINT = re.compile(
    rf"{_START}(?:arxiv(?: preprint)?|preprint)(?![\w/]|\.org|-\w| (?-i:[a-z]+ ))",
    re.IGNORECASE,
)


def is_venue(text: str) -> bool:
    """Return whether a text names a venue, a preprint server or a year, and nothing else."""
    text = text.strip(" []()*_`.,:")
    return bool(VENUE.fullmatch(text) or PREPRINT.fullmatch(text))
