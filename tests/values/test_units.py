import pytest

from groundwire.values.units import unit_after


@pytest.mark.parametrize(
    ("text", "canonical", "end"),
    [
        ("5 GB free", "B", 4),
        ("5GB free", "B", 3),
        ("5-day trial", "s", 5),
        ("5 full days", "s", 11),
        ("5 Mb/s", "bit/s", 6),
        ("5 MB/s", "B/s", 6),
        ("5 %", "%", 3),
        ("5 percentage points", "pp", 19),
        ("5 m wide", "m", 3),
        ("5p", "ct", 2),
        ("5 V", "V", 3),
    ],
)
def test_the_longest_unit_after_a_number(text, canonical, end):
    unit, position = unit_after(text, 1)

    assert (unit.canonical, position) == (canonical, end)


@pytest.mark.parametrize("text", ["5 users", "5 p", "5 A", "5 S", "5 daydreams", "5\n\nhours", "5 $3", "5"])
def test_what_is_no_unit(text):
    assert unit_after(text, 1) is None
