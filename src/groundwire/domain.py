"""The nouns of Groundwire: plain, frozen data that every other module speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundwire.choices import Action as Action
from groundwire.choices import Failure as Failure
from groundwire.choices import Label as Label
from groundwire.choices import Mode as Mode
from groundwire.choices import Outcome as Outcome
from groundwire.choices import Source as Source


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation; `role` is OpenAI's (system, developer, user, assistant, tool)."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document that came with the request or the conversation, outside the knowledge base."""

    id: str
    title: str
    text: str
    source: Source = Source.REQUEST_DOCUMENTS


@dataclass(frozen=True, slots=True)
class Question:
    """Everything besides the answer that a check may draw on: the conversation so far and documents beside it."""

    turns: tuple[Turn, ...] = ()
    documents: tuple[SourceDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, cut along its headings: `text == document.text[start:end]`.

    Offsets are in characters of the stored text. `headings` is the path from the outermost heading to the one right
    above; `lead` is the table header or the sentence before the list that a passage cut out of the middle leans on.
    `id` is unique within its source and stable for the life of the document version.
    """

    id: int
    document_id: str
    version: int
    title: str
    text: str
    start: int
    end: int
    headings: tuple[str, ...] = ()
    lead: str = ""
    source: Source = Source.KNOWLEDGE_BASE
    collection: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its fused score (higher is better) and its dense similarity (cosine, -1 to 1)."""

    passage: Passage
    score: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement of an answer: `text == answer[start:end]`.

    `context` is what is needed to understand it alone (the question, the heading or lead-in above it, the sentence
    before it); it is empty when the claim speaks for itself. `target` names the argument of a tool call that the claim
    is about; the offsets then lie in that call's arguments, and a number or short text is put into a sentence.
    """

    text: str
    start: int
    end: int
    context: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of a document that decide a claim: `quote == document.text[start:end]`."""

    document_id: str
    version: int
    title: str
    quote: str
    start: int
    end: int
    source: Source = Source.KNOWLEDGE_BASE
    headings: tuple[str, ...] = ()
    url: str | None = None
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Correction:
    """The smallest edit that makes a claim agree with its evidence: `answer[start:end]`, inside it, is replaced."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Strictness:
    """The probabilities, 0 to 1, from which a claim counts as supported and as contradicted."""

    min_support: float = 0.5
    min_contradiction: float = 0.5

    def label_of(self, support: float, contradiction: float) -> Label:
        """Return `supported` from `min_support` on; below it, whether contradiction explains the lack of support."""
        if support >= self.min_support:
            return Label.SUPPORTED
        lacking = 1.0 - support
        share = contradiction / lacking if lacking > 0 else 0.0
        return Label.CONTRADICTED if share >= self.min_contradiction else Label.UNSUPPORTED


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for one claim.

    `support` is the calibrated probability (0 to 1) that the evidence carries the claim, `contradiction` that it says
    otherwise. `spans` are the character ranges of the answer, inside the claim, that no evidence carries. `failure` is
    set when a check did not come to its end. `is_cut`: claim or evidence were too long, and their rest was not read.
    """

    claim: Claim
    label: Label
    support: float
    reason: str
    evidence: tuple[Evidence, ...] = ()
    corrections: tuple[Correction, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    failure: Failure | None = None
    is_cut: bool = False
    contradiction: float = 0.0

    @property
    def corrected_text(self) -> str | None:
        """The claim with its corrections applied, or None where there are none."""
        text, base = self.claim.text, self.claim.start
        for edit in sorted(self.corrections, key=lambda edit: -edit.start):
            text = text[: edit.start - base] + edit.replacement + text[edit.end - base :]
        return text if self.corrections else None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something the check did not look at, and why: an entry of the coverage ledger."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Regeneration:
    """How often the model was asked to reword claims of an answer, and the tokens that this took."""

    count: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call as the model wrote it; the `target` of a claim on its arguments begins with that of the call."""

    target: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Structure:
    """That an answer had to be JSON; `schema` is the JSON text of the schema, None where the client gave none."""

    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All verdicts on one answer, in the order of its claims; those on the arguments of `calls` come last.

    `revision` names the knowledge-base state the verdicts rest on, as `collection@number`, several joined by commas.
    `timing_ms` maps a step of the check to milliseconds. `calls` are the tool calls that were checked.
    `mended` has, for each claim, the text that stands in its place: empty where it is left out, None where it stays.
    `structure` is set where the answer had to be JSON.
    """

    answer: str
    verdicts: tuple[Verdict, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    revision: str = ""
    timing_ms: Mapping[str, float] = field(default_factory=dict)
    regeneration: Regeneration | None = None
    mended: tuple[str | None, ...] = ()
    structure: Structure | None = None
    calls: tuple[ToolCall, ...] = ()

    @property
    def label(self) -> Label:
        """The worst label of any claim; an answer without claims is supported, for it asserts nothing."""
        worst = (Label.CONTRADICTED, Label.UNSUPPORTED, Label.UNVERIFIED)
        found = {verdict.label for verdict in self.verdicts}
        return next((label for label in worst if label in found), Label.SUPPORTED)

    @property
    def groundedness(self) -> float:
        """Share of the claims that are supported, 0 to 1; 1 for an answer without claims."""
        supported = sum(verdict.label is Label.SUPPORTED for verdict in self.verdicts)
        return supported / len(self.verdicts) if self.verdicts else 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """The stored record of one checked answer: one choice of one completion, with all that a replay needs.

    `id` is `evt_` and a time-sortable string; `request_id` joins the choices of one completion. `action` is what the
    policy decided, `delivered` the text the client got (in shadow mode the two differ). `policy_version` is a digest
    of the policy's settings, `verifier` names the models that judged. `key_id` is never the key itself.
    """

    id: str
    created_at: datetime
    request_id: str
    choice: int
    endpoint: str
    model: str
    upstream: str
    policy: str
    policy_version: str
    mode: Mode
    verifier: str
    question: Question
    collections: tuple[str, ...]
    report: Report
    action: Action
    delivered: str
    outcome: Outcome = Outcome.COMPLETED
    is_stream: bool = False
    usage: Mapping[str, int] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    key_id: str | None = None
