"""The pieces an answer is made of: together they tile it, so that text can be released piece by piece."""

from __future__ import annotations

from dataclasses import dataclass

from groundwire.domain import Claim, Failure


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an answer: `text == answer[start:end]`, and the segments of an answer tile it without a gap.

    A segment either carries one claim (whose span lies inside it, list marker and white space around it) or asserts
    nothing checkable, in which case `why` says what it is (greeting, question, code, …). `skipped` is true when it
    might have asserted something that was not checked, so that it belongs in the coverage ledger. `failure` is set
    when the claim can't be checked as it stands, such as one cut at the length limit.
    """

    text: str
    start: int
    end: int
    claim: Claim | None = None
    why: str = ""
    skipped: bool = False
    failure: Failure | None = None
