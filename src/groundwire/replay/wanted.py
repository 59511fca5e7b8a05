"""Under what events are replayed: which policy each of them, and which state of the documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from groundwire.domain import Event
from groundwire.knowledge.records import parts_of
from groundwire.policy.policy import Policy

NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class RevisionChoice:
    """Which state of the documents: of some collections a number, of all others the event's own or the newest one."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    is_newest: bool = False

    def of(self, event: Event, collections: Sequence[str], newest: Callable[[], str]) -> str:
        """Return the revision of these collections for an event; `newest` gives their newest one.

        It is empty where the event's own is asked for and none was ever opened.
        """
        own = dict(parts_of(event.report.revision))
        named = {} if self.is_newest else own
        named = {**named, **self.numbers}
        if not own and not self.is_newest and not self.numbers.keys() >= set(collections):
            return ""
        if not named.keys() >= set(collections):
            named = {**dict(parts_of(newest())), **named}
        return ",".join(f"{name}@{named.get(name, 0)}" for name in dict.fromkeys(collections))


AS_IT_WAS = RevisionChoice()


def read_revision(text: str) -> RevisionChoice:
    """Return the choice that `newest`, or `collection@number`, several joined by commas, stands for.

    Raises BadRequest.
    """
    return RevisionChoice(is_newest=True) if text.strip() == NEWEST else RevisionChoice(dict(parts_of(text)))


PolicyOf = Callable[[Event], Policy | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried: `policy` gives the policy for an event, None where there is none."""

    policy: PolicyOf
    revision: RevisionChoice = AS_IT_WAS


def always(policy: Policy) -> PolicyOf:
    """Return what gives every event the same policy."""
    return lambda _event: policy


@dataclass(frozen=True, slots=True)
class KnownPolicies:
    """The policies that events were checked under, by name and version, as far as they are known."""

    by_version: Mapping[tuple[str, str], Policy] = field(default_factory=dict)

    def of(self, event: Event) -> Policy | None:
        """Return the policy that an event was checked under, None where it is not known any more."""
        return self.by_version.get((event.policy, event.policy_version))
