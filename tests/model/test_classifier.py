from __future__ import annotations

from dataclasses import replace
from statistics import mean

import pytest

from arxiv_watch.errors import ListError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model import Classifier, cross_validate, fit
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Evidence, Mention, ReviewedPaper
from model_support import TOPICS, listed, make_paper, unlisted


@pytest.fixture(scope="module")
def model() -> Classifier:
    return fit(listed(), unlisted())


def test_papers_like_the_listed_rank_above_papers_of_other_fields(model: Classifier) -> None:
    wanted = [record.paper for record in listed(30, start=500)]
    others = unlisted(60, start=30_000)

    relevances = [prediction.relevance for prediction in model.predict([*wanted, *others])]

    assert min(relevances[:30]) > max(relevances[30:])


def test_new_papers_get_the_heading_of_their_topic_first(model: Classifier) -> None:
    records = listed(30, start=500)

    predictions = list(model.predict(record.paper for record in records))

    right = [p.headings[0].path == r.path for p, r in zip(predictions, records, strict=True)]
    assert sum(right) >= 27


def test_predictions_come_in_order_and_one_a_paper(model: Classifier) -> None:
    papers = unlisted(2500, start=30_000)

    ids = [prediction.id for prediction in model.predict(papers, evidence=False)]

    assert ids == [paper.id for paper in papers]


def test_probabilities_lie_between_0_and_1_and_headings_sum_to_at_most_1(model: Classifier) -> None:
    papers = [record.paper for record in listed(10, start=700)] + unlisted(10, start=40_000)

    predictions = list(model.predict(papers))

    for prediction in predictions:
        assert 0 <= prediction.relevance <= 1
        assert sum(heading.probability for heading in prediction.headings) <= 1 + 1e-5
        probabilities = [heading.probability for heading in prediction.headings]
        assert probabilities == sorted(probabilities, reverse=True)


def test_the_same_inputs_predict_the_same_to_the_last_digit() -> None:
    papers = [record.paper for record in listed(10, start=700)] + unlisted(10, start=40_000)

    runs = [list(fit(listed(), unlisted()).predict(papers)) for _ in range(2)]

    assert runs[0] == runs[1]


def test_a_prediction_does_not_depend_on_its_company(model: Classifier) -> None:
    papers = [record.paper for record in listed(10, start=700)] + unlisted(10, start=40_000)

    alone = [next(model.predict([paper])) for paper in papers]

    assert alone == list(model.predict(papers))


def test_evidence_names_words_of_the_paper_and_the_nearest_listed_papers(model: Classifier) -> None:
    paper = listed(3, start=500)[0].paper
    text = f"{paper.title} {paper.abstract}".lower()

    evidence = next(model.predict([paper])).evidence

    assert evidence.terms
    assert all(word in text for term in evidence.terms for word in term.split())
    assert len(evidence.neighbours) == 3
    similarities = [neighbour.similarity for neighbour in evidence.neighbours]
    assert similarities == sorted(similarities, reverse=True)
    assert {neighbour.path for neighbour in evidence.neighbours} <= set(TOPICS)


def test_evidence_tells_no_word_twice_and_no_stop_word(model: Classifier) -> None:
    evidence = next(model.predict([listed(1, start=500)[0].paper])).evidence

    words = [word for term in evidence.terms for word in term.split()]
    assert len(words) == len(set(words))
    assert not {"we", "that", "on", "over"} & set(words)


def test_a_paper_both_rejected_and_polled_counts_as_rejected_once() -> None:
    background = unlisted()
    paper = background[0]

    twice = next(fit(listed(), background, rejected=[paper]).predict([paper]))
    once = next(fit(listed(), background[1:], rejected=[paper]).predict([paper]))

    assert twice == once


def test_a_listed_paper_is_its_own_nearest_neighbour(model: Classifier) -> None:
    paper = listed()[7].paper

    evidence = next(model.predict([paper])).evidence

    assert evidence.neighbours[0].id == paper.id
    assert evidence.neighbours[0].similarity == pytest.approx(1.0)


def test_evidence_is_left_out_where_nobody_asks_for_it(model: Classifier) -> None:
    paper = listed(1, start=500)[0].paper

    [told], [silent] = model.predict([paper]), model.predict([paper], evidence=False)

    assert told.evidence.terms
    assert silent == replace(told, evidence=Evidence())


def test_a_heading_without_papers_is_found_by_its_own_words() -> None:
    empty = ("List", "Speculative drafting verification")
    paper = Paper(
        ArxivId.parse("2506.00001"),
        "Speculative drafting and verification for serving",
        "Speculative drafting with verification. Drafting and verification. Speculative.",
    )
    # The words are known from the background only.
    background = [*unlisted(), Paper(ArxivId.parse("2506.00002"), "Speculative drafting verification")]

    prediction = next(fit(listed(), background, headings=[*TOPICS, empty]).predict([paper]))

    assert prediction.headings[0].path == empty


def test_an_entry_without_identifier_tells_what_its_heading_is_about() -> None:
    empty, told = ("List", "Alpha"), ("List", "Beta")
    paper = Paper(ArxivId.parse("2506.00001"), "Speculative drafting with verification")
    background = [*unlisted(), Paper(ArxivId.parse("2506.00002"), "Speculative drafting verification")]
    mention = Mention("Drafting tokens for speculative verification", told)
    headings = [*TOPICS, empty, told]

    unaided = next(fit(listed(), background, headings=headings).predict([paper]))
    aided = next(fit(listed(), background, headings=headings, mentions=[mention]).predict([paper]))

    assert unaided.headings[0].path != told
    assert aided.headings[0].path == told


def test_an_entry_without_identifier_under_no_heading_for_papers_changes_nothing() -> None:
    mention = Mention("Drafting tokens for speculative verification", ("List", "News"))

    with_it = list(fit(listed(), unlisted(), mentions=[mention]).predict(unlisted(5, start=30_000)))

    assert with_it == list(fit(listed(), unlisted()).predict(unlisted(5, start=30_000)))


def test_the_best_heading_that_papers_may_be_put_under_is_told_after_five_better_ones() -> None:
    """A rule shows its papers under that one, also on a list of many headings of which few are chosen."""
    empty = [("List", f"Mineralogy {letter}") for letter in "ABCDEFGH"]
    headings = [*dict.fromkeys(record.path for record in listed()), *empty]
    model = fit(listed(), unlisted(), headings=headings)
    papers = [record.paper for record in listed(5, start=300)]

    for plain, told in zip(model.predict(papers), model.predict(papers, among=empty[:2]), strict=True):
        assert told.headings[: len(plain.headings)] == plain.headings
        assert any(heading.path in empty[:2] for heading in told.headings)
        assert len(told.headings) <= len(plain.headings) + 1


def test_only_the_given_headings_are_predicted() -> None:
    wanted = list(TOPICS)[:2]

    predictions = fit(listed(), unlisted(), headings=wanted).predict(unlisted(5))

    assert all(heading.path in wanted for prediction in predictions for heading in prediction.headings)


@pytest.mark.parametrize("count", [5, 6, 12])
def test_a_short_list_is_learned_but_said_to_be_uncalibrated(count: int) -> None:
    model = fit(listed(count), unlisted())
    wanted, other = listed(1, start=900)[0].paper, unlisted(1, start=40_000)[0]

    first, second = model.predict([wanted, other])

    assert first.score > second.score
    assert not model.operating_point(0.5).calibrated


def test_an_empty_background_still_ranks_and_proposes_nothing() -> None:
    model = fit(listed(), [])
    wanted, other = listed(1, start=900)[0].paper, unlisted(1, start=40_000)[0]

    first, second = model.predict([wanted, other])

    assert first.score > second.score
    assert first.relevance < model.operating_point(0.5).propose


def test_titles_alone_are_enough() -> None:
    model = fit(listed(abstract=False), unlisted())

    first, second = model.predict([listed(1, start=900)[0].paper, unlisted(1, start=40_000)[0]])

    assert first.relevance > second.relevance


@pytest.mark.parametrize("background", [0, 300])
def test_a_list_of_bare_links_of_which_nothing_is_known_is_ranked_all_the_same(background: int) -> None:
    """So while arXiv cannot be asked for their titles; here the headings say nothing known either."""
    paths = (("列表", "模型"), ("列表", "推理"))
    records = [
        replace(record, paper=Paper(record.paper.id, ""), path=paths[place % 2])
        for place, record in enumerate(listed(40))
    ]

    model = fit(records, unlisted(background) if background else [])

    [found] = model.predict(unlisted(1))
    assert {heading.path for heading in found.headings} == set(paths)
    assert cross_validate(records).papers == 40


def test_papers_without_any_known_word_get_a_low_relevance(model: Classifier) -> None:
    strange = Paper(ArxivId.parse("2506.00009"), "Ξένος τίτλος")

    prediction = next(model.predict([strange]))

    assert prediction.relevance < 0.5
    assert len(prediction.headings) == 3


def test_rejected_papers_make_their_like_less_relevant() -> None:
    rejected = [record.paper for record in listed(60, start=300) if record.path[-1] == "Scheduling"]
    paper = next(r.paper for r in listed(3, start=900) if r.path[-1] == "Scheduling")

    before = next(fit(listed(), unlisted()).predict([paper]))
    after = next(fit(listed(), unlisted(), rejected=rejected).predict([paper]))

    assert after.score < before.score


def test_a_busier_feed_than_the_background_makes_every_paper_less_likely() -> None:
    paper = make_paper(900, [*TOPICS["List", "KV cache"].split()])

    def relevance(candidates_per_day: float | None) -> float:
        model = fit(listed(), unlisted(), candidates_per_day=candidates_per_day)
        return next(model.predict([paper])).relevance

    assert relevance(1000) < relevance(None)
    assert relevance(1) == relevance(None)  # a short file is no slower feed


@pytest.mark.parametrize("count", [3, 30, 199])
def test_a_background_too_small_to_tell_makes_no_stranger_relevant(count: int) -> None:
    strangers = unlisted(40, start=50_000)

    model = fit(listed(), unlisted(count))

    assert not model.operating_point(0.5).calibrated
    assert max(prediction.relevance for prediction in model.predict(strangers)) < 0.5


@pytest.mark.parametrize("precision", [0.1, 0.5, 0.9])
def test_no_paper_is_carried_over_the_line_by_its_betters(precision: float) -> None:
    alike = [record.paper for record in listed(60, start=300)]

    for background in (unlisted(), [*unlisted(), *alike], unlisted(2000)):
        point = fit(listed(), background).operating_point(precision)

        assert point.propose >= min(precision, point.precision) / 4 * 0.8


def test_fewer_than_five_papers_are_refused() -> None:
    with pytest.raises(ListError, match="4 papers"):
        fit(listed(4), unlisted())


def test_the_operating_point_keeps_to_the_budget(model: Classifier) -> None:
    free = model.operating_point(0.1)
    bound = model.operating_point(0.1, per_day=1)

    assert bound.propose >= free.propose
    assert bound.minutes_per_day <= free.minutes_per_day


def test_a_higher_precision_is_never_bought_with_a_lower_line(model: Classifier) -> None:
    lines = [model.operating_point(precision).propose for precision in (0.1, 0.3, 0.5, 0.7, 0.9)]

    assert lines == sorted(lines)


def test_ten_outcomes_move_the_probabilities_a_little_and_a_hundred_settle_them() -> None:
    paper = make_paper(900, [*TOPICS["List", "KV cache"].split()])
    prior = next(fit(listed(), unlisted()).predict([paper])).base_relevance

    def relevance(outcomes: int) -> float:
        # A fifth of what was proposed as even chances was taken.
        reviewed = [ReviewedPaper(0.5, accepted=number % 5 == 0) for number in range(outcomes)]
        return next(fit(listed(), unlisted(), reviewed=reviewed).predict([paper])).relevance

    assert relevance(0) == prior
    assert relevance(0) > relevance(10) > relevance(100)


def test_outcomes_change_the_stated_precision_and_leave_the_order() -> None:
    papers = [*unlisted(30, start=30_000), *(record.paper for record in listed(30, start=500))]
    refused = [ReviewedPaper(0.3 + number / 100, accepted=False) for number in range(20)]
    before, after = fit(listed(), unlisted()), fit(listed(), unlisted(), reviewed=refused)

    assert (after.operating_point(0.9).precision or 0) < (before.operating_point(0.9).precision or 0)
    assert [p.score for p in after.predict(papers)] == [p.score for p in before.predict(papers)]
    assert [p.base_relevance for p in after.predict(papers)] == [
        p.base_relevance for p in before.predict(papers)
    ]


def test_turning_down_what_is_nearest_does_not_make_the_next_such_paper_likelier() -> None:
    """What is turned down is missing from the background; the probabilities must not take it for clear."""
    alike = [record.paper for record in listed(40, start=300)]
    background = [*unlisted(), *alike]
    following = [record.paper for record in listed(20, start=600)]

    silent, turned_down = fit(listed(), background), fit(listed(), background, rejected=alike)

    before, after = (
        mean(p.base_relevance for p in model.predict(following)) for model in (silent, turned_down)
    )
    assert after < before + 0.05


def test_after_thirty_outcomes_nothing_is_ticked_where_the_precision_is_out_of_reach() -> None:
    refused = [ReviewedPaper(0.9, accepted=False)] * 40
    point = fit(listed(), unlisted(), reviewed=refused).operating_point(0.5, per_day=5)

    assert (point.propose, point.precision, point.recall) == (0.5, 0.5, 0.0)
    assert point.unsure < point.propose
    assert "next to nothing is ticked" in point.note


def test_old_papers_without_abstracts_do_not_stop_a_list_from_being_calibrated() -> None:
    old = [replace(record, paper=replace(record.paper, abstract="")) for record in listed(60)]
    new = listed(40, start=500)

    assert fit([*old, *new], unlisted()).operating_point(0.5).calibrated
