"""Lays what was decided beside what would be decided now, claim by claim."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.domain import Claim, Event, Label, Strictness, Verdict
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.checks.arguments import LISTED
from groundwire.replay.outcomes import Basis, ClaimChange, Decision

Key = tuple[str, int, int]


def decision_before(event: Event) -> Decision:
    """Return what was decided on a stored event."""
    return Decision(event.report.label, event.action, event.mode, event.delivered)


def decision_now(checked: CheckedAnswer) -> Decision:
    """Return what is decided on an answer, in the form in which an event keeps it."""
    context = checked.context
    delivered = "" if checked.is_outage and not context.is_stream else checked.delivered_in_full
    return Decision(checked.report.label, checked.action, context.mode, delivered)


def changes(
    before: Sequence[Verdict], after: Sequence[Verdict], basis: Basis, strictness: Strictness
) -> tuple[ClaimChange, ...]:
    """Return every claim with its verdict before and now, in the order of the answer, tool calls last.

    Values that a tool lists are none: they are not checked.
    """
    then = {_key(verdict.claim): verdict for verdict in before}
    now = {_key(verdict.claim): verdict for verdict in after if verdict.reason != LISTED}
    return tuple(_change(then.get(key), now.get(key), basis, strictness) for key in _ordered([*then, *now]))


def _ordered(keys: Sequence[Key]) -> list[Key]:
    """Return each key once: claims by their place in the answer, then arguments as they come."""
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return sorted(places, key=lambda key: (key[0] != "", places[key] if key[0] else key[1]))


def _key(claim: Claim) -> Key:
    return claim.target, claim.start, claim.end


def _change(before: Verdict | None, after: Verdict | None, basis: Basis, strictness: Strictness) -> ClaimChange:
    shown = after or before
    assert shown is not None
    claim = shown.claim
    return ClaimChange(
        text=claim.text,
        start=claim.start,
        end=claim.end,
        target=claim.target,
        before=before.label if before else None,
        after=after.label if after else None,
        support_before=before.support if before else None,
        support_after=after.support if after else None,
        why=_why(before, after, basis, strictness),
    )


def _why(before: Verdict | None, after: Verdict | None, basis: Basis, strictness: Strictness) -> str:
    if after is None:
        return "not looked at any more, because the stream is cut before it"
    if before is None:
        return f"not looked at then; {after.reason}"
    if before.label is after.label:
        return ""
    if basis is Basis.VERIFIED or before.support != after.support:
        return after.reason
    return _threshold(after, strictness)


def _threshold(verdict: Verdict, strictness: Strictness) -> str:
    """Say which threshold a claim has crossed."""
    support = f"support {verdict.support:.2f}"
    if verdict.label is Label.SUPPORTED:
        return f"{support} is enough: thresholds.support is {strictness.min_support:g}"
    if verdict.support >= strictness.min_support:
        return verdict.reason
    share = verdict.contradiction / (1.0 - verdict.support)
    kind = "is enough" if verdict.label is Label.CONTRADICTED else "is not enough"
    return (
        f"{support} is below thresholds.support {strictness.min_support:g}; the share of the contradiction in what is "
        f"lacking, {share:.2f}, {kind}: thresholds.contradiction is {strictness.min_contradiction:g}"
    )
