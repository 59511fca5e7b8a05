"""What a stored report still says under other thresholds, without asking the verifier again."""

from __future__ import annotations

from dataclasses import replace

from groundwire.domain import Action, Claim, Label, Report, Strictness, Verdict
from groundwire.policy.policy import Policy
from groundwire.verification.judge import is_second_opinion

_HELD = "held when it was delivered"
_REFUSED = "was refused when it was tried"


class Recollection:
    """The verdicts of a report that was made under the policy `was`, as the policy `now` labels them.

    It knows nothing that only the documents can tell: corrections of a claim that was not contradicted before, words
    that were never checked.
    """

    def __init__(self, report: Report, was: Policy, now: Policy) -> None:
        self._was, self._now = was, now
        self._by_claim = {verdict.claim: verdict for verdict in report.verdicts}
        # Older reports do not tell what stood in the place of their claims.
        self._mended = tuple(zip(report.verdicts, report.mended, strict=False))

    def of(self, claim: Claim) -> Verdict | None:
        """Return the verdict on a claim of the answer, or on what stands in its place; None where it is not known."""
        if verdict := self._by_claim.get(claim):
            return self._relabelled(verdict)
        return self._of_rewrite(claim)

    def _relabelled(self, verdict: Verdict) -> Verdict | None:
        strictness = self._now.strictness
        # What a model or a failure decided does not depend on the thresholds.
        if verdict.failure or is_second_opinion(verdict) or strictness == self._was.strictness:
            return verdict
        if verdict.label is Label.UNVERIFIED or _is_looked_up(verdict):
            return verdict
        if verdict.claim.target:
            return None
        label = label_of(verdict, strictness)
        if label is None or (label is Label.CONTRADICTED is not verdict.label and self._corrects):
            return None
        if label is verdict.label:
            return verdict
        spans = () if label is Label.SUPPORTED else verdict.spans
        return replace(verdict, label=label, corrections=(), spans=spans)

    @property
    def _corrects(self) -> bool:
        """Whether a contradicted claim needs its corrections, which only a verdict of that label has."""
        return _corrects(self._now, Label.CONTRADICTED)

    def _of_rewrite(self, claim: Claim) -> Verdict | None:
        """Return what is known of a text that was once found to stand, or not to, in the place of a claim."""
        was, now = self._was.strictness.min_support, self._now.strictness.min_support
        for verdict, mended in self._mended:
            if mended and _is_part(claim, verdict, mended):
                return Verdict(claim, Label.SUPPORTED, was, _HELD, verdict.evidence) if now <= was else None
            if self._was_refused(claim, verdict, mended):
                return Verdict(claim, Label.UNSUPPORTED, 0.0, _REFUSED) if now >= was else None
        return None

    def _was_refused(self, claim: Claim, verdict: Verdict, mended: str | None) -> bool:
        is_it = verdict.claim.start == claim.start and verdict.corrected_text == claim.text
        return is_it and mended != claim.text and _corrects(self._was, verdict.label)


def label_of(verdict: Verdict, strictness: Strictness) -> Label | None:
    """Return the label that a stored verdict has under these thresholds, None where its probabilities do not tell.

    Verdicts of older events lack the probability of contradiction.
    """
    if verdict.support < strictness.min_support and verdict.contradiction <= 0.0:
        return None
    label = strictness.label_of(verdict.support, verdict.contradiction)
    # What nothing speaks of can't be contradicted.
    return Label.UNSUPPORTED if label is Label.CONTRADICTED and not verdict.evidence else label


def _corrects(policy: Policy, label: Label) -> bool:
    return policy.label_actions[label] is Action.REWRITE and "correct" in policy.strategies


def _is_part(claim: Claim, verdict: Verdict, mended: str) -> bool:
    place = claim.start - verdict.claim.start
    return place >= 0 and claim.text == mended[place : place + len(claim.text)]


def _is_looked_up(verdict: Verdict) -> bool:
    """Whether a value of a tool call was found as it is, or another one in its place: no threshold changes that."""
    return bool(verdict.claim.target) and (verdict.support == 1.0 or verdict.contradiction == 1.0)
