import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.proxy.jsontext import Edit, encode, extended, leaves, replace, without

ODD = '{ "a" : 1.10, "big": 12345678901234567890.0e-2,\n "list":[ {"x":"\\u00e9","y":1E5}, [ ] ], "n":null }'


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("a",), "new", ODD.replace("1.10", '"new"')),
        (("list", 0, "x"), "é", ODD.replace('"\\u00e9"', '"é"')),
        (("list", 0, "z"), True, ODD.replace("1E5}", '1E5,"z":true}')),
        (("m",), {}, ODD.replace("null }", 'null,"m":{} }')),
        (("list", 1), 5, ODD.replace("[ ]", "5")),
    ],
    ids=["a value", "inside a list", "a new key inside", "a new key", "a place of a list"],
)
def test_only_the_value_at_the_path_changes(path, value, expected):
    assert replace(ODD, [(path, value)]) == expected


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\x0b", "\x1c", "\r", "\ud800"], ids=ascii)
def test_json_is_one_line_of_unicode_for_every_client(character):
    text = encode({"é": f"a{character}b"})

    assert text.encode().decode().splitlines() == [text]
    assert json.loads(text) == {"é": f"a{character}b"}


def test_the_last_of_equal_keys_is_replaced_as_it_is_the_one_that_counts():
    assert replace('{"a":1,"a":2}', [(("a",), 3)]) == '{"a":1,"a":3}'


@pytest.mark.parametrize("path", [("list", 7), ("nowhere", "x"), ("a", "x", "y")], ids=repr)
def test_a_path_that_leads_nowhere_is_an_error(path):
    with pytest.raises(KeyError, match="nothing at"):
        replace(ODD, [(path, 1)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"g":{"a":[1]},"b":1.10}', '{"b":1.10}'),
        ('{"b":1.10, "g":1}', '{"b":1.10}'),
        ('{"b":1.10, "g":1, "c":2}', '{"b":1.10, "c":2}'),
        ('{ "g":1 }', "{  }"),
        ('{"g":1,"b":{"g":2},"g":3}', '{"b":{"g":2}}'),
        ('{"b":1}', '{"b":1}'),
    ],
    ids=["first", "last", "middle", "only", "twice", "absent"],
)
def test_a_key_is_cut_out_with_its_comma(text, expected):
    assert without(text, "g") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":1}', b'{"a":1,"g":true}'),
        (b' {"a":1 }\n', b'{"a":1,"g":true}'),
        (b"{ }", b'{"g":true}'),
        (b"[1]", b"[1]"),
        (b"oops", b"oops"),
        (b"", b""),
    ],
)
def test_an_object_gets_one_more_member(body, expected):
    assert extended(body, "g", True) == expected


def test_a_lone_surrogate_is_escaped():
    assert encode({"a": "\ud83d é"}) == '{"a":"\\ud83d \\u00e9"}'
    assert encode("é") == '"é"'


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), values, max_size=4), values, st.sampled_from([None, 2]))
def test_replacing_and_cutting_agree_with_parsed_values(original, value, indent):
    text = json.dumps(original, indent=indent)

    changed = replace(text, [(("key",), value)])

    assert json.loads(changed) == {**original, "key": value}
    assert json.loads(without(changed, "key")) == {name: each for name, each in original.items() if name != "key"}


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{"a": {"b": 1, "c": 2}, "d": 3}', ("a", "b"), '{"a": {"c": 2}, "d": 3}'),
        ('{"a": {"c": 2 , "b": 1}}', ("a", "b"), '{"a": {"c": 2}}'),
        ('{"a": [{"b": 1}, {"b": 1}]}', ("a", 1, "b"), '{"a": [{"b": 1}, {}]}'),
        ('{"a": {"b": 1, "b": 2}}', ("a", "b"), '{"a": {}}'),
        ('{"a": 1}', ("b",), '{"a": 1}'),
    ],
)
def test_a_member_is_taken_out(text, path, expected):
    assert replace(text, [(path, Edit.REMOVE)]) == expected


def test_nothing_is_taken_out_of_nowhere():
    with pytest.raises(KeyError):
        replace('{"a": 1}', [(("b", "c"), Edit.REMOVE)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '{"a": 45.0, "b": [true, {"c": "x"}], "d": {}}',
            [(("a",), "45.0"), (("b", 0), "true"), (("b", 1, "c"), '"x"')],
        ),
        (' "alone" ', [((), '"alone"')]),
        ("[]", []),
        ('{"a": -1e3,"a": null}', [(("a",), "-1e3"), (("a",), "null")]),
    ],
)
def test_leaves_are_the_values_that_hold_no_others(text, found):
    assert [(path, text[start:end]) for path, start, end in leaves(text)] == found
