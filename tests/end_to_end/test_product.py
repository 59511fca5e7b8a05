"""The real OpenAI client against the whole product: real documents, real models, real storage."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest

from groundwire.demo.answers import ANSWERS
from groundwire.domain import Action

BY_ACTION = {known.action: known for known in ANSWERS}
REWRITTEN = BY_ACTION[Action.REWRITE]
every_answer = pytest.mark.parametrize("known", ANSWERS, ids=lambda known: known.action.value)


@pytest.fixture(scope="module")
def client(demo_url):
    with openai.OpenAI(base_url=f"{demo_url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def api(demo_url):
    with httpx.Client(base_url=f"{demo_url}/api/v1", timeout=20) as api:
        yield api


def asked(question, **options):
    return {"model": "demo", "messages": [{"role": "user", "content": question}], **options}


@every_answer
def test_each_question_gets_its_action(client, known):
    reply = client.chat.completions.create(**asked(known.question))

    assert reply.grounding["action"] == known.action
    assert reply.choices[0].finish_reason == ("content_filter" if known.action is Action.BLOCK else "stop")
    assert (reply.choices[0].message.content == known.answer) is (known.action in (Action.ALLOW, Action.FLAG))


@pytest.mark.parametrize("action", [Action.ALLOW, Action.FLAG, Action.REWRITE])
def test_a_stream_ends_up_with_the_same_text(client, action):
    question = BY_ACTION[action].question
    whole = client.chat.completions.create(**asked(question))
    parts = list(client.chat.completions.create(**asked(question, stream=True)))

    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    grounding = next(part.grounding for part in parts if hasattr(part, "grounding"))
    assert text == whole.choices[0].message.content
    assert grounding["claims"] == whole.grounding["claims"]


def test_a_blocked_stream_ends_with_the_message(client):
    parts = list(client.chat.completions.create(**asked(BY_ACTION[Action.BLOCK].question, stream=True)))

    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    assert text.endswith("I can't confirm that from our documents. Please contact support.")
    assert parts[-1].choices[0].finish_reason == "content_filter"


def test_a_verdict_carries_the_words_of_the_document(client, api):
    reply = client.chat.completions.create(**asked(REWRITTEN.question))

    [claim] = reply.grounding["claims"]
    evidence = claim["evidence"][0]
    document = api.get(f"/collections/default/documents/{evidence['document_id']}").json()
    assert claim["label"] == "contradicted"
    assert claim["text"] == REWRITTEN.answer[claim["start"] : claim["end"]]
    assert evidence["document_id"] == "returns-and-refunds.md"
    assert evidence["quote"] == document["text"][evidence["start"] : evidence["end"]]


def test_the_event_of_an_answer_can_be_read(client, api):
    reply = client.chat.completions.create(
        **asked(REWRITTEN.question), extra_body={"grounding": {"metadata": {"segment": "shop"}}}
    )

    event = api.get(f"/events/{reply.grounding['event_id']}").json()
    assert event["action"] == "rewrite"
    assert event["metadata"] == {"segment": "shop"}
    assert event["delivered"] == reply.choices[0].message.content
    assert event["report"]["revision"] == reply.grounding["revision"]


def test_the_api_judges_as_the_proxy_does(client, api):
    reply = client.chat.completions.create(**asked(REWRITTEN.question))

    checked = api.post("/check", json={"answer": REWRITTEN.answer, "question": REWRITTEN.question}).json()

    assert checked["text"] == reply.choices[0].message.content
    assert checked["grounding"]["claims"] == reply.grounding["claims"]


def test_an_unknown_question_is_answered_without_a_claim(client):
    reply = client.chat.completions.create(**asked("What is the meaning of life?"))

    assert (reply.grounding["action"], reply.grounding["claims"]) == ("allow", [])


def test_documents_sent_along_count(client):
    note = {"title": "Note", "text": "Our flagship store in Portland has a showroom with a coffee bar."}

    reply = client.chat.completions.create(
        **asked(BY_ACTION[Action.FLAG].question), extra_body={"grounding": {"documents": [note]}}
    )

    assert reply.grounding["action"] == "allow"


def test_many_at_once_get_the_same_verdicts(client):
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: client.chat.completions.create(**asked(REWRITTEN.question)), range(16)))

    assert len({reply.grounding["event_id"] for reply in replies}) == 16
    assert {reply.choices[0].message.content for reply in replies} == {replies[0].choices[0].message.content}


def test_the_self_test_passes(api):
    reply = api.post("/selftest").json()

    assert reply["ok"], reply


def test_a_new_document_changes_the_verdict(client, api):
    text = "# Stores\n\nOur flagship store in Portland has a showroom with a coffee bar.\n"
    api.post("/collections", json={"name": "stores"})
    loaded = api.post("/collections/stores/documents", files={"file": ("stores.md", text)})
    assert loaded.status_code == 200, loaded.text

    reply = client.chat.completions.create(
        **asked(BY_ACTION[Action.FLAG].question), extra_body={"grounding": {"collections": ["stores"]}}
    )

    assert reply.grounding["action"] == "allow"
    assert reply.grounding["revision"] == "stores@1"
