import pytest

from groundwire.values import Kind, find_values


def identifiers(text):
    return [(value.unit, value.literal) for value in find_values(text) if value.kind is Kind.IDENTIFIER]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to Help.Desk@Example.com.", [("email", "help.desk@example.com")]),
        ("See https://www.Example.com/help/.", [("url", "example.com/help")]),
        ("See example.com/help for more.", [("url", "example.com/help")]),
        ("Call +1 (555) 123-4567.", [("phone", "15551234567")]),
        ("Call 0330 555 0142.", [("phone", "03305550142")]),
        ("Ring 1 - 800 - 772 - 1213 now.", [("phone", "18007721213")]),
        ("Call +49 30 1234567.", [("phone", "49301234567")]),
        ("Ticket AB-1234 is open.", [("ab", "ab1234")]),
        ("It is the Model X200.", [("x", "x200")]),
        ("It meets ISO 27001.", [("iso", "iso27001")]),
        ("It meets ISO/IEC 27001:2022.", [("iso", "iso27001")]),
        ("Use v2.3 or version 2.3.", [("version", "version2.3"), ("version", "version2.3")]),
        ("Use release 2.3.1.", [("version", "version2.3.1")]),
        ("See section 4.2.", [("section", "section4.2")]),
        ("Fill in Form DS-11.", [("ds", "ds11")]),
        ("Fill in Form 21 - 674.", [("form", "form21674")]),
        ("The E-5-with-dependents rate.", [("e", "e5")]),
        ("Take Plan 500.", [("plan", "plan500")]),
        ("Use Office 365 for it.", [("office", "office365")]),
        ("We are there 24/7.", [("around the clock", "24/7")]),
        ("We are there around the clock.", [("around the clock", "24/7")]),
        ("Watch it in 1080p over 5G.", [("p", "1080p"), ("G", "5g")]),
    ],
)
def test_identifiers(text, expected):
    assert identifiers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Expect 5 parcels.",
        "Within 30 days it is done.",
        "Adding 6 GHz made it faster.",
        "It holds 5GB.",
        "It costs €5/GB.",
        "It has 10 000 000 users.",
        "It ran from 2024-2025 on.",
        "On 2026-03-05 it ends.",
    ],
)
def test_amounts_and_dates_are_no_identifiers(text):
    assert identifiers(text) == []
