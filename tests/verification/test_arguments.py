import pytest

from groundwire.domain import Claim, Failure, Label, Passage, Source, Verdict
from groundwire.verification.arguments import Argument, is_measured, judged, says_same, settle

ASKED = "Please refund order A-17, the mug arrived broken on May 3, 2024. I bought two mugs."
RESULT = (
    '{"order_id": "A-17", "amount": 45.0, "shipping": 5.0, "delivered": "2024-05-03", '
    '"customer": {"name": "Anna Kowalska", "city": "Krak\\u00f3w"}, "paid": "12.04.2024"}'
)
POLICY = "# Refunds\n\nWe refund up to $60 within 14 days. Larger refunds need form REF-9."


def passage(text, source=Source.TOOL_RESULTS, start=0):
    return Passage(-1, f"{source.value}:0", 1, "", text, start, start + len(text), source=source)


PASSAGES = [
    passage(POLICY, Source.KNOWLEDGE_BASE, start=100),
    passage(RESULT),
    passage(ASKED, Source.CONVERSATION),
]


def argument(name, value):
    text = f"The {name} of issue refund is {value}"
    return Argument(Claim(text, 11, 11 + len(value), target=f"arguments.{name}"), name, value)


@pytest.mark.parametrize(
    ("name", "value", "quote"),
    [
        ("amount", "45.00", '"amount": 45.0'),
        ("refundAmount", "45", RESULT[RESULT.index('{"order') :][:20]),
        ("orderId", "a-17", '"order_id": "A-17"'),
        ("order", "A-17", "refund order A-17"),
        ("order", "A17", "refund order A-17"),
        ("date", "2024-05-03", "May 3, 2024"),
        ("date", "2024-05-03T10:00:00Z", "May 3, 2024"),
        ("quantity", "2", "two mugs"),
        ("item", "THE  mug", "the mug arrived"),
        ("city", "Kraków", '"city": "Krak\\u00f3w"'),
        ("town", "Kraków", '"city": "Krak\\u00f3w"'),
        ("limit", "60", "We refund up to $60 within 14 days."),
        ("days", "14", "within 14 days"),
        ("form", "ref-9", "form REF-9"),
        ("form", "“REF–9”", "form REF-9"),
    ],
)
def test_a_value_that_appears_is_supported(name, value, quote):
    found = settle(argument(name, value), PASSAGES)

    assert (found.label, found.support, found.contradiction) == (Label.SUPPORTED, 1.0, 0.0)
    [evidence] = found.evidence
    assert quote in evidence.quote


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("amount", "54.0", "tool result says amount 45.0, the call says 54.0"),
        # It is somewhere, but the field of that name says otherwise.
        ("amount", "5", "tool result says amount 45.0, the call says 5"),
        ("delivered", "2024-06-03", "tool result says delivered 2024-05-03, the call says 2024-06-03"),
        ("order_id", "A-18", "tool result says order_id A-17, the call says A-18"),
        ("name", "Anna Kowalski", "tool result says name Anna Kowalska, the call says Anna Kowalski"),
    ],
)
def test_a_field_of_the_same_name_refutes_what_it_does_not_say(name, value, reason):
    found = settle(argument(name, value), PASSAGES)

    assert (found.label, found.reason, found.corrections) == (Label.CONTRADICTED, reason, ())
    assert found.spans == ((found.claim.start, found.claim.end),)
    assert (found.support, found.contradiction) == (0.0, 1.0)


def test_what_the_user_asks_for_stands_beside_the_field():
    asked = [*PASSAGES, passage("Refund only 20 of it.", Source.CONVERSATION)]

    assert settle(argument("amount", "20"), asked).label is Label.SUPPORTED


def test_a_text_that_appears_elsewhere_is_not_refuted_by_a_field():
    result = passage('{"id": "A-17", "customer_id": "C-9"}')

    assert settle(argument("id", "C-9"), [result]).label is Label.SUPPORTED


def test_several_fields_of_a_name_refute_nothing():
    results = [passage('[{"sku": "M-1"}, {"sku": "M-2"}]')]

    assert settle(argument("sku", "M-2"), results).evidence[0].quote == '"sku": "M-2"'
    assert settle(argument("sku", "M-3"), results) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("card", "424"),
        ("quantity", "17"),
        ("quantity", "3"),
        ("day", "2024-05-04"),
        ("item", "mugs arrived"),
        ("item", "mug arrive"),
        ("order", "A-1"),
        ("price", "-60"),
    ],
)
def test_a_part_of_something_else_is_no_appearance(name, value):
    assert settle(argument(name, value), PASSAGES) is None


def test_evidence_is_quoted_where_it_stands():
    text = f"{'One more word. ' * 30}Code X-77 is free here. {'And another one. ' * 30}"
    [evidence] = settle(argument("code", "X-77"), [passage(text, Source.KNOWLEDGE_BASE, start=7)]).evidence

    assert evidence.quote == "Code X-77 is free here."
    assert text[evidence.start - 7 : evidence.end - 7] == evidence.quote


def test_a_long_line_is_quoted_in_part():
    text = f"{'word ' * 100}X-77 {'word ' * 100}"
    [evidence] = settle(argument("code", "X-77"), [passage(text)]).evidence

    assert "X-77" in evidence.quote
    assert len(evidence.quote) < 250


def test_nothing_is_held_by_nothing():
    assert settle(argument("amount", "5"), []) is None


def test_what_appears_nowhere_is_contradicted_where_the_verifier_says_so():
    one = argument("amount", "54")
    said = judged(one, Verdict(one.claim, Label.CONTRADICTED, 0.2, "document says 45", contradiction=0.7))

    assert (said.label, said.reason, said.contradiction) == (Label.CONTRADICTED, "document says 45", 0.7)


@pytest.mark.parametrize("verdict", [Label.SUPPORTED, Label.UNSUPPORTED])
def test_what_appears_nowhere_is_unsupported_else(verdict):
    one = argument("name", "Anna Kowalski")
    said = judged(one, Verdict(one.claim, verdict, 0.6, "document says Anna Kowalska"))

    assert (said.label, said.support) == (Label.UNSUPPORTED, 0.0)
    assert said.reason == "no evidence holds 'Anna Kowalski'"


@pytest.mark.parametrize(
    ("failure", "label"),
    [(Failure.EMPTY_KNOWLEDGE_BASE, Label.UNVERIFIED), (Failure.LANGUAGE, Label.UNSUPPORTED)],
)
def test_a_failed_check_stays_one_but_a_value_has_no_language(failure, label):
    one = argument("name", "Ελένη")

    assert judged(one, Verdict(one.claim, Label.UNVERIFIED, 0.0, "no", failure=failure)).label is label


@pytest.mark.parametrize(
    ("value", "measured"),
    [
        ("45", True),
        ("-4.5e3", True),
        ("2024-05-03", True),
        ("14 days", True),
        ("$5", True),
        ("A-17", False),
        ("mug", False),
        ("", False),
    ],
)
def test_numbers_amounts_and_dates_are_measured(value, measured):
    assert is_measured(value) is measured


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ("45", "45.00", True),
        ("4.5e1", "45", True),
        ("45", "$45", True),
        ("45", "54", False),
        ("-45", "45", False),
        ("Ann  Lee", "ann lee", True),
        ("Ann", "Anna", False),
        ("2024-05-03", "May 3, 2024", True),
        ("", "", True),
    ],
)
def test_values_are_compared_by_what_they_mean(mine, theirs, same):
    assert says_same(mine, theirs) is same
