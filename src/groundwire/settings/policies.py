"""The settings of a policy: what is checked, against what, and what follows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from groundwire.domain import Action, Failure, Label, Mode, Source
from groundwire.settings.base import Frozen, Probability


class Thresholds(Frozen):
    """Probabilities at which a label is given."""

    support: Probability = 0.5
    """A claim with at least this much support is `supported`."""
    contradiction: Probability = 0.5
    """A claim whose contradiction is at least this likely is `contradicted`; otherwise it is `unsupported`."""


class BlockIf(Frozen):
    """When an answer is blocked as a whole."""

    contradicted_claims: int = Field(default=3, ge=1)
    """An answer with at least this many contradicted claims is blocked instead of patched."""


class RewriteSettings(Frozen):
    """How a claim is mended."""

    strategies: tuple[Literal["correct", "regenerate", "remove"], ...] = ("correct", "remove")
    """Tried in this order; each result is checked again before it is delivered."""
    otherwise: Literal[Action.FLAG, Action.BLOCK] = Action.BLOCK
    """What happens when no strategy works."""
    max_regenerations: int = Field(default=1, ge=0)
    """How often the model may be asked to reword one claim, where `regenerate` is among the strategies."""
    regeneration_budget_ms: float = Field(default=5000, gt=0)
    """Longest time that asking the model and checking its words may add to an answer; `budget_ms` does not count it."""


class LabelActions(Frozen):
    """The action for each label."""

    supported: Action = Action.ALLOW
    """For claims the documents carry."""
    unsupported: Action = Action.FLAG
    """For claims no document settles."""
    contradicted: Action = Action.REWRITE
    """For claims the documents contradict."""
    unverified: Action = Action.FLAG
    """For claims whose check could not be completed and whose failure has no entry of its own."""

    def of(self, label: Label) -> Action:
        """Return the action for a label."""
        return Action(getattr(self, label.value))


FailureAction = Literal[Action.ALLOW, Action.FLAG, Action.BLOCK]


class FailureActions(Frozen):
    """The action for each way in which a check can fail; nothing fails open silently."""

    timeout: FailureAction = Action.FLAG
    """The check took longer than `budget_ms`."""
    error: FailureAction = Action.BLOCK
    """The check broke."""
    empty_knowledge_base: FailureAction = Action.FLAG
    """There is no document to check against."""
    over_length: FailureAction = Action.FLAG
    """The answer, or a single claim, is longer than can be checked."""
    language: FailureAction = Action.FLAG
    """The answer is in a language the check does not cover."""
    event_store: FailureAction = Action.BLOCK
    """The event could not be stored."""

    def of(self, failure: Failure) -> Action:
        """Return the action for a failure."""
        return Action(getattr(self, failure.value))


class ToolSettings(Frozen):
    """How the arguments of a tool's calls are checked."""

    arguments: tuple[str, ...] = Field(default=("*",), min_length=1)
    """The arguments of this tool (a name, or a pattern such as `book_*`) that are checked: names, paths, patterns."""
    otherwise: Literal[Action.FLAG, Action.BLOCK] = Action.FLAG
    """What happens to a call with an argument that no evidence carries."""


class Messages(Frozen):
    """Texts a user may see."""

    blocked: str = Field(default="I can't confirm that from our documents. Please contact support.", min_length=1)
    """Stands in place of a blocked answer."""


class PolicySettings(Frozen):
    """What is checked, against what, and what follows."""

    mode: Mode = Mode.ENFORCE
    """`enforce` acts, `shadow` checks and records but delivers unchanged, `off` does not check."""
    actions: LabelActions = LabelActions()
    """The action for each label."""
    block_if: BlockIf = BlockIf()
    """When an answer is blocked as a whole."""
    thresholds: Thresholds = Thresholds()
    """Probabilities at which a label is given."""
    rewrite: RewriteSettings = RewriteSettings()
    """How a claim is mended."""
    evidence: tuple[Source, ...] = tuple(Source)
    """Which sources count as evidence."""
    collections: tuple[str, ...] = ()
    """Collections to check against; empty means the knowledge base's own."""
    on_failure: FailureActions = FailureActions()
    """The action for each way in which a check can fail."""
    budget_ms: float = Field(default=2000, gt=0)
    """Longest time one check may take, in milliseconds."""
    max_answer_chars: int = Field(default=100_000, ge=1)
    """Answers longer than this are checked up to here and then count as `over_length`."""
    max_held_chars: int = Field(default=4_000, ge=100)
    """Most text of one claim that a stream holds back before it counts as `over_length`."""
    max_held_ms: float = Field(default=30_000, gt=0)
    """Longest time that a stream waits for the end of a claim before it counts as `timeout`, in milliseconds."""
    citations: bool = False
    """Whether supported claims are annotated with their documents."""
    tools: dict[str, ToolSettings] = Field(default_factory=dict)
    """Tools whose arguments are checked, by name or pattern (`book_*`); a name goes before patterns."""
    messages: Messages = Messages()
    """Texts a user may see."""

    @field_validator("mode", mode="before")
    @classmethod
    def _reads_a_bare_off(cls, value: object) -> object:
        # YAML takes `off` without quotes for false.
        return Mode.OFF if value is False else value

    @field_validator("tools", mode="before")
    @classmethod
    def _reads_a_bare_name(cls, value: object) -> object:
        # `issue_refund:` with nothing behind it names the tool and leaves the rest to the defaults.
        return {name: {} if one is None else one for name, one in value.items()} if isinstance(value, dict) else value
