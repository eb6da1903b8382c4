from collections.abc import Sequence

import pytest

from arxiv_watch.cli.review import Answers, interview
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Decision, HeadingProbability, Prediction, Verdict

HEADINGS = [("List", "Serving"), ("List", "Training"), ("List", "Other", "Training")]


def proposal(number: int) -> Verdict:
    paper = Paper(ArxivId(f"2511.{number:05}"), f"Paper {number}")
    prediction = Prediction(paper.id, 0.9, 1.0, (HeadingProbability(HEADINGS[0], 0.9),))
    return Verdict(paper, prediction, Decision.UNSURE, "worth a look", HEADINGS[0])


PROPOSALS = [proposal(number) for number in range(1, 4)]


class FakeTerminal:
    """A person who answers from a script and then says nothing more."""

    def __init__(self, *answers: str) -> None:
        self._answers = [f"{answer}\n" for answer in answers]
        self.shown: list[str] = []
        self.opened: list[str] = []

    def show(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, question: str) -> str:
        self.shown.append(question)
        return self._answers.pop(0) if self._answers else ""

    def browse(self, url: str) -> None:
        self.opened.append(url)


def review(*answers: str, proposals: Sequence[Verdict] = PROPOSALS) -> tuple[Answers, FakeTerminal]:
    terminal = FakeTerminal(*answers)
    return interview(terminal, proposals, HEADINGS, lambda each: each.paper.title), terminal


def test_each_answer_does_what_it_says() -> None:
    answers, _ = review("a", "r", "l")

    assert [(each.paper.id, each.sure) for each in answers.accepted] == [(PROPOSALS[0].paper.id, True)]
    assert answers.rejected == [PROPOSALS[1].paper.id]
    assert answers.later == 1


def test_a_paper_can_be_moved_to_another_heading() -> None:
    answers, terminal = review("m", "Training", "Agents", "Other > Training", "q")

    assert answers.accepted[0].path == HEADINGS[2]
    assert any("fits 2 headings" in line for line in terminal.shown)
    assert any("no heading 'Agents'" in line for line in terminal.shown)


def test_a_move_can_be_taken_back() -> None:
    answers, _ = review("m", "", "a", proposals=PROPOSALS[:1])

    assert answers.accepted[0].path == HEADINGS[0]


def test_opening_a_page_or_mistyping_asks_again() -> None:
    answers, terminal = review("x", "open", "ACCEPT", proposals=PROPOSALS[:1])

    assert terminal.opened == ["https://arxiv.org/abs/2511.00001"]
    assert len(answers.accepted) == 1


def test_an_empty_line_is_no_end_of_input() -> None:
    answers, terminal = review("", "a", "q")

    assert (len(answers.accepted), answers.later) == (1, 2)
    assert "please answer with one of the letters in brackets" in terminal.shown


@pytest.mark.parametrize("script", [("a", "q"), ("a",)])
def test_quitting_or_the_end_of_input_leaves_the_rest_for_later(script: tuple[str, ...]) -> None:
    answers, _ = review(*script)

    assert (len(answers.accepted), answers.later) == (1, 2)
