import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import judged
from groundwire.domain import Action, Question
from groundwire.policy.decision import Ruling
from groundwire.proxy.checks.stringvalues import fits, has_other_values, rewritten, string_values


def claims(text):
    return [segment.claim for value in string_values(text, Question()) for segment in value.segments]


def corrected(text):
    """Return the JSON text with every wrong claim corrected."""
    verdicts = [judged(claim) for claim in claims(text)]
    return rewritten(
        text, string_values(text, Question()), [Ruling(one, Action.REWRITE, one.corrected_text) for one in verdicts]
    )


def test_every_string_value_is_a_claim_under_its_key():
    found = claims(
        '{"the_fee": "5 euros", "n": 1, "steps": ["Pay 5.", {"when": "Pay in 3 days. Or in 4."}], "": "x 1"}'
    )

    assert [(claim.text, claim.context) for claim in found] == [
        ("5 euros", "the fee"),
        ("Pay 5.", "steps"),
        ("Pay in 3 days.", "when"),
        ("Or in 4.", "when\nPay in 3 days."),
        ("x 1", ""),
    ]


def test_claims_lie_where_they_are_in_the_text():
    text = '{"a": "He said \\"no\\"\\n\\nThe fee is 5.", "b": ["\\ud83d\\ude00 It is 6."]}'

    starts = [text[claim.start :] for claim in claims(text)]

    assert [start.startswith(words) for start, words in zip(starts, ["He said", "The fee", "\\ud83d"], strict=True)]


def test_a_text_alone_is_a_value():
    assert [claim.text for claim in claims('  "The fee is 5." ')] == ["The fee is 5."]


def test_only_what_is_mended_changes():
    text = '{ "a" : "It is \\u0077rong. Pay \\"now\\".", "b":1.10, "c": ["wrong", "5 \\/ 6"] }'

    assert corrected(text) == '{ "a" : "It is right. Pay \\"now\\".", "b":1.10, "c": ["right", "5 \\/ 6"] }'


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["It is wrong.", "wrong", "5 é", '"\\\n', "😀 wrong", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b_c", "_"]), inner, max_size=3),
    max_leaves=8,
)


def mended(value):
    if isinstance(value, dict):
        return {key: mended(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [mended(inner) for inner in value]
    return value.replace("wrong", "right") if isinstance(value, str) else value


@given(values, st.booleans())
def test_a_rewrite_is_the_same_for_every_way_of_writing_it(value, is_ascii):
    assert json.loads(corrected(json.dumps(value, ensure_ascii=is_ascii, indent=1))) == mended(value)


@pytest.mark.parametrize(
    ("schema", "is_fitting"),
    [
        (None, True),
        ({"properties": {"a": {"type": "string"}}}, True),
        ({"properties": {"a": {"maxLength": 1}}}, False),
        ({"properties": {"a": {"enum": ["x"]}}}, False),
        ({"type": 7}, False),
        ({"$ref": "https://schemas.example/elsewhere"}, False),
        ({"pattern": "("}, True),
    ],
    ids=["none", "fits", "too long", "not listed", "broken", "elsewhere", "broken but for texts"],
)
def test_a_shape_that_can_not_be_tested_is_not_kept(schema, is_fitting):
    assert fits('{"a": "five"}', schema) is is_fitting


@pytest.mark.parametrize(("value", "has_some"), [(["x", {"a": None}], False), ([{"a": [True]}], True), (1.5, True)])
def test_numbers_and_truth_values_are_seen(value, has_some):
    assert has_other_values(value) is has_some
