"""Venues of publication: what a preprint has none of, and how a list calls a preprint instead."""

from __future__ import annotations

import re

from arxiv_watch.markdown.fields import MONTHS

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
