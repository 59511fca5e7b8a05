"""Evidence as annotations, whole and streamed."""

import pytest

from fakes import Scripted, message_item, response, response_events, text_part, typed_event

ANSWER = "It is wrong. The fee is 5. Hello! It is wrong and stuck."
DELIVERED = "It is right. The fee is 5. Hello!"
CITATION = {"type": "file_citation", "file_id": "handbook", "filename": "Handbook", "index": len("It is right.")}
NOTE = {"type": "url_citation", "start_index": 0, "end_index": 2, "url": "https://x.example", "title": "X"}
CITING = {"x-grounding-policy": "citing"}


def final(reply):
    return reply["output"][0]["content"][0]


def test_a_claim_with_evidence_is_followed_by_its_citation(wire):
    wire.upstream.will(Scripted([response(ANSWER)]))

    part = final(wire.respond(CITING).json())

    assert part["text"].startswith(DELIVERED)
    assert part["annotations"] == [CITATION]


def test_a_stream_adds_the_same_citations_everywhere(wire):
    wire.upstream.will_stream(*map(typed_event, response_events([ANSWER[:8], ANSWER[8:]])))

    events = wire.respond_stream(CITING)

    added = [one for one in events if one["type"] == "response.output_text.annotation.added"]
    [done] = [one["part"] for one in events if one["type"] == "response.content_part.done"]
    [item] = [one["item"] for one in events if one["type"] == "response.output_item.done" and one["item"]["content"]]
    assert [(one["annotation_index"], one["annotation"]) for one in added] == [(0, CITATION)]
    assert [part["annotations"] for part in (done, item["content"][0], final(events[-1]["response"]))] == [
        [CITATION]
    ] * 3
    assert [one["sequence_number"] for one in events] == list(range(len(events)))
    types = [one["type"] for one in events]
    assert types.index("response.output_text.annotation.added") < types.index("response.output_text.done")


@pytest.mark.parametrize(
    ("headers", "annotations"),
    [
        ({"x-grounding-policy": "default"}, []),
        ({"x-grounding-policy": "citing", "x-grounding-mode": "shadow"}, [NOTE]),
    ],
    ids=["not asked for", "shadow"],
)
def test_otherwise_there_are_none(wire, headers, annotations):
    wire.upstream.will(Scripted([response(message_item(text_part("It is wrong.", annotations=[NOTE])))]))

    assert final(wire.respond(headers).json())["annotations"] == annotations
