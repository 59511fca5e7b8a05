import pytest

from groundwire.evaluation.evidence import evidence_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("Fees are $2.", "Fees are $2.", id="text"),
        pytest.param({"fee": 2.50, "tags": ["a", "b"]}, "- fee: 2.5\n- tags: a, b", id="object"),
        pytest.param('  {"fee": 2.50}', "- fee: 2.50", id="JSON text keeps its figures"),
        pytest.param('[{"plan": "Lite", "fee": 2}]', "| plan | fee |\n|---|---|\n| Lite | 2 |", id="rows"),
        pytest.param("[1] See the terms.", "[1] See the terms.", id="only looks like JSON"),
        pytest.param("[" * 100_000, "[" * 100_000, id="nested too deeply"),
        pytest.param(None, "", id="null"),
        pytest.param(7, "7", id="number"),
    ],
)
def test_evidence_as_text(value, text):
    assert evidence_text(value) == text
