import pytest

from groundwire.values import describe, find_values, render_like


def only(text):
    (value,) = find_values(text)
    return value


@pytest.mark.parametrize(
    ("document", "claim", "expected"),
    [
        pytest.param("€45", "30 euros", "45 euros", id="currency-word"),
        pytest.param("60 dollars", "$50", "$60", id="currency-symbol"),
        pytest.param("€1,500", "€900", "€1,500", id="thousands"),
        pytest.param("5 days", "three days", "five days", id="words"),
        pytest.param("five days", "3 days", "5 days", id="digits"),
        pytest.param("5 days", "Three days", "Five days", id="capital"),
        pytest.param("1 day", "30 days", "1 day", id="singular"),
        pytest.param("14 days", "30-day", "14-day", id="adjective"),
        pytest.param("14-day", "30 days", "14 days", id="noun"),
        pytest.param("2 weeks", "30 days", "2 weeks", id="another-unit"),
        pytest.param("60%", "50 percent", "60 percent", id="percent"),
        pytest.param("14", "3 days", "14 days", id="unit-in-the-header"),
        pytest.param("14 days", "3", "14 days", id="unit-missing-in-the-claim"),
        pytest.param("3-5 days", "seven days", "3-5 days", id="range"),
        pytest.param("half an hour", "2 hours", "half an hour", id="no-figure"),
        pytest.param("5 March 2026", "March 4", "5 March 2026", id="date"),
        pytest.param("**$12**", "$10", "$12", id="bold"),
    ],
)
def test_a_correction_takes_the_claims_style(document, claim, expected):
    assert render_like(only(document), only(claim)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Within 14 days.", "at most 14 days"),
        ("It takes 14 days.", "14 days"),
        ("It costs up to €50 a month.", "at most €50 per month"),
        ("It takes about two\nweeks.", "two weeks"),
    ],
)
def test_a_description_is_short(text, expected):
    assert describe(only(text)) == expected
