import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.errors import UpstreamError
from groundwire.proxy.upstreams import sse
from groundwire.proxy.upstreams.sse import EventParser, ServerEvent, encode_event


def parsed(*pieces):
    parser = EventParser("main")
    return [event for piece in pieces for event in parser.feed(piece)] + parser.close()


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: one\n\ndata: two\n\n", [ServerEvent("one"), ServerEvent("two")]),
        (b"data: one\r\n\r\ndata: two\r\n\r\n", [ServerEvent("one"), ServerEvent("two")]),
        (b"data: one\r\rdata: two\r\r", [ServerEvent("one"), ServerEvent("two")]),
        (b"data: one\ndata: two\n\n", [ServerEvent("one\ntwo")]),
        (b"data:one\n\n", [ServerEvent("one")]),
        (b"data:  one\n\n", [ServerEvent(" one")]),
        (b": a comment\ndata: one\n\n: another\n\n", [ServerEvent("one")]),
        (b"event: error\nid: 7\nretry: 10\ndata: one\n\n", [ServerEvent("one", "error")]),
        (b"event: ping\n\ndata: one\n\n", [ServerEvent("one")]),
        (b"data\n\n", [ServerEvent("")]),
        (b"data: one", [ServerEvent("one")]),
        (b"\xef\xbb\xbfdata: one\n\n", [ServerEvent("one")]),
        ("data: é中😀\n\n".encode(), [ServerEvent("é中😀")]),
        (b"data: \xff\n\n", [ServerEvent("\ufffd")]),
        (b"", []),
    ],
    ids=[
        "line feeds",
        "both",
        "carriage returns",
        "data over several lines",
        "no space",
        "only one space goes",
        "comments",
        "other fields",
        "event without data",
        "field without colon",
        "no blank line at the end",
        "byte order mark",
        "characters of several bytes",
        "broken encoding",
        "nothing",
    ],
)
def test_events_are_read_as_the_standard_says(stream, expected):
    assert parsed(stream) == expected


def test_a_line_end_cut_in_half_is_one():
    assert parsed(b"event: x\r", b"\ndata: one\r", b"\ndata: two\r", b"\n\r", b"\n") == [ServerEvent("one\ntwo", "x")]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30)


@given(st.lists(texts, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]), st.data())
def test_events_are_the_same_for_every_chunking(events, line_end, data):
    stream = b": hello\n\n" + b"".join(encode_event(event) for event in events)
    stream = stream.replace(b"\n", line_end.encode())
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    assert [event.data for event in parsed(*pieces)] == events


def test_an_event_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 100)
    parser = EventParser("main")
    parser.feed(b"data: 1234567890\n" * 8)

    with pytest.raises(UpstreamError, match="The upstream 'main' sent an event of more than 100 bytes"):
        parser.feed(b"data: 1234567890\n" * 3)
