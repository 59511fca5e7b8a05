from decimal import Decimal

import pytest

from groundwire.values.numerals import digits_to_number, find_numerals, number_to_words, words_to_number


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        pytest.param("1,000 and 12,500.75", ["1000", "12500.75"], id="english-thousands"),
        pytest.param("1.234.567,89 in all", ["1234567.89"], id="european-thousands"),
        pytest.param("12,5 of them", ["12.5"], id="decimal-comma"),
        pytest.param("0,125 of them", ["0.125"], id="comma-after-zero-is-decimal"),
        pytest.param("1'000 and 1’500", ["1000", "1500"], id="swiss-thousands"),
        pytest.param("1\u202f000 pieces", ["1000"], id="thin-space"),
        pytest.param("1 000 € for it", ["1000"], id="space-before-currency"),
        pytest.param("plan 5 100 users", ["5", "100"], id="space-elsewhere-separates"),
        pytest.param("1,00,000 rupees", ["100000"], id="indian-groups"),
        pytest.param("5k, 3 million, 2bn, 4 mio", ["5000", "3000000", "2000000000", "4000000"], id="scales"),
        pytest.param("½, 1½, 2 ¼ and 3 1/2", ["0.5", "1.5", "2.25", "3.5"], id="fractions"),
        pytest.param("minus 5 and −7.5", ["-5", "-7.5"], id="negative"),
        pytest.param("range 3-5", ["3", "5"], id="hyphen-between-figures-is-no-sign"),
        pytest.param("61 and three quarters", ["61.75"], id="digits-and-fraction"),
        pytest.param("the 23rd of 4", ["4"], id="ordinals-are-no-numbers"),
    ],
)
def test_numbers_in_digits(text, amounts):
    assert [numeral.amount for numeral in find_numerals(text)] == [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("twenty-one", "21"),
        ("ninety nine", "99"),
        ("a dozen", "12"),
        ("half a dozen", "6"),
        ("two dozen", "24"),
        ("a hundred and ten", "110"),
        ("fifteen hundred", "1500"),
        ("two hundred and five", "205"),
        ("one hundred twenty thousand", "120000"),
        ("two million three hundred thousand", "2300000"),
        ("half a million", "500000"),
        ("two and a half", "2.5"),
        ("twelve and a half thousand", "12500"),
        ("three and three quarters", "3.75"),
        ("four point two", "4.2"),
        ("a couple of", "2"),
    ],
)
def test_numbers_in_words(words, amount):
    text = f"they sent {words} letters"

    numerals = list(find_numerals(text))

    assert [numeral.amount for numeral in numerals] == [Decimal(amount)]
    assert text[numerals[0].start : numerals[0].end] == words
    assert numerals[0].is_word


def test_numbers_joined_by_and_stay_two():
    assert [numeral.amount for numeral in find_numerals("between two and three")] == [2, 3]


def test_a_full_stop_groups_thousands_only_in_european_text():
    assert digits_to_number("1.500") == Decimal("1.5")
    assert digits_to_number("1.500", is_european=True) == 1500


def test_words_that_are_no_number_give_none():
    assert words_to_number("several letters") is None


@pytest.mark.parametrize("number", range(100))
def test_words_read_back_as_their_number(number):
    assert words_to_number(number_to_words(number)) == number


def test_numbers_without_words_are_refused():
    with pytest.raises(ValueError, match="100"):
        number_to_words(100)
