import pytest

from groundwire.demo.answers import ANSWERS
from groundwire.policy.rewording import INSTRUCTIONS
from groundwire.proxy.endpoints.completions import Completions

KNOWN, OTHER = ANSWERS[:2]


def test_a_prompt_is_answered(client):
    reply = client.completions.create(model="any", prompt=KNOWN.question)

    assert [choice.text for choice in reply.choices] == [KNOWN.answer]
    assert (reply.object, reply.model, reply.choices[0].finish_reason) == ("text_completion", "any", "stop")


def test_a_stream_says_the_same(client):
    parts = list(client.completions.create(model="any", prompt=KNOWN.question, stream=True))

    assert "".join(part.choices[0].text for part in parts) == KNOWN.answer
    assert parts[-1].choices[0].finish_reason == "stop"


def test_the_question_may_stand_between_marks(client):
    reply = client.completions.create(model="any", prompt=f"Q: {KNOWN.question}\nA:")

    assert reply.choices[0].text == KNOWN.answer


def test_each_of_several_prompts_has_its_own_answers(client):
    reply = client.completions.create(model="any", prompt=[KNOWN.question, OTHER.question], n=2)

    assert [choice.text for choice in reply.choices] == [KNOWN.answer] * 2 + [OTHER.answer] * 2


@pytest.mark.parametrize("is_stream", [False, True])
def test_the_prompt_is_repeated_and_not_counted_where_that_is_asked_for(client, is_stream):
    options = {"stream_options": {"include_usage": True}} if is_stream else {}
    reply = client.completions.create(model="any", prompt=KNOWN.question, echo=True, stream=is_stream, **options)

    parts = list(reply) if is_stream else [reply]
    assert "".join(choice.text for part in parts for choice in part.choices) == KNOWN.question + KNOWN.answer
    assert parts[-1].usage.completion_tokens == len(KNOWN.answer.split())


@pytest.mark.parametrize(("prompt", "choices"), [([5, 6], 1), ([[5, 6], [7]], 2)], ids=["one", "several"])
def test_tokens_are_a_question_that_the_model_does_not_know(client, prompt, choices):
    reply = client.completions.create(model="any", prompt=prompt)

    assert len(reply.choices) == choices
    assert all("I can't answer that" in choice.text for choice in reply.choices)


def test_claims_are_reworded_after_their_evidence(client, rewording, reworded):
    reply = client.completions.create(model="any", **Completions().asking(INSTRUCTIONS, rewording.material))

    assert rewording.read(reply.choices[0].text) == reworded
