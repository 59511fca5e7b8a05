"""Any event at all, as hypothesis draws it."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from groundwire.domain import (
    Action,
    Claim,
    Correction,
    Event,
    Evidence,
    Failure,
    Label,
    Mode,
    Outcome,
    Question,
    Regeneration,
    Report,
    Skipped,
    Source,
    SourceDocument,
    Turn,
    Verdict,
)
from groundwire.events.identifiers import new_event_id

# Many of the characters that some database refuses, or that an escape is made of.
ODD = st.lists(st.sampled_from(["\x00", "\x1b", "\ud800", "\udfff", "0", "d", "é"]), max_size=8).map("".join)
TEXT = st.text(max_size=30) | ODD | st.builds(str.__add__, ODD, st.text(max_size=10))
PLACE = st.integers(0, 10_000)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


def many(entries):
    return st.lists(entries, max_size=3).map(tuple)


EVIDENCE = st.builds(
    Evidence, TEXT, PLACE, TEXT, TEXT, PLACE, PLACE, st.sampled_from(Source), many(TEXT), st.none() | TEXT, NUMBER
)
VERDICTS = st.builds(
    Verdict,
    st.builds(Claim, TEXT, PLACE, PLACE, TEXT),
    st.sampled_from(Label),
    NUMBER,
    TEXT,
    many(EVIDENCE),
    many(st.builds(Correction, PLACE, PLACE, TEXT)),
    many(st.tuples(PLACE, PLACE)),
    st.none() | st.sampled_from(Failure),
)
REPORTS = st.builds(
    Report,
    TEXT,
    many(VERDICTS),
    many(st.builds(Skipped, TEXT, TEXT)),
    st.just("default@3"),
    st.dictionaries(TEXT, NUMBER, max_size=3),
    st.none() | st.builds(Regeneration, PLACE, PLACE, PLACE),
)
QUESTIONS = st.builds(
    Question,
    many(st.builds(Turn, TEXT, TEXT)),
    many(st.builds(SourceDocument, TEXT, TEXT, TEXT, st.sampled_from(Source))),
)
EVENTS = st.builds(
    Event,
    id=st.builds(new_event_id),
    created_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    request_id=st.just("req_1"),
    choice=PLACE,
    endpoint=st.just("/v1/chat/completions"),
    model=st.builds(str.__mul__, TEXT, st.integers(0, 40)),
    upstream=st.just("default"),
    policy=st.just("default"),
    policy_version=st.just("a1b2c3"),
    mode=st.sampled_from(Mode),
    verifier=TEXT,
    question=QUESTIONS,
    collections=many(TEXT),
    report=REPORTS,
    action=st.sampled_from(Action),
    delivered=TEXT,
    outcome=st.sampled_from(Outcome),
    is_stream=st.booleans(),
    usage=st.dictionaries(TEXT, st.integers(0, 2**40), max_size=3),
    metadata=st.dictionaries(TEXT, TEXT, max_size=3),
    key_id=st.none() | st.just("key_1"),
)
