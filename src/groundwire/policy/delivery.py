"""Turns the segments of an answer, with their rulings, into the text that may leave."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.claims.segments import Segment
from groundwire.domain import Action
from groundwire.policy.decision import Ruling, contradicted, most_severe
from groundwire.policy.policy import Policy
from groundwire.policy.seam import Seam


class Delivery:
    """Fed with the segments of one answer in order, each claim with its ruling; returns the text that may leave.

    The text depends on the segments alone, never on how they were grouped, so a stream, which feeds them as they are
    decided, and a plain reply, which feeds them all at once, end up with the same bytes. There is one exception. A
    block can't take back what a stream has released, so the stream keeps that and adds the policy's message
    (`released`), while a plain reply is the message alone (`answer`). The two agree when nothing had been released.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._seam = Seam()
        self._pieces: list[str] = []
        self._contradicted = 0
        self.rulings: list[Ruling] = []
        # On what comes beside the text: the arguments of tool calls.
        self.beside: list[Ruling] = []
        self.is_blocked = False
        self.is_outage = False

    @property
    def action(self) -> Action:
        """What was decided so far for the answer as a whole."""
        rulings = (*self.rulings, *self.beside)
        return Action.BLOCK if self.is_blocked else most_severe(ruling.action for ruling in rulings)

    @property
    def released(self) -> str:
        """Everything that was returned so far: what a streaming client has."""
        return "".join(self._pieces)

    @property
    def answer(self) -> str:
        """What a client gets that receives the answer as a whole."""
        return self._policy.blocked_message if self.is_blocked else self.released

    def reach(self, rulings: Sequence[Ruling]) -> int:
        """Return how many of the rulings that come next come before one that blocks the answer."""
        count = self._contradicted
        for place, ruling in enumerate(rulings):
            count += contradicted((ruling,))
            if self.is_blocked or ruling.action is Action.BLOCK or count >= self._policy.max_contradicted:
                return place
        return len(rulings)

    def feed(self, segment: Segment, ruling: Ruling | None) -> str:
        """Take the next segment, and the ruling when it holds a claim; return the text that may leave now."""
        if ruling:
            self.rulings.append(ruling)
            self._contradicted += contradicted((ruling,))
        if self.is_blocked:
            return ""
        if ruling and self._is_fatal(ruling):
            self.is_outage = ruling.is_outage
            return self.block()
        if ruling and ruling.is_removal:
            self._drop(segment)
            return ""
        return self._release(self._seam.add(_mended(segment, ruling)))

    def take_beside(self, rulings: Sequence[Ruling]) -> str:
        """Take the rulings on what comes beside the text; return the message when one of them ends the answer."""
        self.beside += rulings
        blocking = [ruling for ruling in rulings if ruling.action is Action.BLOCK]
        if not blocking or self.is_blocked:
            return ""
        self.is_outage = all(ruling.is_outage for ruling in blocking)
        return self.block()

    def block(self) -> str:
        """End the answer here: what was released stays, the policy's message follows, and nothing after it."""
        if self.is_blocked:
            return ""
        self.is_blocked = True
        return self._release(self._seam.replace_rest(self._policy.blocked_message))

    def close(self) -> str:
        """Say that the answer is complete; return the last text.

        When every claim was removed, the policy's message takes their place, so that no empty shell is left.
        """
        if self.is_blocked:
            return ""
        if self.rulings and all(ruling.is_removal for ruling in self.rulings):
            return self._release(self._seam.replace_rest(self._policy.blocked_message))
        return self._release(self._seam.close())

    def _is_fatal(self, ruling: Ruling) -> bool:
        return ruling.action is Action.BLOCK or self._contradicted >= self._policy.max_contradicted

    def _drop(self, segment: Segment) -> None:
        claim = segment.claim
        opening = segment.text[: claim.start - segment.start] if claim else ""
        self._seam.drop(opening, segment.text[len(segment.text.rstrip()) :])

    def _release(self, text: str) -> str:
        if text:
            self._pieces.append(text)
        return text


def _mended(segment: Segment, ruling: Ruling | None) -> str:
    if ruling is None or segment.claim is None or not ruling.mended:
        return segment.text
    start, end = segment.claim.start - segment.start, segment.claim.end - segment.start
    return segment.text[:start] + ruling.mended + segment.text[end:]
