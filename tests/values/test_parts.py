import pytest

from groundwire.values import Kind, find_values


@pytest.mark.parametrize(
    ("text", "kind", "amounts"),
    [
        ("the 2nd week", Kind.ORDINAL, [2]),
        ("the fifth month", Kind.ORDINAL, [5]),
        ("the thirty-fifth week", Kind.ORDINAL, [35]),
        ("the twenty-first of them", Kind.ORDINAL, [21]),
        ("Read this first", Kind.ORDINAL, []),
        ("Second, send it", Kind.ORDINAL, []),
        ("second-hand goods", Kind.ORDINAL, []),
        ("The fee is doubled", Kind.NUMBER, [2]),
        ("It is paid twice", Kind.NUMBER, [2]),
        ("It triples", Kind.NUMBER, [3]),
        ("half of the fee", Kind.PERCENT, [50]),
        ("cut by a fifth.", Kind.PERCENT, [20]),
        ("a year and a half of waiting", Kind.PERCENT, []),
    ],
)
def test_places_multiples_and_fractions(text, kind, amounts):
    assert [value.low for value in find_values(text) if value.kind is kind] == amounts
