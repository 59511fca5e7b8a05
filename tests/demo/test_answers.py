import pytest

from groundwire.demo.answers import ANSWERS, answer_to
from groundwire.domain import Action


def test_there_is_one_answer_for_each_action():
    assert sorted(known.action for known in ANSWERS) == sorted(Action)


@pytest.mark.parametrize("known", ANSWERS, ids=lambda known: known.action.value)
def test_a_known_question_has_its_answer(known):
    assert answer_to(known.question) == known.answer
    assert answer_to(known.question.lower().rstrip("?")) == known.answer


@pytest.mark.parametrize("question", ["", "What is the capital of France?", "Tell me a joke about cameras."])
def test_an_unknown_question_gets_the_known_ones(question):
    said = answer_to(question)

    assert all(known.question in said for known in ANSWERS)
    assert not any(known.answer in said for known in ANSWERS)
