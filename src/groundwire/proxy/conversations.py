"""What was said, for requests that refer to it without repeating it; kept in memory, for a short while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from groundwire.domain import Turn

_MAX_CHARS = 20_000_000
Key = tuple[str | None, str]


class Conversations:
    """The last conversations by their key, together at most `max_chars` characters; the oldest are forgotten first."""

    def __init__(self, max_chars: int = _MAX_CHARS) -> None:
        self._max_chars = max_chars
        self._chars = 0
        self._turns: OrderedDict[Key, tuple[Turn, ...]] = OrderedDict()

    def remember(self, key: Key, turns: Sequence[Turn]) -> None:
        """Keep a conversation, in place of an earlier one of this key."""
        self._chars -= _size(self._turns.pop(key, ()))
        if turns:
            self._turns[key] = tuple(turns)
            self._chars += _size(turns)
        while self._chars > self._max_chars:
            self._chars -= _size(self._turns.popitem(last=False)[1])

    def recall(self, key: Key) -> tuple[Turn, ...]:
        """Return the turns of a conversation; none where it is not known, or not any more."""
        return self._turns.get(key, ())


def _size(turns: Sequence[Turn]) -> int:
    # The constant stands for what a turn takes beside its text.
    return sum(len(turn.content) + 200 for turn in turns)
