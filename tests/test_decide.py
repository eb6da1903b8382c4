from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.decide import Known, Policy, Rules, count_reasons, decide, judge, screen
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Decision, HeadingProbability, OperatingPoint, Prediction, SkipReason

HEADING = ("List", "Serving")
POINT = OperatingPoint(propose=0.5, unsure=0.2)


def paper(number: int, title: str = "A Paper", day: int = 3, **fields: object) -> Paper:
    return Paper(ArxivId(f"2511.{number:05}"), title, announced=date(2025, 11, day), **fields)


def prediction(subject: Paper, relevance: float, *paths: tuple[str, ...]) -> Prediction:
    headings = tuple(HeadingProbability(path, 0.5) for path in paths or (HEADING,))
    return Prediction(subject.id, relevance, relevance, headings)


def policy(per_day: int = 5, rules: Rules | None = None) -> Policy:
    return Policy(POINT, per_day, rules or Rules(), frozenset({HEADING}))


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (Known(listed={ArxivId("2511.00001")}), SkipReason.LISTED),
        (Known(titles={"apaper"}), SkipReason.LISTED_TITLE),
        (Known(rejected={ArxivId("2511.00001", 2)}), SkipReason.REJECTED),
        (Known(proposed={ArxivId("2511.00001")}), SkipReason.PROPOSED),
        (Known(ignored={ArxivId("2511.00001")}), SkipReason.IGNORED),
    ],
)
def test_what_is_known_is_not_looked_at_again(known: Known, reason: SkipReason) -> None:
    candidates, [skip] = screen([paper(1)], known, Rules())

    assert candidates == []
    assert (skip.decision, skip.reason) == (Decision.SKIP, reason)


def test_a_withdrawn_paper_is_not_looked_at_and_says_why() -> None:
    candidates, [skip] = screen(
        [paper(1, comment="This paper has been withdrawn by the authors")], Known(), Rules(include=("paper",))
    )

    assert candidates == []
    assert skip.reason is SkipReason.WITHDRAWN


def test_an_excluded_term_skips_whole_words_only() -> None:
    papers = [
        paper(1, "A Survey of Things"),
        paper(2, "Surveying Things"),
        paper(3, "T", abstract="a SURVEY."),
    ]

    candidates, skips = screen(papers, Known(), Rules(exclude=("survey",)))

    assert [each.id.base for each in candidates] == ["2511.00002"]
    assert {skip.reason for skip in skips} == {SkipReason.EXCLUDED}


@pytest.mark.parametrize(
    ("relevance", "decision", "reason"),
    [
        (0.5, Decision.PROPOSE, "relevant"),
        (0.3, Decision.UNSURE, "worth a look"),
        (0.1, Decision.SKIP, "irrelevant"),
    ],
)
def test_relevance_decides_by_the_operating_point(relevance: float, decision: Decision, reason: str) -> None:
    verdict = judge(paper(1), prediction(paper(1), relevance), policy())

    assert (verdict.decision, verdict.reason) == (decision, reason)


def test_a_rule_brings_a_paper_before_a_person_whatever_its_relevance() -> None:
    wanted = paper(1, authors=("Ada Lovelace",))

    verdict = judge(wanted, prediction(wanted, 0.0), policy(rules=Rules(authors=("ada lovelace",))))

    assert (verdict.decision, verdict.reason) == (Decision.UNSURE, "asked for by author ada lovelace")


def test_a_rules_term_stands_in_one_name_or_text_and_not_in_two_neighbours() -> None:
    candidate = replace(paper(1, "Serving the KV"), abstract="Cache", authors=("Wei Li", "Ming Zhang"))

    rules = Rules(include=("KV cache",), exclude=("KV cache",), authors=("Li Ming",))

    assert rules.reason_to_look(candidate) is None
    assert not rules.excludes(candidate)


@pytest.mark.parametrize(
    ("ranked", "decision", "reason"),
    [
        ({HEADING: 0.6, ("List", "News"): 0.4}, Decision.PROPOSE, "relevant"),
        ({("List", "News"): 0.5, HEADING: 0.5}, Decision.PROPOSE, "relevant"),
        ({("List", "News"): 0.6, HEADING: 0.4}, Decision.SKIP, SkipReason.NO_HEADING),
        ({("List", "News"): 0.6}, Decision.SKIP, SkipReason.NO_HEADING),
        ({}, Decision.SKIP, SkipReason.NO_HEADING),
    ],
)
def test_a_paper_whose_best_heading_is_left_out_is_put_under_no_other(
    ranked: dict[tuple[str, ...], float], decision: Decision, reason: str
) -> None:
    headings = tuple(HeadingProbability(path, probability) for path, probability in ranked.items())

    verdict = judge(paper(1), Prediction(paper(1).id, 0.9, 0.9, headings), policy())

    assert (verdict.decision, verdict.reason) == (decision, reason)
    assert verdict.path == (HEADING if decision is Decision.PROPOSE else ())


@pytest.mark.parametrize("relevance", [0.1, 0.9])
def test_what_a_rule_asks_for_is_shown_under_the_best_heading_that_is_left(relevance: float) -> None:
    wanted = paper(1, "The KV Cache")
    headings = (HeadingProbability(("List", "News"), 0.6), HeadingProbability(HEADING, 0.1))

    verdict = judge(
        wanted,
        Prediction(wanted.id, relevance, relevance, headings),
        policy(rules=Rules(include=("kv cache",))),
    )

    assert (verdict.decision, verdict.path) == (Decision.UNSURE, HEADING)


def test_a_relevant_paper_that_no_heading_is_for_is_left_to_a_person() -> None:
    homeless = Prediction(paper(1).id, 0.9, 0.9, (HeadingProbability(HEADING, 0.0),))

    verdict = judge(paper(1), homeless, policy())

    assert (verdict.decision, verdict.path) == (Decision.UNSURE, HEADING)
    assert "no heading" in verdict.reason


def test_a_day_gets_its_best_papers_and_no_more() -> None:
    papers = [paper(number, day=3 + number % 2) for number in range(8)]
    predictions = [prediction(each, 0.6 + number / 100) for number, each in enumerate(papers)]

    verdicts = decide(papers, predictions, policy(per_day=2), {date(2025, 11, 4): 1})

    proposed = [verdict.paper.id.base for verdict in verdicts if verdict.decision is Decision.PROPOSE]
    assert proposed == ["2511.00007", "2511.00006", "2511.00004"]
    assert count_reasons(verdicts)["over-budget"] == 5


RELEVANCE = st.floats(0, 1)


@given(st.lists(RELEVANCE, max_size=30), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(relevances: list[float], per_day: int, random: object) -> None:
    papers = [paper(number, day=3 + number % 3) for number in range(len(relevances))]
    pairs = [(each, prediction(each, value)) for each, value in zip(papers, relevances, strict=True)]
    shuffled = pairs.copy()
    random.shuffle(shuffled)

    one = decide([p for p, _ in pairs], [q for _, q in pairs], policy(per_day), {})
    other = decide([p for p, _ in shuffled], [q for _, q in shuffled], policy(per_day), {})

    assert one == other
    per_day_count = Counter(
        verdict.paper.announced for verdict in one if verdict.decision is Decision.PROPOSE
    )
    assert all(count <= per_day for count in per_day_count.values())
