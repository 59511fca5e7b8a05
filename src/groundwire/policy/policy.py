"""A policy as plain values: what is checked, what follows from each verdict, and within which limits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from groundwire.domain import Action, Failure, Label, Mode, Source, Strictness
from groundwire.policy.tools import ToolRule, ToolRules
from groundwire.settings import PolicySettings

# The strategy that asks a model, which not every check can.
REGENERATE = "regenerate"

BLOCKED_MESSAGE = "I can't confirm that from our documents. Please contact support."

LABEL_ACTIONS: Mapping[Label, Action] = {
    Label.SUPPORTED: Action.ALLOW,
    Label.UNSUPPORTED: Action.FLAG,
    Label.CONTRADICTED: Action.REWRITE,
    Label.UNVERIFIED: Action.FLAG,
}
FAILURE_ACTIONS: Mapping[Failure, Action] = {
    Failure.TIMEOUT: Action.FLAG,
    Failure.ERROR: Action.BLOCK,
    Failure.EMPTY_KNOWLEDGE_BASE: Action.FLAG,
    Failure.OVER_LENGTH: Action.FLAG,
    Failure.LANGUAGE: Action.FLAG,
    Failure.EVENT_STORE: Action.BLOCK,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a check may take, and regenerating besides (seconds), and how much text it covers (characters).

    A stream waits `held_s` seconds and `max_held_chars` characters for the end of a claim.
    """

    budget_s: float = 2.0
    regeneration_s: float = 5.0
    max_answer_chars: int = 100_000
    max_held_chars: int = 4_000
    held_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Policy:
    """What is checked, against what, and what follows.

    `version` identifies the settings the policy was made from. `strategies` names the ways of mending a claim, tried
    in order, and `otherwise` what happens when none works; the model is asked to reword a claim `max_regenerations`
    times at most. An answer with `max_contradicted` contradicted claims or more is blocked as a whole.
    """

    name: str = "default"
    version: str = ""
    mode: Mode = Mode.ENFORCE
    label_actions: Mapping[Label, Action] = field(default_factory=lambda: LABEL_ACTIONS)
    failure_actions: Mapping[Failure, Action] = field(default_factory=lambda: FAILURE_ACTIONS)
    max_contradicted: int = 3
    strategies: tuple[str, ...] = ("correct", "remove")
    otherwise: Action = Action.BLOCK
    max_regenerations: int = 1
    blocked_message: str = BLOCKED_MESSAGE
    collections: tuple[str, ...] = ()
    sources: frozenset[Source] = frozenset(Source)
    strictness: Strictness = field(default_factory=Strictness)
    limits: Limits = field(default_factory=Limits)
    citations: bool = False
    tools: ToolRules = field(default_factory=ToolRules)

    @property
    def regenerates(self) -> bool:
        """Whether the model may be asked to reword claims."""
        return REGENERATE in self.strategies and self.max_regenerations > 0

    def without_regeneration(self) -> Policy:
        """Return the policy for a check that has no model to ask."""
        return replace(self, strategies=tuple(name for name in self.strategies if name != REGENERATE))


def policy_from(name: str, settings: PolicySettings) -> Policy:
    """Return the policy that these settings describe; equal settings give the same version."""
    return Policy(
        name=name,
        version=policy_version(settings),
        mode=settings.mode,
        label_actions={label: settings.actions.of(label) for label in Label},
        failure_actions={failure: settings.on_failure.of(failure) for failure in Failure},
        max_contradicted=settings.block_if.contradicted_claims,
        strategies=settings.rewrite.strategies,
        otherwise=Action(settings.rewrite.otherwise),
        max_regenerations=settings.rewrite.max_regenerations,
        blocked_message=settings.messages.blocked,
        collections=settings.collections,
        sources=frozenset(settings.evidence),
        strictness=Strictness(settings.thresholds.support, settings.thresholds.contradiction),
        limits=_limits(settings),
        citations=settings.citations,
        tools=_tools(settings),
    )


def _tools(settings: PolicySettings) -> ToolRules:
    rules = {name: ToolRule(one.arguments, Action(one.otherwise)) for name, one in settings.tools.items()}
    return ToolRules(rules)


def _limits(settings: PolicySettings) -> Limits:
    return Limits(
        budget_s=settings.budget_ms / 1000,
        regeneration_s=settings.rewrite.regeneration_budget_ms / 1000,
        max_answer_chars=settings.max_answer_chars,
        max_held_chars=settings.max_held_chars,
        held_s=settings.max_held_ms / 1000,
    )


def policy_version(settings: PolicySettings) -> str:
    """Return a digest of 12 hexadecimal characters that changes whenever a setting of the policy does."""
    return hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:12]
