import pytest

from groundwire.demo.answers import ANSWERS

KNOWN = ANSWERS[0]
WORDS = len(KNOWN.answer.split())


@pytest.fixture(params=["chat", "completions"])
def create(request, client):
    """Ask the known question at either endpoint."""
    if request.param == "chat":
        asked = {"messages": [{"role": "user", "content": KNOWN.question}]}
        return lambda **more: client.chat.completions.create(model="any", **asked, **more)
    return lambda **more: client.completions.create(model="any", prompt=KNOWN.question, **more)


def test_there_are_as_many_choices_as_are_asked_for(create):
    reply = create(n=3)

    assert [choice.index for choice in reply.choices] == [0, 1, 2]
    assert reply.usage.completion_tokens == 3 * WORDS
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_a_stream_has_them_one_after_the_other_under_one_id(create):
    parts = list(create(n=2, stream=True))

    assert [part.choices[0].index for part in parts if part.choices[0].finish_reason] == [0, 1]
    assert len({(part.id, part.created, part.model) for part in parts}) == 1


def test_a_stream_tells_its_usage_when_asked_to(create):
    silent = list(create(stream=True))
    parts = list(create(stream=True, stream_options={"include_usage": True}))

    assert [part.usage for part in silent if part.usage] == []
    assert (parts[-1].choices, parts[-1].usage) == ([], create().usage)
