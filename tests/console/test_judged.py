from dataclasses import replace

import pytest

from groundwire.console.answers import Change
from groundwire.console.judged import document_link, shown_answer
from groundwire.domain import Action, Claim, Evidence, Label, Mode, Report, Source, SourceDocument, ToolCall, Verdict
from libraries import open_library
from stored import sample

TEXT = "Goods go back within 14 days. Refunds take 14 days. Shipping is free."
QUOTE = "Refunds take 14 days."


def evidence(**changes):
    start = TEXT.find(QUOTE)
    return replace(Evidence("refunds", 1, "Refunds", QUOTE, start, start + len(QUOTE)), **changes)


def event_with(found, **changes):
    verdict = Verdict(Claim("Refunds take 30 days.", 0, 21), Label.CONTRADICTED, 0.1, "", (found,))
    return sample(Label.CONTRADICTED, report=Report("Refunds take 30 days.", (verdict,)), **changes)


@pytest.fixture
def library(database, tmp_path):
    library = open_library(database, tmp_path / "indexes")
    library.add("default", refunds=TEXT)
    return library


def test_evidence_stands_in_its_surroundings_and_links_to_its_place(database, library):
    [claim] = shown_answer(event_with(evidence()), database).claims
    [shown] = claim.evidence
    assert (shown.around.before, shown.around.after) == ("Goods go back within 14 days. ", " Shipping is free.")
    assert shown.link == "/console/documents/refunds?in=default&version=1&start=30&end=51#quote"


def test_evidence_of_the_request_has_surroundings_and_no_link(database, library):
    found = evidence(source=Source.REQUEST_DOCUMENTS)
    event = event_with(found)
    event = replace(event, question=replace(event.question, documents=(SourceDocument("refunds", "", TEXT),)))
    [shown] = shown_answer(event, database).claims[0].evidence
    assert (shown.around.before, shown.link) == ("Goods go back within 14 days. ", "")


def test_evidence_that_is_gone_still_has_its_quote(database, library):
    [shown] = shown_answer(event_with(evidence(version=9)), database).claims[0].evidence
    assert (shown.around, shown.evidence.quote) == (None, QUOTE)


def test_ids_of_documents_can_not_lead_elsewhere():
    link = document_link(evidence(document_id='../../x?y#z"\ud800'), ("a", "b"))
    assert link.startswith("/console/documents/../../x%3Fy%23z%22%3F?in=a%2Cb&")


@pytest.mark.parametrize(
    ("labels", "worst"),
    [
        ((), None),
        ((Label.SUPPORTED, Label.UNSUPPORTED, Label.CONTRADICTED), 2),
        ((Label.UNVERIFIED, Label.SUPPORTED), 0),
    ],
)
def test_the_worst_claim_is_known(database, labels, worst):
    assert shown_answer(sample(*labels), database).worst == worst


def test_what_was_changed_is_shown_word_by_word(database):
    shown = shown_answer(sample(Label.CONTRADICTED), database)
    assert [(part.text) for part in shown.changes if part.change is not Change.SAME] == ["30", "14"]
    assert (shown.is_blocked, shown.is_mended) == (False, True)


@pytest.mark.parametrize(
    ("changes", "is_blocked"),
    [
        ({"action": Action.BLOCK, "delivered": "I can't confirm that."}, True),
        ({"action": Action.BLOCK, "mode": Mode.SHADOW, "delivered": "Refunds take 30 days."}, False),
        ({"delivered": "Refunds take 30 days."}, False),
    ],
)
def test_without_a_rewrite_nothing_is_compared(database, changes, is_blocked):
    shown = shown_answer(sample(Label.CONTRADICTED, **changes), database)
    assert (shown.changes, shown.is_blocked) == ((), is_blocked)


def test_claims_on_tool_calls_stand_in_their_arguments(database):
    call = ToolCall("calls[0]", "refund", '{"days": 30}')
    claim = Claim("the days are 30", 9, 11, target="calls[0].days")
    report = Report("Done.", (Verdict(claim, Label.CONTRADICTED, 0.1, ""),), calls=(call,))
    shown = shown_answer(sample(report=report, delivered='Done.\nrefund({"days": 30})'), database)
    assert [piece.claims for piece in shown.pieces] == [()]
    assert [(piece.text, piece.claims) for piece in shown.calls[0].pieces] == [
        ('{"days": ', ()),
        ("30", (0,)),
        ("}", ()),
    ]
    assert shown.changes == ()
