from decimal import Decimal

from groundwire.values import Kind, Value


def test_a_value_with_two_ends_is_a_range():
    assert Value(Kind.NUMBER, "3-5", 0, 3, Decimal(3), Decimal(5)).is_range
    assert not Value(Kind.NUMBER, "3", 0, 1, Decimal(3), Decimal(3)).is_range
