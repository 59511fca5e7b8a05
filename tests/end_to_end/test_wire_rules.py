"""What must hold for each reply that a client gets, whatever the case: the rules the recordings are reviewed by."""

import json
from dataclasses import replace

import pytest

from tool_calls import WRONG
from wire_cases import CHAT, RESPONSES, every
from wire_recordings import path_of, read
from wire_tables import events_of, seen


def whole_of(asked):
    """Return what was recorded of the same case without a stream."""
    return read(path_of(replace(asked, is_stream=False)))[asked.case.name]


EVERY = [(asked, read(path_of(asked))[asked.case.name]) for asked in every()]
ANSWERED = [(asked, one) for asked, one in EVERY if one.client.status == 200]
STREAMS = [(asked, one) for asked, one in ANSWERED if asked.is_stream]
WHOLE = [(asked, one) for asked, one in ANSWERED if not asked.is_stream]
COMPARABLE = [(asked, one) for asked, one in STREAMS if whole_of(asked).client.status == 200]
REFUSED = [(asked, one) for asked, one in EVERY if one.client.status != 200]


def named(asked):
    return f"{path_of(asked).parent.name}, {path_of(asked).stem}, {asked.case.name}"


def each(recordings, choose=lambda asked: True):
    found = [(asked, one) for asked, one in recordings if choose(asked)]
    return pytest.mark.parametrize(("asked", "one"), found, ids=[named(asked) for asked, _ in found])


def usages(values):
    """Return the token counts in a reply or in the events of one."""
    return [one["usage"] for one in values if one.get("usage")]


def without_grounding(value):
    if isinstance(value, dict):
        return {name: without_grounding(inner) for name, inner in value.items() if name != "grounding"}
    return [without_grounding(inner) for inner in value] if isinstance(value, list) else value


def is_chunked(asked):
    return asked.endpoint != RESPONSES


@each(STREAMS, is_chunked)
def test_every_chunk_has_the_same_head(asked, one):
    sent, got = events_of(one.upstream.body), events_of(one.client.body)

    heads = {tuple(chunk.get(name) for name in ("id", "object", "created", "model")) for chunk in [*sent, *got]}

    assert len(heads) == 1


@each(STREAMS, is_chunked)
def test_each_choice_ends_once_then_come_the_token_counts_then_the_end(asked, one):
    *chunks, last = events_of(one.client.body)
    finished = [choice["index"] for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]]

    assert sorted(finished) == list(range(len(asked.texts)))
    for index in finished:
        own = [choice for chunk in chunks for choice in chunk["choices"] if choice["index"] == index]
        assert own[-1]["finish_reason"]
    assert (last["choices"], last["usage"]) == ([], usages(events_of(one.upstream.body))[0])
    assert one.client.body.count("[DONE]") == 1
    assert one.client.body.endswith("\n\ndata: [DONE]\n\n")


@each(STREAMS, is_chunked)
def test_the_grounding_is_on_the_last_chunk_with_a_choice(asked, one):
    *chunks, _ = events_of(one.client.body)

    assert [place for place, chunk in enumerate(chunks) if "grounding" in chunk] == [len(chunks) - 1]
    own = [choice.get("grounding") for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]]
    assert all(own) if len(asked.texts) > 1 else not any(own)


@each(STREAMS, lambda asked: not is_chunked(asked))
def test_the_events_of_a_response_are_numbered_and_agree(asked, one):
    events = events_of(one.client.body)
    # In shadow mode the closing events do not wait for the grounding.
    events = without_grounding(events)
    final = events[-1]["response"]

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert f"event: {events[-1]['type']}\ndata: " in one.client.body
    assert events[-1]["type"] == f"response.{final['status']}"
    assert final["usage"] == usages([events_of(one.upstream.body)[-1]["response"]])[0]
    for place, item in enumerate(final["output"]):
        own = [event for event in events if event.get("output_index") == place]
        assert own[-1]["item"] == item
        for part in item.get("content", ()):
            deltas = "".join(event["delta"] for event in own if event["type"] == "response.output_text.delta")
            [done] = [event["text"] for event in own if event["type"] == "response.output_text.done"]
            [closed] = [event["part"] for event in own if event["type"] == "response.content_part.done"]
            assert (deltas, done, closed) == (part["text"], part["text"], part)


@each(WHOLE)
def test_a_whole_reply_keeps_its_token_counts_and_repeats_the_outcome_in_headers(asked, one):
    sent, got = json.loads(one.upstream.body), json.loads(one.client.body)
    grounding = got["grounding"]

    assert got["usage"] == sent["usage"]
    assert {
        name: one.client.headers[f"x-grounding-{name}"] for name in ("action", "label", "event-id", "revision")
    } == {
        "action": grounding["action"],
        "label": grounding["label"],
        "event-id": grounding["event_id"],
        "revision": grounding["revision"],
    }
    assert int(one.client.headers["content-length"]) == len(one.client.body.encode())


@each(WHOLE, lambda asked: asked.case.name in {"allow", "flag", "shadow", "guard fails, policy open"})
def test_where_nothing_is_changed_every_byte_is_kept(asked, one):
    assert one.client.body.startswith(one.upstream.body[:-1]) or len(asked.texts) > 1
    assert without_grounding(json.loads(one.client.body)) == json.loads(one.upstream.body)


@each(COMPARABLE)
def test_a_stream_ends_up_with_the_text_and_the_end_of_the_whole_reply(asked, one):
    found, expected = seen(one.client.body), seen(whole_of(asked).client.body)

    # A block can't take back what a stream has released.
    is_cut = found.action == "block"
    assert (found.ends, found.action) == (expected.ends, expected.action)
    assert found.has_call == expected.has_call or (is_cut and not expected.has_call)
    for text, same in zip(found.texts, expected.texts, strict=True):
        assert text == same or (is_cut and text.endswith(f"\n\n{same}"))


@each(ANSWERED, lambda asked: asked.case.claim == "It is wrong." and asked.case.policy in {"default", "strict"})
def test_no_byte_of_a_wrong_claim_leaves(asked, one):
    values = events_of(one.client.body) or [json.loads(one.client.body)]

    assert "wrong" in one.upstream.body
    assert "wrong" not in json.dumps(without_grounding(values))


@each(ANSWERED, lambda asked: asked.case.arguments == WRONG and asked.case.policy == "strict tools")
def test_no_byte_of_a_wrong_call_leaves(asked, one):
    values = events_of(one.client.body) or [json.loads(one.client.body)]

    for piece in ("issue_refund", "amount", "54", "A-17"):
        assert piece in one.upstream.body
        assert piece not in json.dumps(without_grounding(values))


@each(ANSWERED, lambda asked: asked.endpoint == CHAT)
def test_a_guarded_answer_is_never_an_error(asked, one):
    assert not [value for value in events_of(one.client.body) if "error" in value]


@each(REFUSED)
def test_a_refusal_is_an_error_that_clients_understand(asked, one):
    error = json.loads(one.client.body)["error"]

    assert set(error) == {"message", "type", "param", "code"}
    assert (one.client.status, error["code"]) in {(400, "content_filter"), (503, "guard_unavailable")}
    assert one.client.headers["x-should-retry" if one.client.status == 400 else "retry-after"]
    assert "wrong" not in json.dumps(error)
