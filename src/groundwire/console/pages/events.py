"""The list of events: filtered by what stands in the URL, page by page, and ready to be exported."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Depends, Request, Response

from groundwire.api.event_views import EventSummary, event_list
from groundwire.api.live import app_names
from groundwire.api.services import Services, ServicesOf
from groundwire.console.eventfilters import SEARCHED, Choice, read_choice
from groundwire.console.rendering import page
from groundwire.console.viewer import viewing
from groundwire.domain import Action, Label, Mode
from groundwire.events.filters import Page
from groundwire.events.statistics import GroupBy
from groundwire.keys.roles import Permission

router = APIRouter(prefix="/events", dependencies=[Depends(viewing(Permission.READ))])
_OFFERED_SINCE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form lets choose: whatever asked in the last 30 days."""

    models: Sequence[str]
    policies: Sequence[str]
    apps: Sequence[str]


@router.get("")
async def list_events(request: Request, services: ServicesOf) -> Response:
    """A page of events, newest first."""
    now = datetime.now(UTC)
    choice = read_choice(request.query_params.multi_items(), now)
    found, offered, names = await asyncio.gather(
        services.events.find(choice.wanted, Page(choice.asked.limit, choice.asked.cursor)),
        _offered(services, now),
        app_names(services),
    )
    shown = event_list(found)
    return page(
        request,
        "events/events.html",
        choice=choice,
        asked=choice.asked,
        offered=offered,
        names=names,
        events=[(event, _counts(event)) for event in shown.events],
        next_pairs=choice.following(shown.next_cursor) if shown.next_cursor else None,
        everything=_everything(choice),
        searched_days=SEARCHED.days,
        actions=list(Action),
        labels=list(Label),
        modes=list(Mode),
    )


async def _offered(services: Services, now: datetime) -> Offered:
    counts = await services.events.counts(now - _OFFERED_SINCE, now, [GroupBy.APP, GroupBy.MODEL, GroupBy.POLICY])
    policies = {count.policy for count in counts} | set(services.policies.names)
    apps = {count.app for count in counts if count.app}
    return Offered(sorted({count.model for count in counts}), sorted(policies), sorted(apps))


def _everything(choice: Choice) -> Sequence[tuple[str, str]]:
    """The parameters of the same search in all that is stored."""
    return [*choice.pairs, ("since", "2000-01-01")]


def _counts(event: EventSummary) -> str:
    """How many claims there are, and of which labels, in words."""
    counts = [f"{count} {label.value}" for label, count in event.claims.items() if count]
    return ", ".join(counts) if counts else "no claims"
