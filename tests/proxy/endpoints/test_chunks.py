import json

import pytest

from fakes import chunk
from groundwire.errors import UpstreamError
from groundwire.proxy.endpoints.chunks import parse_chunk


def part_of(choice):
    [part] = parse_chunk(json.dumps({"id": "c", "choices": [choice]}), "main").parts
    return part


@pytest.mark.parametrize(
    ("delta", "text", "rest"),
    [
        ({"content": "The fee"}, "The fee", {}),
        ({"role": "assistant", "content": ""}, "", {"role": "assistant", "content": ""}),
        ({"content": "Hm", "reasoning_content": "Let me"}, "Hm", {"reasoning_content": "Let me"}),
        (
            {"content": [{"type": "text", "text": "A"}, {"type": "image"}, {"type": "text", "text": "B"}]},
            "AB",
            {"content": [{"type": "image"}]},
        ),
    ],
    ids=["text", "opening", "reasoning", "parts"],
)
def test_the_text_is_taken_apart_from_the_rest(delta, text, rest):
    part = part_of({"index": 1, "delta": delta})

    assert (part.index, part.text, part.rest, part.finish_reason) == (1, text, rest, None)


@pytest.mark.parametrize(
    ("choice", "passes_on"),
    [
        ({"delta": {"content": "The fee"}}, False),
        ({"delta": {"role": "assistant", "content": ""}}, True),
        ({"delta": {}, "finish_reason": "stop"}, False),
        ({"delta": {"refusal": "No."}, "finish_reason": "stop"}, True),
        ({"content_filter_offsets": {"check_offset": 0}}, True),
        ({"delta": {"content": "The fee"}, "content_filter_results": {"hate": {"filtered": False}}}, False),
        ({"delta": {}, "logprobs": None}, False),
    ],
    ids=["text", "opening", "end", "refusal", "note", "note on a text", "nothing"],
)
def test_what_is_no_text_passes_on(choice, passes_on):
    assert part_of(choice).passes_on is passes_on


def test_a_chunk_without_choices_is_an_error_when_it_says_so():
    assert parse_chunk('{"error": {"message": "overloaded"}}', "main").is_error
    assert not parse_chunk(json.dumps({**chunk({}), "error": None}), "main").is_error


@pytest.mark.parametrize("data", ["oops", "[1]", '{"choices": {"index": 0}}', '{"choices": [{"text": "The fee"}]}'])
def test_what_is_no_chunk_is_an_error_of_the_upstream(data):
    with pytest.raises(UpstreamError, match="The upstream 'main' sent"):
        parse_chunk(data, "main")
