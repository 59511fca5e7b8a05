from groundwire.demo.answers import ANSWERS
from groundwire.policy.rewording import INSTRUCTIONS
from groundwire.proxy.endpoints.chat import ChatCompletions

KNOWN = ANSWERS[0]
ASKED = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": KNOWN.question}]


def test_a_whole_completion(client):
    reply = client.chat.completions.create(model="any", messages=ASKED)

    assert [choice.message.content for choice in reply.choices] == [KNOWN.answer]
    assert reply.choices[0].finish_reason == "stop"
    assert reply.model == "any"
    assert reply.usage.prompt_tokens == len(f"Be kind. {KNOWN.question}".split())
    assert reply.usage.completion_tokens == len(KNOWN.answer.split())


def test_a_stream_says_the_same(client):
    parts = list(client.chat.completions.create(model="any", messages=ASKED, stream=True))

    assert "".join(part.choices[0].delta.content or "" for part in parts) == KNOWN.answer
    assert parts[0].choices[0].delta.role == "assistant"
    assert parts[-1].choices[0].finish_reason == "stop"


def test_the_last_user_message_is_the_question_in_parts_too(client):
    parts = [{"type": "text", "text": KNOWN.question}]
    messages = [*ASKED[:1], {"role": "user", "content": "Hello"}, {"role": "user", "content": parts}]

    reply = client.chat.completions.create(model="any", messages=messages)

    assert reply.choices[0].message.content == KNOWN.answer


def test_claims_are_reworded_after_their_evidence(client, rewording, reworded):
    asking = ChatCompletions().asking(INSTRUCTIONS, rewording.material)

    reply = client.chat.completions.create(model="any", **asking)

    assert rewording.read(reply.choices[0].message.content) == reworded
