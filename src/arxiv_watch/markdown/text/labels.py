"""What words in an entry are: the name of a link or field, a date, a venue, or a title's short name."""

from __future__ import annotations

import re

from arxiv_watch.identifiers import NEW_STYLE
from arxiv_watch.markdown.text.fields import find_dates
from arxiv_watch.wording import MONTHS

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
DATE_HEAD = re.compile(r"\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")  # matches "Oct" and "2"
_ID = re.compile(rf"(?<![\w.]){NEW_STYLE}(?!\d)")  # matches "2510.14586v2"
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
    text = _ID.sub("", text)
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
_MONTH = rf"(?:{'|'.join(name[:3] for name in MONTHS)})[a-z]*\b"
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
    rf"|(?<=[(*])(?!{_MONTH})[A-Z][\w-]*(?: [A-Z][\w-]*){{0,4}} (?:19|20)\d\d(?=[)*]))(?![\w/-]){_KIND}"
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
