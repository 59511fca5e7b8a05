"""Verdict → action, by table; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundwire.domain import Action, Failure, Label, Verdict
from groundwire.policy.policy import Policy

# Failures of the guard itself, as opposed to answers it can't judge: a block for one of them is an outage.
OUTAGES = frozenset((Failure.ERROR, Failure.TIMEOUT, Failure.EVENT_STORE))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What happens to one claim: its verdict, the action, and for a rewrite the text in the claim's place.

    `mended` is empty when the claim is removed and None when it stays as it is, or is not mended yet.
    """

    verdict: Verdict
    action: Action
    mended: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the claim is to be rewritten and nothing has mended it yet."""
        return self.action is Action.REWRITE and self.mended is None

    @property
    def is_removal(self) -> bool:
        """Whether the claim is dropped from the answer."""
        return self.action is Action.REWRITE and not self.mended

    @property
    def is_outage(self) -> bool:
        """Whether the claim is blocked because the guard failed, not because of what the claim says."""
        return self.action is Action.BLOCK and self.verdict.failure in OUTAGES


def action_for(verdict: Verdict, policy: Policy) -> Action:
    """Return the action that the policy has for a verdict; a failed check is judged by its failure."""
    if verdict.failure:
        return policy.failure_actions[verdict.failure]
    return policy.label_actions[verdict.label]


def argument_ruling(verdict: Verdict, policy: Policy, otherwise: Action) -> Ruling:
    """Return what happens to a tool call for one of its arguments, which are never rewritten."""
    is_general = verdict.failure is not None or verdict.label in {Label.SUPPORTED, Label.UNVERIFIED}
    action = action_for(verdict, policy) if is_general else otherwise
    return Ruling(verdict, otherwise if action is Action.REWRITE else action)


def most_severe(actions: Iterable[Action]) -> Action:
    """Return the most severe action; allow when there is none."""
    return max(actions, key=lambda action: action.severity, default=Action.ALLOW)


def contradicted(rulings: Iterable[Ruling]) -> int:
    """Return how many of the claims are contradicted."""
    return sum(ruling.verdict.label is Label.CONTRADICTED for ruling in rulings)


def decide(rulings: Iterable[Ruling], policy: Policy) -> Action:
    """Return the action for a whole answer: the most severe of its claims', or block when it is wrong all over."""
    rulings = tuple(rulings)
    if contradicted(rulings) >= policy.max_contradicted:
        return Action.BLOCK
    return most_severe(ruling.action for ruling in rulings)
