import pytest

from groundwire.values import Relation, compare, find_values


def relation(claim, document):
    (mine,), (theirs,) = find_values(claim), find_values(document)
    return compare(mine, theirs)


@pytest.mark.parametrize(
    ("claim", "document"),
    [
        ("two weeks", "14 days"),
        ("for a fortnight", "14 days"),
        ("24 hours", "one day"),
        ("24 months", "two years"),
        ("in an hour and a half", "90 minutes"),
        ("$0.5M", "$500,000"),
        ("1.500 €", "EUR 1,500"),
        ("50 cents", "€0.50"),
        ("$120 a year", "$10 per month"),
        ("€14 a week", "€2 a day"),
        ("1 kg", "1,000 grams"),
        ("5 March 2026", "2026-03-05"),
        ("5 pm", "17:00"),
        ("around the clock", "24/7"),
        ("+1 (555) 123-4567", "1-555-123-4567"),
        ("http://example.com/", "https://www.example.com"),
        ("every 12 months", "annually"),
        ("3-5 days", "between three and five days"),
        ("at least 5 people", "5 people or more"),
    ],
)
def test_equal_values(claim, document):
    assert relation(claim, document) is Relation.EQUAL
    assert relation(document, claim) is Relation.EQUAL


@pytest.mark.parametrize(
    ("claim", "document"),
    [
        pytest.param("about 2 hours", "1.8 hours", id="rounded"),
        pytest.param("roughly 3 kg", "2.9 kg", id="rounded-weight"),
        pytest.param("more than 300 shops", "312 shops", id="more-than-a-rounder-number"),
        pytest.param("March 5", "5 March 2026", id="year-left-out"),
        pytest.param("in 2026", "5 March 2026", id="only-year"),
        pytest.param("03/05/2026", "5 March 2026", id="ambiguous-date"),
        pytest.param("on Saturday", "at weekends", id="day-within-days"),
        pytest.param("one month", "30 days", id="a-month-of-days"),
        pytest.param("for a year", "365 days", id="a-year-of-days"),
        pytest.param("two weeks", "10 working days", id="weeks-of-working-days"),
        pytest.param("$12", "$12 a month", id="rate-left-out"),
        pytest.param("30", "30 GB", id="unit-left-out"),
        pytest.param("it is paid monthly", "$12 a month", id="frequency-of-a-rate"),
        pytest.param("until nine", "21:00", id="hour-without-half"),
        pytest.param("a third of it", "33%", id="fraction"),
        pytest.param("level 4", "tier 4", id="generic-names"),
        pytest.param("Zone 6", "| 6 |", id="name-left-to-the-header"),
        pytest.param("the second week", "week 2", id="place-and-number"),
        pytest.param("3 days", "3-5 days", id="end-of-a-range"),
        pytest.param("under 18", "18 or over", id="complement"),
    ],
)
def test_compatible_values(claim, document):
    assert relation(claim, document) in {Relation.COMPATIBLE, Relation.EQUAL}


@pytest.mark.parametrize(
    ("claim", "document"),
    [
        pytest.param("30 days", "14 days", id="days"),
        pytest.param("$12", "€12", id="currency"),
        pytest.param("$12 a month", "$12 a year", id="rate"),
        pytest.param("14 days", "14 working days", id="working-days"),
        pytest.param("21 calendar days", "21 working days", id="calendar-days"),
        pytest.param("24 hours", "24 months", id="unit"),
        pytest.param("4 days", "3-5 days", id="inside-a-range"),
        pytest.param("3-6 days", "3-5 days", id="range"),
        pytest.param("at least 5 people", "at most 5 people", id="direction"),
        pytest.param("over 5 kg", "under 5 kg", id="strict-direction"),
        pytest.param("about 45 minutes", "30 minutes", id="about-is-not-anything"),
        pytest.param("more than 250 km", "more than 350 km", id="threshold"),
        pytest.param("6 March 2026", "5 March 2026", id="date"),
        pytest.param("Monday to Saturday", "Monday to Friday", id="weekdays"),
        pytest.param("9:00 to 18:00", "9:00 to 17:00", id="opening-hours"),
        pytest.param("weekly", "monthly", id="frequency"),
        pytest.param("5 percentage points", "3 percentage points", id="points"),
        pytest.param("AB-1235", "AB-1234", id="code"),
        pytest.param("Plan 400", "Plan 500", id="plan"),
        pytest.param("0330 555 0142", "0330 555 0143", id="phone"),
    ],
)
def test_different_values(claim, document):
    assert relation(claim, document) is Relation.DIFFERENT


@pytest.mark.parametrize(
    ("claim", "document"),
    [
        ("5 GB", "5 kg"),
        ("5 GB", "5 Mbit/s"),
        ("$5", "5%"),
        ("£75", "€50"),
        ("5 days", "$5"),
        ("Plan 500", "Zone 500"),
        ("on Monday", "5 March 2026"),
        ("30", "40 GB"),
    ],
)
def test_incomparable_values(claim, document):
    assert relation(claim, document) is Relation.INCOMPARABLE
