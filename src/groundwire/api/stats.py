"""The numbers: how often answers are not grounded, over time, by model and by policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from groundwire.api.authentication import requires
from groundwire.api.events import Moment
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import ServicesOf
from groundwire.errors import BadRequest
from groundwire.events.codec import to_plain
from groundwire.events.statistics import GroupBy, Statistics
from groundwire.keys.roles import Permission

router = APIRouter(
    prefix=f"{PREFIX}/stats", tags=["stats"], dependencies=[Depends(requires(Permission.READ))], responses=ERRORS
)
_USUAL_PERIOD = timedelta(days=7)


class StatsQuery(BaseModel):
    """Which period (the last seven days by default, whole hours), told apart by what; which apps, models, policies."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    since: Moment | None = None
    until: Moment | None = None
    group_by: GroupBy = GroupBy.DAY
    model: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    """The id of the key that asked."""


@router.get("", response_model=Statistics)
async def read_statistics(services: ServicesOf, query: Annotated[StatsQuery, Query()]) -> Response:
    """The hallucination rate with its 95 % interval, and counts by action and label."""
    until = query.until or datetime.now(UTC)
    since = query.since or until - _USUAL_PERIOD
    if since > until:
        raise BadRequest(f"since ({since.isoformat()}) is after until ({until.isoformat()}).", param="since")
    found = await services.events.statistics(
        since, until, group_by=query.group_by, models=query.model, policies=query.policy, apps=query.app
    )
    return json_response(to_plain(found))
