"""Mends claims with the smallest edit: correct the value, else drop the claim; a correction is checked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from groundwire.domain import Claim, Label, Verdict
from groundwire.policy.decision import Ruling, action_for
from groundwire.policy.policy import REGENERATE, Policy

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


# The one that asks a model, `regenerate`, is not here because it waits; see `rule` and `resume`.
STRATEGIES: Mapping[str, Strategy] = {"correct": correct, "remove": remove}


def rule(verdicts: Sequence[Verdict], policy: Policy, verify: Verify) -> list[Ruling]:
    """Return what happens to each claim, in order, with the claims that are to be rewritten already mended.

    Where the model is to be asked next, the claims that no strategy before that has mended are still open. `verify` is
    called at most once for each strategy, with all claims it could mend.
    """
    rulings = [Ruling(verdict, action_for(verdict, policy)) for verdict in verdicts]
    before, asks, _ = _parts(policy)
    rulings = _mended(rulings, before, verify)
    return rulings if asks else _closed(rulings, policy)


def resume(rulings: Sequence[Ruling], texts: Sequence[str | None], policy: Policy, verify: Verify) -> list[Ruling]:
    """Return rulings that were open, in order, closed: with the model's text for each, else by what comes after it."""
    answered = [replace(ruling, mended=text) for ruling, text in zip(rulings, texts, strict=True)]
    return _closed(_mended(answered, _parts(policy)[2], verify), policy)


def _parts(policy: Policy) -> tuple[Sequence[str], bool, Sequence[str]]:
    """Return the strategies before the model is asked, whether it is asked, and those after that."""
    names = policy.strategies
    place = names.index(REGENERATE) if policy.regenerates else len(names)
    before, after = ([name for name in part if name in STRATEGIES] for part in (names[:place], names[place:]))
    return before, policy.regenerates, after


def _mended(rulings: Sequence[Ruling], strategies: Sequence[str], verify: Verify) -> list[Ruling]:
    """Return the rulings, each open one with what the first strategy that works makes of its claim."""
    mended = list(rulings)
    for name in strategies:
        places = [place for place, ruling in enumerate(mended) if ruling.is_open]
        if not places:
            break
        texts = STRATEGIES[name]([mended[place].verdict for place in places], verify)
        for place, text in zip(places, texts, strict=True):
            mended[place] = replace(mended[place], mended=text)
    return mended


def _closed(rulings: Sequence[Ruling], policy: Policy) -> list[Ruling]:
    """Return the rulings, with the policy's other action for the claims that no strategy has mended."""
    return [replace(ruling, action=policy.otherwise) if ruling.is_open else ruling for ruling in rulings]


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
