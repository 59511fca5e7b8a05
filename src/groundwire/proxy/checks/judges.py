"""What an inspection asks for verdicts: a check, or what stands in for one that could not be opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from groundwire.domain import Claim, Question, Verdict
from groundwire.errors import CheckError
from groundwire.verification.arguments import Argument


class Judge(Protocol):
    """What an inspection needs of a check: the verdicts, and what they rest on."""

    question: Question
    revision: str

    def verify(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Judge claims, one verdict each, in order; blocking."""
        ...

    def verify_arguments(self, arguments: Sequence[Argument]) -> list[Verdict]:
        """Judge single values of a tool call, one verdict each, in order; blocking."""
        ...

    @property
    def can_reconsider(self) -> bool:
        """Whether verdicts may change when they are looked at again."""
        ...

    def reconsider(self, verdicts: Sequence[Verdict], within_s: float) -> list[Verdict]:
        """Return the verdicts, in order, after a second look that takes at most `within_s`; blocking."""
        ...


class BrokenJudge:
    """Stands in for a check that could not even be opened, so that the policy decides what follows."""

    revision = ""
    can_reconsider = False

    def __init__(self, question: Question) -> None:
        self.question = question

    def verify(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Raise CheckError, always."""
        raise CheckError("The check could not be opened.")

    def verify_arguments(self, arguments: Sequence[Argument]) -> list[Verdict]:
        """Raise CheckError, always."""
        raise CheckError("The check could not be opened.")

    def reconsider(self, verdicts: Sequence[Verdict], within_s: float) -> list[Verdict]:
        """Return the verdicts as they are."""
        return list(verdicts)
