"""The built-in model server, seen by the real OpenAI client."""

import httpx
import openai
import pytest

from fakes import running
from groundwire.demo.answers import ANSWERS
from groundwire.demo.upstream import create_upstream
from groundwire.domain import Claim, Evidence, Label, Question, Verdict
from groundwire.policy.rewording import INSTRUCTIONS, Draft, request

KNOWN = ANSWERS[0]
ASKED = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": KNOWN.question}]


@pytest.fixture(scope="module")
def url():
    with running(create_upstream(pace_s=0)) as url:
        yield f"{url}/v1"


@pytest.fixture
def client(url):
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        yield client


def test_a_whole_completion(client):
    reply = client.chat.completions.create(model="any", messages=ASKED, n=2)

    assert [choice.message.content for choice in reply.choices] == [KNOWN.answer] * 2
    assert reply.choices[0].finish_reason == "stop"
    assert reply.model == "any"
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens > 0


def test_a_stream_says_the_same(client):
    options = {"include_usage": True}
    parts = list(client.chat.completions.create(model="any", messages=ASKED, stream=True, stream_options=options))

    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    assert text == KNOWN.answer
    assert parts[-1].usage.completion_tokens == len(KNOWN.answer.split())
    assert len({part.id for part in parts}) == 1


def test_the_last_user_message_is_the_question_in_parts_too(client):
    parts = [{"type": "text", "text": KNOWN.question}]
    messages = [*ASKED[:1], {"role": "user", "content": "Hello"}, {"role": "user", "content": parts}]

    reply = client.chat.completions.create(model="any", messages=messages)

    assert reply.choices[0].message.content == KNOWN.answer


def test_claims_are_reworded_after_their_evidence(client):
    quotes = [Evidence("d", 1, "D", quote, 0, len(quote)) for quote in ("You have 30 days.\nAsk us.", "It is 9 euros.")]
    verdicts = [Verdict(Claim("No.", 0, 3), Label.CONTRADICTED, 0.1, "no", (quote,)) for quote in quotes]
    asked = request([Draft(verdict) for verdict in verdicts], Question())
    messages = [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": asked.material}]

    reply = client.chat.completions.create(model="any", messages=messages)

    assert asked.read(reply.choices[0].message.content) == ["You have 30 days. Ask us.", "It is 9 euros."]


def test_the_models(client):
    assert [model.id for model in client.models.list()] == ["demo"]


@pytest.mark.parametrize(
    ("body", "param"),
    [("{", "1"), ('{"model": "x"}', "messages"), ('{"model": "x", "messages": []}', "messages"), ("[]", "body")],
)
def test_a_bad_request_gets_an_error_in_openais_shape(url, body, param):
    reply = httpx.post(f"{url}/chat/completions", content=body, headers={"content-type": "application/json"})

    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"
    assert reply.json()["error"]["param"] == param
