import pytest

from groundwire.domain import Label
from groundwire.evaluation.cases import Case, Format, LabelledClaim, LabelledFile


@pytest.mark.parametrize(
    ("label", "is_bad"),
    [(Label.SUPPORTED, False), (Label.CONTRADICTED, True), (Label.UNSUPPORTED, True), (None, False)],
)
def test_a_claim_is_bad_when_the_documents_do_not_carry_it(label, is_bad):
    assert LabelledClaim("x", 0, 1, label).is_bad is is_bad


def test_a_file_names_its_sources_once_in_order():
    cases = tuple(Case("1", "line 1", "x", False, source=source) for source in ("b", "", "a", "b"))
    assert LabelledFile("f", Format.PAIRS, cases).sources == ("b", "a")
