import json

from hypothesis import given
from hypothesis import strategies as st

from groundwire.knowledge.structured import json_to_markdown

SCALAR = st.none() | st.booleans() | st.integers() | st.text("ab ü|#", max_size=6)
KEY = st.sampled_from(["name", "refund_days", "fee", "x"])
JSON = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4))


def scalars(value):
    if isinstance(value, dict | list):
        entries = value.values() if isinstance(value, dict) else value
        return [found for entry in entries for found in scalars(entry)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


@given(JSON)
def test_no_number_and_no_word_is_lost(value):
    text = json_to_markdown(json.dumps(value)).replace("\\|", "|").split()

    assert all(word in " ".join(text) for scalar in scalars(value) for word in scalar.split())


def test_records_with_long_texts_become_sections():
    text = json_to_markdown(json.dumps([{"id": 7, "body": "long " * 60}, {"body": "x"}]))

    assert text.startswith("# 7\n\n- body: long")
    assert "# Entry 2" in text
