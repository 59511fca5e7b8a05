"""Evidence as annotations, whole and streamed."""

from dataclasses import replace

import pytest

from fakes import (
    Scripted,
    ScriptedVerifier,
    World,
    message_item,
    proxied,
    response,
    response_events,
    text_part,
    typed_event,
)
from groundwire.domain import Evidence

ANSWER = "It is wrong. The fee is 5. Hello! It is wrong and stuck."
DELIVERED = "It is right. The fee is 5. Hello!"
CITATION = {"type": "file_citation", "file_id": "handbook", "filename": "Handbook", "index": len("It is right.")}
NOTE = {"type": "url_citation", "start_index": 0, "end_index": 2, "url": "https://x.example", "title": "X"}
CITING = {"x-grounding-policy": "citing"}


class Proving(ScriptedVerifier):
    """Has evidence for everything."""

    def verify(self, claims, *rest):
        evidence = (Evidence("handbook", 1, "Handbook", "The fee is 5.", 0, 13),)
        return [replace(verdict, evidence=evidence) for verdict in super().verify(claims, *rest)]


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


def test_citations_are_counted_from_the_annotations_that_the_text_came_with():
    world = World()
    world.verifier = Proving()
    with proxied(world) as wire:
        said = message_item(text_part("The fee is 5.", annotations=[NOTE]))
        wire.upstream.will_stream(*map(typed_event, response_events(said)))

        events = wire.respond_stream(CITING)

    added = [one for one in events if one["type"] == "response.output_text.annotation.added"]
    assert [one["annotation_index"] for one in added] == [0, 1]
    assert final(events[-1]["response"])["annotations"] == [one["annotation"] for one in added]


@pytest.mark.parametrize(
    ("headers", "annotations"),
    [
        ({"x-grounding-policy": "default"}, []),
        ({"x-grounding-policy": "citing", "x-grounding-mode": "shadow"}, [NOTE]),
    ],
    ids=["not asked for", "shadow"],
)
def test_otherwise_there_are_none(wire, headers, annotations):
    # The words that a correction would have stand in it too.
    said = text_part("It is wrong. It is right.", annotations=[NOTE])
    wire.upstream.will(Scripted([response(message_item(said))]))

    assert final(wire.respond(headers).json())["annotations"] == annotations


def test_json_has_no_citations(wire):
    wire.upstream.will(Scripted([response('{"fee": "It is wrong."}')]))

    part = final(wire.respond(CITING, text={"format": {"type": "json_object"}}).json())

    assert (part["text"], part["annotations"]) == ('{"fee": "It is right."}', [])
