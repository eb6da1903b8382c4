"""arXiv's active categories, their aliases and their OAI-PMH sets.

The source is https://arxiv.org/category_taxonomy; in code it is arXiv's `arxiv-base`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from arxiv_watch.errors import UsageError
from arxiv_watch.papers import Category, Paper

# The set of an archive in OAI-PMH: its subject classes; an archive without any is itself a category.
_ARCHIVES = {
    "cs:cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA "
    "NE NI OH OS PF PL RO SC SD SE SI SY",
    "econ:econ": "EM GN TH",
    "eess:eess": "AS IV SP SY",
    "math:math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA "
    "RT SG SP ST",
    "physics:astro-ph": "CO EP GA HE IM SR",
    "physics:cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "physics:gr-qc": "",
    "physics:hep-ex": "",
    "physics:hep-lat": "",
    "physics:hep-ph": "",
    "physics:hep-th": "",
    "physics:math-ph": "",
    "physics:nlin": "AO CD CG PS SI",
    "physics:nucl-ex": "",
    "physics:nucl-th": "",
    "physics:physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph "
    "flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "physics:quant-ph": "",
    "q-bio:q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin:q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat:stat": "AP CO ME ML OT TH",
}

OAI_SETS: dict[Category, str] = {
    ".".join(filter(None, (archive.partition(":")[2], subject))): ":".join(filter(None, (archive, subject)))
    for archive, subjects in _ARCHIVES.items()
    for subject in subjects.split() or [""]
}
"""The OAI-PMH set of each active category: `cs.LG` is `cs:cs:LG`, `hep-th` is `physics:hep-th`."""

CATEGORIES: frozenset[Category] = frozenset(OAI_SETS)
"""All 155 categories that arXiv announces papers in."""

ALIASES: dict[Category, Category] = {
    "cs.NA": "math.NA",
    "cs.SY": "eess.SY",
    "math.IT": "cs.IT",
    "math.MP": "math-ph",
    "q-fin.EC": "econ.GN",
    "stat.TH": "math.ST",
}
"""Categories that are other names of another; arXiv lists every paper of one under both."""

_OTHER_NAMES = ALIASES | {main: other for other, main in ALIASES.items()}

FORMER: dict[str, Category] = {
    "acc-phys": "physics.acc-ph",
    "adap-org": "nlin.AO",
    "alg-geom": "math.AG",
    "ao-sci": "physics.ao-ph",
    "atom-ph": "physics.atom-ph",
    "bayes-an": "physics.data-an",
    "chao-dyn": "nlin.CD",
    "chem-ph": "physics.chem-ph",
    "cmp-lg": "cs.CL",
    "comp-gas": "nlin.CG",
    "dg-ga": "math.DG",
    "funct-an": "math.FA",
    "mtrl-th": "cond-mat.mtrl-sci",
    "patt-sol": "nlin.PS",
    "plasm-ph": "physics.plasm-ph",
    "q-alg": "math.QA",
    "solv-int": "nlin.SI",
    "supr-con": "cond-mat.supr-con",
}
"""Archives of the nineties, and the category that each became; nothing is announced under the old name."""


def canonical(category: Category) -> Category:
    """Return the one name that arXiv's pages give a category and its alias: `eess.SY` for `cs.SY`."""
    return ALIASES.get(category, category)


def spellings(category: Category) -> frozenset[Category]:
    """Return the category with its other name, if it has one."""
    return frozenset({category, _OTHER_NAMES.get(category, category)})


def belongs(category: Category, categories: Iterable[Category]) -> bool:
    """Return whether a paper of these categories is listed under `category`, aliases included."""
    return not spellings(category).isdisjoint(categories)


def listed_under(categories: Collection[Category], papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return the papers that are listed under any of the categories."""
    return tuple(paper for paper in papers if any(belongs(name, paper.categories) for name in categories))


def suggest(category: str) -> Category | None:
    """Return the category that was probably meant by a misspelt one, or None."""
    import difflib  # only needed to explain a mistake

    lower = {name.lower(): name for name in CATEGORIES} | FORMER
    if category.lower() in lower:
        return lower[category.lower()]
    return next((lower[name] for name in difflib.get_close_matches(category.lower(), lower, n=1)), None)


def check_categories(categories: Iterable[Category]) -> None:
    """Raise a `UsageError` unless all categories exist; it names those that were probably meant."""
    unknown = [category for category in categories if category not in CATEGORIES]
    if unknown:
        meant = ", ".join(filter(None, map(suggest, unknown)))
        advice = f"did you mean {meant}?" if meant else "see https://arxiv.org/category_taxonomy"
        raise UsageError(f"arXiv has no category {', '.join(unknown)}", advice)
