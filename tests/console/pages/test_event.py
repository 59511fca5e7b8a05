from dataclasses import replace

import pytest

from groundwire.domain import (
    Action,
    Claim,
    Correction,
    Evidence,
    Label,
    Question,
    Report,
    Skipped,
    Source,
    SourceDocument,
    ToolCall,
    Turn,
    Verdict,
)
from groundwire.keys.roles import Role
from groundwire.review.cases import ExpectedClaim
from groundwire.review.records import Decision, DocumentIssue, Judgement, RightPassage
from hostile import PAYLOADS, assert_harmless
from stored import sample


@pytest.fixture
def stored(events):
    """Store an event; returns its path."""

    async def stored(*labels, **changes):
        event = sample(*labels, **changes)
        await events.append([event])
        return event, f"/console/events/{event.id}"

    return stored


async def test_an_event_with_zero_bytes_all_over_is_shown(read, stored):
    event = sample(Label.CONTRADICTED)
    [judged] = event.report.verdicts
    odd = replace(judged, evidence=(replace(judged.evidence[0], document_id="a\0b"),))
    _, path = await stored(
        model="o\0", report=replace(event.report, verdicts=(odd,)), collections=("default", "c\0"), metadata={"m": "\0"}
    )

    assert "Refunds take 14 days." in (await read(path)).text


async def test_an_event_shows_what_was_asked_answered_and_decided(read, stored):
    _, path = await stored(Label.CONTRADICTED, Label.SUPPORTED)
    page = await read(path)
    for text in (
        "How long do refunds take?",
        "Refunds take 30 days.",
        "document says 14 days, answer says 30 days",
        "What the client got",
        "policy default",
        "default@3",
        "rules-1+entailment-1",
        "only text is checked",
        "12.5 ms",
        "Fees",
    ):
        assert text in page.text


async def test_every_claim_has_an_address(read, stored):
    _, path = await stored(Label.CONTRADICTED, Label.SUPPORTED)
    page = await read(path)
    assert [card["id"] for card in page.all("li", class_="claim-card claim-card--contradicted")] == ["claim-1"]
    assert [card["id"] for card in page.all("li", class_="claim-card claim-card--supported")] == ["claim-2"]
    marks = [mark["aria-label"] for mark in page.all("a") if mark.get("data-number")]
    assert marks == ["Claim 1, contradicted", "Claim 2, supported"]


async def test_the_evidence_leads_to_its_document(read, stored):
    _, path = await stored(Label.CONTRADICTED)
    links = (await read(path)).links()
    assert "/console/documents/refunds?in=default&version=2&start=10&end=31#quote" in links


async def test_an_answer_without_claims_says_so(read, stored):
    _, path = await stored(report=Report("Hello!"), delivered="Hello!", question=Question(), action=Action.ALLOW)
    page = await read(path)
    assert "Nothing in this answer could be checked as a claim." in page.text
    assert "Nothing but the answer was sent." in page.text


async def test_a_blocked_answer_shows_what_the_client_got(read, stored):
    _, path = await stored(Label.CONTRADICTED, action=Action.BLOCK, delivered="I can't confirm that.")
    assert "I can't confirm that." in (await read(path)).text


async def test_a_key_is_shown_by_its_name(read, stored, keys):
    key = await keys.create(Role.ANALYST, "the shop")
    _, path = await stored(Label.CONTRADICTED, key_id=key.record.id)
    assert "the shop" in (await read(path, headers={"authorization": f"Bearer {key.key}"})).text


async def test_decisions_are_shown_with_who_and_when(read, stored, services):
    event, path = await stored(Label.CONTRADICTED)
    passage = RightPassage("refunds.md", 2, 0, 8, "14 days.", "default")
    decision = Decision(Judgement.RIGHT, 0, None, "It takes 14 days.", passage, DocumentIssue.WRONG, "clear case")
    review = await services.reviews.add(event, decision, "ada")
    await services.cases.save(event, [ExpectedClaim(0, 21, Label.CONTRADICTED)], "ada", "Refund time")
    page = await read(path)
    for text in (
        "Decided by ada: right",
        "It takes 14 days.",
        "14 days.",
        "documents are wrong",
        "clear case",
        "Refund time",
    ):
        assert text in page.text
    await services.reviews.undo(review.id, "bob")
    assert "Undone by bob" in (await read(path)).text


async def test_an_unknown_event_is_not_found(read):
    assert "No event" in (await read("/console/events/evt_nobody", 404)).text


async def test_in_review_the_page_knows_its_queue(read, stored):
    _, path = await stored(Label.CONTRADICTED)
    plain, reviewed = await read(path), await read(f"{path}?review=1&policy=default&label=&label=contradicted")
    assert "data-queue" not in plain.all("div", id="event")[0]
    assert reviewed.all("div", id="event")[0]["data-queue"] == "?policy=default&label=contradicted"
    assert "/console/review?policy=default&label=contradicted" in reviewed.links()
    current = [[link["href"] for link in page.all("a", aria_current="page")] for page in (plain, reviewed)]
    assert current == [["/console/events"], ["/console/review"]]


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_that_was_planted_lives(read, stored, services, payload):
    claim = Claim(payload, 0, len(payload), payload, "")
    evidence = Evidence(payload, 1, payload, payload, 0, 5, headings=(payload,), url=payload)
    verdict = Verdict(
        claim, Label.CONTRADICTED, 0.1, payload, (evidence, replace(evidence, source=Source.TOOL_RESULTS))
    )
    verdict = replace(verdict, corrections=(Correction(0, 3, payload),), spans=((0, 5),))
    called = replace(verdict, claim=Claim(payload, 0, 5, payload, f"{payload}.x"))
    report = Report(
        payload,
        (verdict, called),
        (Skipped(payload, payload),),
        payload,
        {payload: 1.0},
        mended=(payload, ""),
        calls=(ToolCall(payload, payload, payload),),
    )
    question = Question((Turn("user", payload), Turn(payload, payload)), (SourceDocument(payload, payload, payload),))
    event, path = await stored(
        report=report,
        question=question,
        delivered=f"{payload}!",
        action=Action.REWRITE,
        model=payload,
        metadata={payload: payload},
        usage={payload: 1},
        upstream=payload[:60],
        verifier=payload,
        collections=(payload,),
    )
    decision = Decision(
        Judgement.MISSED,
        0,
        (0, 5),
        payload,
        RightPassage(payload, 1, 0, 5, payload, payload),
        DocumentIssue.WRONG,
        payload,
    )
    review = await services.reviews.add(event, decision, payload)
    await services.reviews.undo(review.id, payload)
    await services.reviews.add(event, replace(decision, is_addition=True), payload)
    await services.cases.save(event, [ExpectedClaim(0, 5, Label.CONTRADICTED)], payload, payload)

    for url in (path, f"{path}?review=1", "/console/review/decisions", "/console/review/cases", "/console/review"):
        assert_harmless(await read(url))
