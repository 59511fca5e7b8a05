"""The filter of the events page: what its form and its links say, as the API understands it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from groundwire.api.events import EventListQuery
from groundwire.errors import BadRequest
from groundwire.events.filters import EventFilter

# Texts are read through, so that a search without a time is one of the last days.
SEARCHED = timedelta(days=7)
_PAGING = ("cursor", "limit")
_SEVERAL = ("action", "label", "model", "policy", "app", "mode", "metadata")
_UNCOMMON = ("model", "policy", "app", "mode", "since", "until", "document_id", "metadata", "selftest")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asked for: `pairs` are the parameters that were filled in, without those of paging."""

    pairs: Pairs
    asked: EventListQuery
    wanted: EventFilter
    searched_since: datetime | None

    @property
    def is_detailed(self) -> bool:
        """Whether a part of the filter is set that is folded away by default."""
        return any(name in _UNCOMMON for name, _ in self.pairs)

    def following(self, cursor: str) -> Pairs:
        """Return the parameters of the page after this one."""
        return [*self.pairs, ("cursor", cursor)]

    def exported(self, kind: str) -> Pairs:
        """Return the parameters of an export of the same events."""
        since = [("since", self.searched_since.isoformat())] if self.searched_since else []
        return [*self.pairs, *since, ("format", kind)]


def read_choice(parameters: Pairs, now: datetime) -> Choice:
    """Return what the parameters ask for; empty ones, as forms send them, are passed over. Raises BadRequest."""
    filled = [(name, value.strip()) for name, value in parameters if value.strip()]
    values: dict[str, object] = {}
    for name, value in filled:
        values[name] = [text for key, text in filled if key == name] if name in _SEVERAL else value
    try:
        asked = EventListQuery.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        param = str(problem["loc"][0]) if problem["loc"] else None
        raise BadRequest(f"{param}: {problem['msg']}", param=param) from error
    wanted, searched_since = asked.filter(), None
    if (wanted.text or wanted.metadata) and wanted.since is None:
        searched_since = _searched_since(now, wanted.until)
        wanted = replace(wanted, since=searched_since)
    return Choice([pair for pair in filled if pair[0] not in _PAGING], asked, wanted, searched_since)


def _searched_since(now: datetime, until: datetime | None) -> datetime:
    end = min(now, until) if until else now
    try:
        return (end - SEARCHED).astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise BadRequest(f"until: {until} is too early.", param="until") from error
