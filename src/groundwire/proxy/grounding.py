"""The `grounding` object on the wire: what was checked, decided, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from groundwire.domain import Action, Evidence, Label, Mode, Regeneration, Source
from groundwire.policy.decision import Ruling
from groundwire.policy.policy import Policy
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.exchange import Headers


class Wire(BaseModel):
    """A part of the object."""

    model_config = ConfigDict(frozen=True)


class GroundingEvidence(Wire):
    """The words of a document that decide a claim; offsets are into the document's text."""

    document_id: str
    version: int
    title: str
    quote: str
    start: int
    end: int
    source: Source
    url: str | None = None


class GroundingClaim(Wire):
    """A claim with its verdict; offsets are into the upstream's original answer.

    `context` is what the claim was read together with; a claim that speaks for itself has none. `target` is the
    argument of a tool call that the claim is about; the offsets are then into the text of that call's arguments.
    """

    text: str
    start: int
    end: int
    context: str | None = None
    target: str | None = None
    label: Label
    support: float
    reason: str
    correction: str | None = None
    evidence: tuple[GroundingEvidence, ...] = ()


class GroundingSkipped(Wire):
    """Something that was not checked."""

    what: str
    why: str


class GroundingCoverage(Wire):
    """How many claims got a verdict, and what was left out."""

    checked: int
    skipped: tuple[GroundingSkipped, ...] = ()


class GroundingUsage(Wire):
    """Tokens as the upstream counts them."""

    prompt_tokens: int
    completion_tokens: int


class GroundingRegeneration(Wire):
    """How often the model was asked to reword claims, and what that took; the reply's own `usage` has none of it."""

    count: int
    usage: GroundingUsage


class Grounding(Wire):
    """What a response says about the check of its answer."""

    event_id: str | None
    action: Action
    label: Label
    groundedness: float
    revision: str
    policy: str
    mode: Mode
    claims: tuple[GroundingClaim, ...] = ()
    coverage: GroundingCoverage
    timing_ms: Mapping[str, float] = {}
    regeneration: GroundingRegeneration | None = None

    def to_wire(self) -> dict[str, object]:
        """Return plain values for JSON; optional fields that are not set are left out."""
        values = self.model_dump(mode="json", exclude_none=True)
        return {**values, "event_id": self.event_id}


def grounding_of(answer: CheckedAnswer) -> Grounding:
    """Return the object for one checked answer."""
    report, context = answer.report, answer.context
    checked = sum(verdict.label is not Label.UNVERIFIED for verdict in report.verdicts)
    skipped = tuple(GroundingSkipped(what=entry.what, why=entry.why) for entry in report.skipped)
    return Grounding(
        event_id=answer.event_id,
        action=answer.action,
        label=report.label,
        groundedness=round(report.groundedness, 4),
        revision=report.revision,
        policy=context.policy.name,
        mode=context.mode,
        claims=_claims(answer),
        coverage=GroundingCoverage(checked=checked, skipped=skipped),
        timing_ms=report.timing_ms,
        regeneration=_regeneration(report.regeneration),
    )


def unchecked_grounding(policy: Policy) -> Grounding:
    """Return the object for an answer that is not checked because the mode is off."""
    return Grounding(
        event_id=None,
        action=Action.ALLOW,
        label=Label.UNVERIFIED,
        groundedness=0.0,
        revision="",
        policy=policy.name,
        mode=Mode.OFF,
        coverage=GroundingCoverage(checked=0, skipped=(GroundingSkipped(what="answer", why="the mode is off"),)),
    )


def worst_of(answers: Sequence[CheckedAnswer]) -> CheckedAnswer:
    """Return the answer with the most severe action; among equals the least grounded, then the first choice."""
    return max(answers, key=lambda answer: (answer.action.severity, -answer.report.groundedness, -answer.choice))


def grounding_headers(answer: CheckedAnswer) -> Headers:
    """Return the headers that repeat the outcome for clients that do not read the body."""
    values = {
        "action": answer.action.value,
        "label": answer.report.label.value,
        "event-id": answer.event_id or "",
        "revision": answer.report.revision,
    }
    return [(f"x-grounding-{name}".encode(), value.encode("latin-1", "replace")) for name, value in values.items()]


def _regeneration(spent: Regeneration | None) -> GroundingRegeneration | None:
    if spent is None:
        return None
    usage = GroundingUsage(prompt_tokens=spent.prompt_tokens, completion_tokens=spent.completion_tokens)
    return GroundingRegeneration(count=spent.count, usage=usage)


def _claims(answer: CheckedAnswer) -> tuple[GroundingClaim, ...]:
    # A verdict on the whole text may stand in for the ruling's own, so the report's verdicts are the ones shown.
    pairs = zip(answer.report.verdicts, answer.rulings, strict=True)
    return tuple(
        GroundingClaim(
            text=verdict.claim.text,
            start=verdict.claim.start,
            end=verdict.claim.end,
            context=verdict.claim.context or None,
            target=verdict.claim.target or None,
            label=verdict.label,
            support=round(verdict.support, 4),
            reason=verdict.reason,
            correction=_correction(ruling),
            evidence=tuple(_evidence(evidence) for evidence in verdict.evidence),
        )
        for verdict, ruling in pairs
    )


def _correction(ruling: Ruling) -> str | None:
    """The claim as it was corrected, or as it could be."""
    return ruling.mended or ruling.verdict.corrected_text


def _evidence(evidence: Evidence) -> GroundingEvidence:
    return GroundingEvidence(
        document_id=evidence.document_id,
        version=evidence.version,
        title=evidence.title,
        quote=evidence.quote,
        start=evidence.start,
        end=evidence.end,
        source=evidence.source,
        url=evidence.url,
    )
