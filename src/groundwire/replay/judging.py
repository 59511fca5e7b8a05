"""The judge of a replay: it remembers what it can, and has the rest verified anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from groundwire.domain import Claim, Failure, Label, Question, Report, Verdict
from groundwire.errors import CheckError, GroundwireError
from groundwire.guardrail import unverified
from groundwire.proxy.checks.arguments import LISTED
from groundwire.proxy.checks.judges import Judge
from groundwire.verification.arguments import Argument

logger = logging.getLogger(__name__)

Recall = Callable[[Claim], Verdict | None]
T = TypeVar("T")


class ReplayJudge:
    """Judges as the stored report did where `recall` knows a verdict, and opens a check for what it does not know.

    `verified` counts the claims that were verified anew. Where that failed, `error` says why, and the verdicts that
    were given mean nothing.
    """

    can_reconsider = False

    def __init__(self, question: Question, report: Report, recall: Recall, opened: Callable[[], Judge]) -> None:
        self.question = question
        self.revision = report.revision
        self.verified = 0
        self.error: GroundwireError | None = None
        self._recall = recall
        self._opened = opened
        self._check: Judge | None = None
        # The schemas of the tools are not stored; what they list was not checked then either.
        self._listed = {entry.what for entry in report.skipped if entry.why == LISTED}

    def verify(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Return one verdict a claim, in order; blocking, and never fails."""
        return self._judged(claims, claims, lambda check, left: check.verify(left))

    def verify_arguments(self, arguments: Sequence[Argument]) -> list[Verdict]:
        """Return one verdict an argument, in order; blocking, and never fails."""
        claims = [argument.claim for argument in arguments]
        return self._judged(arguments, claims, lambda check, left: check.verify_arguments(left))

    def reconsider(self, verdicts: Sequence[Verdict], within_s: float) -> list[Verdict]:
        """Return the verdicts as they are: a model is not asked again."""
        return list(verdicts)

    def _judged(
        self, items: Sequence[T], claims: Sequence[Claim], verify: Callable[[Judge, Sequence[T]], list[Verdict]]
    ) -> list[Verdict]:
        found = [self._known(claim) for claim in claims]
        left = [place for place, verdict in enumerate(found) if verdict is None]
        if left:
            self.verified += len(left)
            fresh = self._anew([items[place] for place in left], verify)
            for place, verdict in zip(left, fresh or [_broken(claims[place]) for place in left], strict=True):
                found[place] = verdict
        return [verdict for verdict in found if verdict]

    def _known(self, claim: Claim) -> Verdict | None:
        if claim.target in self._listed:
            return Verdict(claim, Label.SUPPORTED, 1.0, LISTED)
        return self._recall(claim)

    def _anew(self, items: Sequence[T], verify: Callable[[Judge, Sequence[T]], list[Verdict]]) -> list[Verdict] | None:
        if self.error:
            return None
        try:
            self._check = self._check or self._opened()
            self.revision = self._check.revision
            return verify(self._check, items)
        except GroundwireError as error:
            self.error = error
        except Exception:
            logger.exception("The check of a replay broke")
            self.error = CheckError("The check broke; the log has the details.")
        return None


def _broken(claim: Claim) -> Verdict:
    return unverified(claim, Failure.ERROR, "the check failed")
