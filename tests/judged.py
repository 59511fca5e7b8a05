"""Sample reviews for tests of what people say of answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from groundwire.domain import Label
from groundwire.review.records import ClaimSnapshot, Decision, Judgement, Review
from stored import NOON, sample, verdict

CONTRADICTED = ClaimSnapshot(0, Label.CONTRADICTED, 0.1, 0.8, 0, 21)
SUPPORTED = ClaimSnapshot(1, Label.SUPPORTED, 0.9, 0.05, 22, 43)
UNVERIFIED = ClaimSnapshot(2, Label.UNVERIFIED, 0.0, 0.0, 44, 65)
IN_A_CALL = ClaimSnapshot(3, Label.UNSUPPORTED, 0.3, 0.1, 0, 21, "calls.0.city")
CLAIMS = (CONTRADICTED, SUPPORTED, UNVERIFIED, IN_A_CALL)


def review(judgement: Judgement, at: datetime = NOON, event_id: str = "evt_1", **more: object) -> Review:
    """Return a review of an answer with four claims; `more` are fields of the review or of its decision."""
    undone = {name: more.pop(name) for name in ("undone_at", "undone_by") if name in more}
    return Review(
        id=f"rev_{at.isoformat()}",
        event_id=event_id,
        created_at=at,
        reviewer="ada",
        decision=Decision(judgement, **more),
        policy="default",
        policy_version="a1b2c3",
        verifier="rules-1",
        revision="default@3",
        claims=CLAIMS,
        **undone,
    )


async def judge_ninety(services, events) -> None:
    """Store 90 answers that were objected to, judged: 60 errors, and 30 false alarms at a higher support."""
    for number in range(90):
        support = 0.1 if number < 60 else 0.45
        found = replace(verdict(Label.CONTRADICTED), support=support, contradiction=0.9 * (1 - support))
        event = sample(verifier=services.guardrail.verifier_name)
        event = replace(event, report=replace(event.report, verdicts=(found,)))
        await events.append([event])
        judgement = Judgement.RIGHT if number < 60 else Judgement.FALSE_ALARM
        await services.reviews.add(event, Decision(judgement, 0), "Ada")
