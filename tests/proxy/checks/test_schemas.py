import pytest

from groundwire.proxy.checks.schemas import is_listed, tool_schemas

UNITS = {"enum": ["day", "week"]}
SCHEMA = {
    "properties": {
        "unit": UNITS,
        "kind": {"const": "full"},
        "items": {"items": {"properties": {"size": {"enum": [1, 2]}}}},
        "either": {"anyOf": [{"type": "null"}, UNITS]},
        "referred": {"$ref": "#/$defs/unit"},
        "lost": {"$ref": "#/$defs/none"},
        "outside": {"$ref": "https://example.com/unit"},
        "round": {"$ref": "#/$defs/round"},
        "free": {"type": "string"},
        "named": {"additionalProperties": UNITS},
        "odd": {"enum": "day", "properties": 3},
    },
    "$defs": {"unit": UNITS, "round": {"anyOf": [{"$ref": "#/$defs/round"}]}},
}


@pytest.mark.parametrize(
    ("path", "value", "listed"),
    [
        (("unit",), "day", True),
        (("unit",), "year", False),
        (("kind",), "full", True),
        (("items", 4, "size"), 2, True),
        (("items", 4, "size"), 3, False),
        (("either",), "week", True),
        (("referred",), "week", True),
        (("lost",), "week", False),
        (("outside",), "week", False),
        (("round",), "week", False),
        (("free",), "day", False),
        (("named", "x"), "day", True),
        (("unknown", 0), "day", False),
        (("odd",), "day", False),
        (("odd", "x"), "day", False),
        ((), "day", False),
    ],
)
def test_a_value_may_be_one_that_the_schema_lists(path, value, listed):
    assert is_listed(SCHEMA, path, value) is listed


def test_without_a_schema_nothing_is_listed():
    assert not is_listed(None, ("unit",), "day")


@pytest.mark.parametrize(
    "values",
    [
        {"tools": [{"type": "function", "function": {"name": "pay", "parameters": SCHEMA}}]},
        {"tools": [{"type": "function", "name": "pay", "parameters": SCHEMA}, {"type": "web_search"}, 3]},
        {"functions": [{"name": "pay", "parameters": SCHEMA}, {"name": "look_up"}, {"name": 1, "parameters": {}}]},
    ],
    ids=["chat", "responses", "of old"],
)
def test_the_schemas_of_a_request_are_found_by_the_name_of_the_tool(values):
    assert tool_schemas(values) == {"pay": SCHEMA}


@pytest.mark.parametrize("values", [{}, {"tools": None}, {"tools": "pay"}, {"tools": [None]}, {"functions": {}}])
def test_a_request_may_have_none(values):
    assert tool_schemas(values) == {}
