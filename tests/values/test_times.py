import pytest

from groundwire.values import Kind, find_values


@pytest.mark.parametrize(
    ("text", "early", "late"),
    [
        ("at 9 am", 540, 540),
        ("at 5 p.m. ET", 1020, 1020),
        ("at 9:00", 540, 540),
        ("at 17:30", 1050, 1050),
        ("at 12 am", 0, 0),
        ("at noon", 720, 720),
        ("until midnight", 1440, 1440),
        ("from 8am to 6pm", 480, 1080),
        ("8–10 p.m.", 1200, 1320),
        ("from 07:30–19:00", 450, 1140),
        ("at half past seven in the morning", 450, 450),
        ("at quarter to six in the evening", 1065, 1065),
        ("at seven in the evening", 1140, 1140),
        ("from eight to eleven in the morning", 480, 660),
        ("Saturdays from nine to one", 540, 780),
        ("open from ten to four", 600, 960),
    ],
)
def test_times_in_minutes_after_midnight(text, early, late):
    assert [(value.low, value.high) for value in find_values(text) if value.kind is Kind.TIME] == [(early, late)]


@pytest.mark.parametrize(
    "text", ["a ratio of 3 to 4", "between 5 and 10 users", "from two to three days", "version 2.30"]
)
def test_bare_figures_are_no_times(text):
    assert all(value.kind is not Kind.TIME for value in find_values(text))
