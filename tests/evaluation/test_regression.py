import pytest

from groundwire.domain import Action, Claim, Label, Source, SourceDocument, Verdict
from groundwire.errors import SettingsError
from groundwire.evaluation.bench import Outcome
from groundwire.evaluation.regression import CheckedCase, CheckedClaim, case_of, checked_case
from labelled import KBQA


def outcome(case, *labels):
    """What the check says, claim by claim as the person cut them."""
    claims = [Claim(claim.text, claim.start, claim.end) for claim in case.claims]
    verdicts = tuple(Verdict(claim, label, 0.5, "") for claim, label in zip(claims, labels, strict=False))
    return Outcome(case, verdicts, tuple(() for _ in verdicts), Action.FLAG, 1.0, 1.0)


@pytest.mark.parametrize(
    ("expected", "found", "passes"),
    [
        (Label.CONTRADICTED, Label.CONTRADICTED, True),
        (Label.CONTRADICTED, Label.UNSUPPORTED, True),
        (Label.CONTRADICTED, Label.SUPPORTED, False),
        (Label.CONTRADICTED, Label.UNVERIFIED, False),
        (Label.UNSUPPORTED, Label.CONTRADICTED, True),
        (Label.UNSUPPORTED, Label.SUPPORTED, False),
        (Label.SUPPORTED, Label.SUPPORTED, True),
        (Label.SUPPORTED, Label.UNSUPPORTED, False),
        (Label.SUPPORTED, Label.UNVERIFIED, False),
    ],
)
def test_an_error_must_be_found_and_what_is_sound_must_pass(expected, found, passes):
    assert CheckedClaim("Refunds take 30 days.", expected, found).passes is passes


@pytest.mark.parametrize(
    ("labels", "passes"),
    [
        ((Label.CONTRADICTED, Label.SUPPORTED), True),
        ((Label.SUPPORTED, Label.SUPPORTED), False),
        ((Label.CONTRADICTED, Label.UNSUPPORTED), False),
        ((), False),
    ],
)
def test_a_case_passes_when_every_claim_does(labels, passes):
    checked = checked_case("Refunds", outcome(case_of("Refunds", KBQA), *labels))
    assert (checked.id, checked.name, len(checked.claims), checked.passes) == ("a-1", "Refunds", 2, passes)


def test_a_case_that_could_not_be_checked_does_not_pass():
    assert not CheckedCase("a-1", "Refunds", problem="No policy 'hr'.").passes


def test_a_case_in_json_says_what_was_expected_and_found():
    [claim, _] = checked_case("Refunds", outcome(case_of("", KBQA), Label.SUPPORTED, Label.SUPPORTED)).to_json()[
        "claims"
    ]
    text = "Refunds take 30 days."
    assert claim == {"text": text, "expected": "contradicted", "found": "supported", "passes": False}


def test_documents_of_the_request_belong_to_the_case():
    documents = [{"id": "d1", "title": "Fees", "text": "It is free.", "source": "tool_results"}]
    [document] = case_of("", KBQA | {"documents": documents}).question.documents
    assert document == SourceDocument("d1", "Fees", "It is free.", Source.TOOL_RESULTS)


@pytest.mark.parametrize(
    "record",
    [
        KBQA | {"answer": 7, "claims": [{"text": "Refunds"}]},
        KBQA | {"documents": [{"id": "d", "text": "x", "source": "y"}]},
    ],
)
def test_a_record_that_can_not_be_read_names_its_case(record):
    with pytest.raises(SettingsError, match="regression case 'Refunds'"):
        case_of("Refunds", record)
