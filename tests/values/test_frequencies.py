import pytest

from groundwire.values import Kind, find_values


@pytest.mark.parametrize(
    ("text", "times_a_year"),
    [
        ("We bill you monthly.", 12),
        ("It is checked every day.", 365),
        ("It happens each quarter.", 4),
        ("It is due every two weeks.", 26),
        ("It is due every other week.", 26),
        ("It is held every second Friday.", 26),
        ("You may ask twice a year.", 2),
        ("You may ask three times per month.", 36),
        ("You may ask once every 12 months.", 1),
        ("You may ask once in twelve months.", 1),
        ("It is audited at 24-month intervals.", 0.5),
        ("We call seven days a week.", 365),
        ("It comes bi-weekly.", 26),
    ],
)
def test_frequencies_in_times_a_year(text, times_a_year):
    found = [value for value in find_values(text) if value.kind is Kind.FREQUENCY]

    assert [float(value.low) for value in found] == [times_a_year]


def test_a_rate_is_no_frequency_of_its_own():
    assert [value.kind for value in find_values("It costs €8 weekly.")] == [Kind.MONEY]


def test_a_name_with_a_period_is_no_frequency():
    assert find_values("Neither one pass nor a Week Pass fits.")[1:] == []


def test_a_count_with_its_noun_keeps_the_frequency():
    assert [(value.kind, value.text) for value in find_values("You send 10 parcels a week.")] == [
        (Kind.NUMBER, "10"),
        (Kind.FREQUENCY, "a week"),
    ]
