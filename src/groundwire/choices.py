"""The fixed choices that the nouns of Groundwire speak in; take them from `domain`, with the nouns."""

from __future__ import annotations

from enum import StrEnum


class Label(StrEnum):
    """What the documents say about one claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"
    UNVERIFIED = "unverified"


class Action(StrEnum):
    """What the policy does with an answer, mildest first."""

    ALLOW = "allow"
    FLAG = "flag"
    REWRITE = "rewrite"
    BLOCK = "block"

    @property
    def severity(self) -> int:
        """Place in the order allow (0) < flag < rewrite < block (3)."""
        return tuple(Action).index(self)


class Mode(StrEnum):
    """Whether a policy acts, only records, or does not check at all."""

    ENFORCE = "enforce"
    SHADOW = "shadow"
    OFF = "off"


class Source(StrEnum):
    """Where a piece of evidence comes from; each can be switched off per policy."""

    KNOWLEDGE_BASE = "knowledge_base"
    REQUEST_DOCUMENTS = "request_documents"
    TOOL_RESULTS = "tool_results"
    SYSTEM = "system"
    CONVERSATION = "conversation"


class Failure(StrEnum):
    """The ways in which a check can end without a verdict; the policy maps each to an action."""

    TIMEOUT = "timeout"
    ERROR = "error"
    EMPTY_KNOWLEDGE_BASE = "empty_knowledge_base"
    OVER_LENGTH = "over_length"
    LANGUAGE = "language"
    EVENT_STORE = "event_store"


class Outcome(StrEnum):
    """How the exchange that an event records came to its end."""

    COMPLETED = "completed"
    CLIENT_LEFT = "client_left"
    UPSTREAM_FAILED = "upstream_failed"
