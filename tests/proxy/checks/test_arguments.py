import json

import pytest

from groundwire.claims.segments import Segment
from groundwire.domain import Question, Skipped, ToolCall, Turn
from groundwire.policy.tools import ToolRule
from groundwire.proxy.checks.arguments import CallReader
from groundwire.verification.arguments import Argument


def read(arguments, rule=None, schema=None, name="issue_refund", question=None):
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    reader = CallReader(rule or ToolRule(), schema, question or Question())
    return text, list(reader.read(ToolCall("call.arguments", name, text)))


@pytest.mark.parametrize(
    ("arguments", "claims"),
    [
        ('{"amount": 45.00}', ["The amount of issue refund is 45.00"]),
        ('{"orderId": "A-17"}', ["The order id of issue refund is A-17"]),
        ('{"ORDER-ID2": -1e3}', ["The order id 2 of issue refund is -1e3"]),
        ('{"lines": [{"sku": "M-1"}, {"sku": "M-2"}]}', ["The sku of issue refund is M-1",
         "The sku of issue refund is M-2"]),
        ('{"to": ["A B", "C"]}', ["The to of issue refund is A B", "The to of issue refund is C"]),
        ('["A-17"]', ["The value of issue refund is A-17"]),
        ('"A-17"', ["The value of issue refund is A-17"]),
        ('{"a": "", "b": "-", "c": null, "d": {}, "e": []}', []),
        ('{"a": "How are you?", "b": "Hello there!", "c": "Hello"}', ["The c of issue refund is Hello"]),
        ("", []),
        (" \n", []),
    ],
)  # fmt: skip
def test_each_number_and_short_text_is_a_claim(arguments, claims):
    _, found = read(arguments)

    assert [one.claim.text for one in found] == claims
    assert all(isinstance(one, Argument) for one in found)


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        ({"amount": 45.5, "id": "A-17"}, ["45.5", "A-17"]),
        ({"name": "Zoë 😀"}, ["Zo\\u00eb \\ud83d\\ude00"]),
        ({"path": 'a"b\\c'}, ['a\\"b\\\\c']),
    ],
)
def test_the_offsets_are_those_of_the_value_in_the_arguments(arguments, written):
    text, found = read(arguments)

    assert [text[one.claim.start : one.claim.end] for one in found] == written
    assert [one.value for one in found] == [str(value) for value in arguments.values()]


def test_a_claim_names_its_argument():
    _, found = read('{"lines": [{"sku": "M-1", "unit price": 5}]}')

    assert [one.claim.target for one in found] == ["call.arguments.lines[0].sku", "call.arguments.lines[0].unit price"]
    assert [one.name for one in found] == ["sku", "unit price"]


def test_a_longer_text_is_read_like_an_answer():
    said = "Hello! Your refund of $45 is on its way.\nCall us for more."
    text, found = read({"body": said}, question=Question((Turn("user", "What now?"),)))

    claims = [one.claim for one in found if isinstance(one, Segment)]
    assert [claim.text for claim in claims] == ["Your refund of $45 is on its way.", "Call us for more."]
    assert text[claims[0].start :].startswith("Your refund")
    assert {claim.target for claim in claims} == {"call.arguments.body"}
    assert "body" in claims[0].context


@pytest.mark.parametrize(
    ("value", "is_text"),
    [
        ("We refund you.", False),
        ("We will refund you.", True),
        ("12 Baker Street, London NW1 6XE, United Kingdom", False),
        ("one two three four five six seven eight nine ten eleven twelve thirteen", True),
        ("A-17\nA-18", True),
        ("Dr. Who", False),
        ("J. Smith, St. Louis", False),
        ("Paid. Done.", True),
        ("v1.2", False),
    ],
)
def test_what_is_a_longer_text(value, is_text):
    assert any(isinstance(one, Argument) for one in read({"note": value})[1]) is not is_text


@pytest.mark.parametrize(
    ("arguments", "rule", "skipped"),
    [
        ({"express": True}, ToolRule(), [("call.arguments.express", "a truth value is not checked")]),
        ({"a": 1, "b": 2}, ToolRule(("b",)), [("call.arguments.a", "not among the arguments that the policy names")]),
        ({"unit": "day"}, ToolRule(), [("call.arguments.unit", "not checked, because the tool lists its values")]),
        ({"blob": "x" * 501}, ToolRule(), [("call.arguments.blob", "longer than 500 characters and no text")]),
        ({"unit": None}, ToolRule(("x",)), []),
    ],
)  # fmt: skip
def test_what_is_not_checked_is_told(arguments, rule, skipped):
    _, found = read(arguments, rule, {"properties": {"unit": {"enum": ["day"]}}})

    assert [(one.what, one.why) for one in found if isinstance(one, Skipped)] == skipped


def test_what_a_longer_text_leaves_out_is_told():
    _, found = read({"note": "The fee is 5 dollars.\n```\ncode\n```\n"})

    assert [one.what for one in found if isinstance(one, Skipped)] == ["call.arguments.note: ```"]


@pytest.mark.parametrize("text", ["{", "45 dollars", '{"a": }', "[" * 50_000])
def test_what_is_no_json_is_an_error(text):
    with pytest.raises((ValueError, RecursionError)):
        read(text)
