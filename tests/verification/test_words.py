from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.verification.words import content_words, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("plan", "plans"),
        ("policies", "policy"),
        ("cancelled", "cancelling"),
        ("refunded", "refund"),
        ("customer’s", "customers"),
        ("shipping", "shipped"),
        ("boxes", "box"),
        ("Payment", "payments"),
    ],
)
def test_forms_of_one_word_share_a_stem(one, other):
    assert stems(one) == stems(other) != frozenset()


@pytest.mark.parametrize(
    ("one", "other"), [("refund", "return"), ("bus", "bun"), ("Basic", "Base 2"), ("300", "3000"), ("planet", "plan")]
)
def test_other_words_keep_their_own_stem(one, other):
    assert stems(one) != stems(other)


def test_function_words_carry_no_meaning():
    assert stems("It is what you have to do with it, isn't it?") == frozenset()


def test_words_come_in_order_with_figures():
    text = "The Team plan holds 1,500 files."

    assert [text[word.start : word.end] for word in content_words(text)] == ["Team", "plan", "holds", "1,500", "files"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The Harbour plan", ["Harbour"]),
        ("Customers may call NASA.", ["NASA"]),
        ("Customers call. Agents answer.", []),
        ("- Customers call", []),
        ("a plain sentence", []),
    ],
)
def test_names_are_told_by_their_capitals(text, names):
    assert [text[word.start : word.end] for word in content_words(text) if word.is_name] == names


@given(st.text(max_size=200))
def test_spans_lie_in_the_text_and_apart(text):
    words = content_words(text)

    assert all(0 <= word.start < word.end <= len(text) and text[word.start : word.end].strip() for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))
