"""Replays as the command line, the API and the pages ask for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from groundwire.domain import Event
from groundwire.events.filters import EventFilter
from groundwire.events.store import SqlEventStore
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy, policy_from
from groundwire.policy.store import PolicyStore
from groundwire.replay.outcomes import Replay
from groundwire.replay.replaying import Replayer
from groundwire.replay.traffic import Bounds, Summary, Tally, replayed
from groundwire.replay.wanted import AS_IT_WAS, KnownPolicies, PolicyOf, RevisionChoice, Wanted


@dataclass(frozen=True, slots=True)
class Preview:
    """What a replay of many events found; `flips` and `failures` list the newest of each."""

    summary: Summary
    flips: tuple[Replay, ...] = ()
    failures: tuple[Replay, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay of many events has come."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Replays:
    """Runs stored events again; `replayer` makes what does it, given the policies that are known."""

    events: SqlEventStore
    versions: PolicyStore
    policies: Policies
    replayer: Callable[[KnownPolicies], Replayer]

    async def one(self, event_id: str, policy: PolicyOf | None = None, revision: RevisionChoice = AS_IT_WAS) -> Replay:
        """Replay one event, under the policy it was checked under where none is given; raises NotFound."""
        event = await self.events.get(event_id)
        known = await self._known()
        return await self.replayer(known).replay(event, Wanted(policy or self._own(known), revision))

    async def many(
        self,
        chosen: EventFilter,
        policy: PolicyOf | None = None,
        revision: RevisionChoice = AS_IT_WAS,
        bounds: Bounds | None = None,
    ) -> AsyncIterator[Progress | Preview]:
        """Replay the events that match, newest first; yield how far it has come, and in the end what was found."""
        known = await self._known()
        total = await self.events.count(chosen)
        tally, wanted = Tally(), Wanted(policy or self._own(known), revision)
        async for found in replayed(self.events, chosen, self.replayer(known), wanted, bounds or Bounds()):
            tally.add(found)
            yield Progress(tally.done, total)
        yield Preview(tally.summary(total), tuple(tally.flips), tuple(tally.failures))

    async def _known(self) -> KnownPolicies:
        histories = await self.versions.database.run(self.versions.histories)
        versions = [each for history in histories.values() for each in history.versions]
        kept = {(one.policy, one.version): policy_from(one.policy, one.settings) for one in versions if one.settings}
        present = [*self.policies.file.values(), *self.policies.console.values()]
        return KnownPolicies(kept | {(policy.name, policy.version): policy for policy in present})

    def _own(self, known: KnownPolicies) -> PolicyOf:
        """Return what gives each event the policy it was checked under, else the one of that name in force."""

        def own(event: Event) -> Policy | None:
            is_in_force = event.policy in self.policies.names
            return known.of(event) or (self.policies.find(event.policy) if is_in_force else None)

        return own
