"""Mends claims with the smallest edit: correct the value, else drop the claim; a correction is checked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from groundwire.domain import Action, Claim, Label, Verdict
from groundwire.policy.decision import Ruling, action_for
from groundwire.policy.policy import Policy

Verify = Callable[[Sequence[Claim]], list[Verdict]]
Strategy = Callable[[Sequence[Verdict], Verify], list[str | None]]


def correct(verdicts: Sequence[Verdict], verify: Verify) -> list[str | None]:
    """Return each claim with its corrections applied, or None where there are none or they do not hold.

    A corrected claim holds when a second check finds it supported.
    """
    corrected = [_corrected_claim(verdict) for verdict in verdicts]
    candidates = [claim for claim in corrected if claim]
    checked = iter(verify(candidates) if candidates else ())
    texts: list[str | None] = []
    for claim in corrected:
        holds = claim is not None and next(checked).label is Label.SUPPORTED
        texts.append(claim.text if claim and holds else None)
    return texts


def remove(verdicts: Sequence[Verdict], _verify: Verify) -> list[str | None]:
    """Return the empty text for each claim: what is not said needs no check."""
    return [""] * len(verdicts)


STRATEGIES: Mapping[str, Strategy] = {"correct": correct, "remove": remove}


def rule(verdicts: Sequence[Verdict], policy: Policy, verify: Verify) -> list[Ruling]:
    """Return what happens to each claim, in order, with the claims that are to be rewritten already mended.

    `verify` is called at most once for each strategy, with all claims it could mend.
    """
    rulings = [Ruling(verdict, action_for(verdict, policy)) for verdict in verdicts]
    broken = [place for place, ruling in enumerate(rulings) if ruling.action is Action.REWRITE]
    for name in policy.strategies:
        if not broken:
            break
        mended = STRATEGIES[name]([verdicts[place] for place in broken], verify)
        for place, text in zip(broken, mended, strict=True):
            if text is not None:
                rulings[place] = Ruling(verdicts[place], Action.REWRITE, text)
        broken = [place for place, text in zip(broken, mended, strict=True) if text is None]
    for place in broken:
        rulings[place] = Ruling(verdicts[place], policy.otherwise)
    return rulings


def _corrected_claim(verdict: Verdict) -> Claim | None:
    """Return the claim as it would read after its corrections, which must be apart and inside it."""
    claim = verdict.claim
    reached = claim.start
    for edit in sorted(verdict.corrections, key=lambda edit: (edit.start, edit.end)):
        if edit.start < reached or edit.end < edit.start or edit.end > claim.end:
            return None
        reached = edit.end
    text = verdict.corrected_text
    if text is None or text == claim.text or not text.strip():
        return None
    return Claim(text, claim.start, claim.start + len(text), claim.context)
