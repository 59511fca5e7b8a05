import pytest

from groundwire.domain import Action
from groundwire.policy.tools import ToolRule, ToolRules


@pytest.mark.parametrize(
    ("patterns", "path", "is_covered"),
    [
        (("*",), ("amount",), True),
        (("*",), (), True),
        (("amount",), ("amount",), True),
        (("amount",), ("amounts",), False),
        (("amount",), (), False),
        (("items",), ("items", 0, "sku"), True),
        (("items.sku",), ("items", 1, "sku"), True),
        (("items.sku",), ("items", 1, "note"), False),
        (("*_id",), ("order_id",), True),
        (("*_id",), ("note",), False),
        (("note", "amount"), ("amount", "value"), True),
        (("Amount",), ("amount",), False),
    ],
)
def test_an_argument_is_covered_by_its_name_its_path_or_what_it_lies_in(patterns, path, is_covered):
    assert ToolRule(patterns).covers(path) is is_covered


def test_a_name_goes_before_patterns_and_the_first_of_these_counts():
    rules = ToolRules(
        {"book_*": ToolRule(), "book_h*": ToolRule(("x",)), "book_hotel": ToolRule(otherwise=Action.BLOCK)}
    )

    assert rules.find("book_hotel").otherwise is Action.BLOCK
    assert rules.find("book_hut") == ToolRule()
    assert rules.find("pay") is None
    assert (rules.names("book_flight"), rules.names("pay"), ToolRules().names("pay")) == (True, False, False)
