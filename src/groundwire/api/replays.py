"""Stored answers run again: one event, or what a proposal would have done with many."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from groundwire.api.authentication import requires
from groundwire.api.events import MEDIA_TYPES
from groundwire.api.policy_views import PreviewRequest, ReplayRequest, ShadowQuery, TrialRequest
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import Services, ServicesOf
from groundwire.errors import Conflict, GroundwireError
from groundwire.events.codec import to_plain
from groundwire.events.export import ExportFormat
from groundwire.events.filters import EventFilter
from groundwire.keys.roles import Permission
from groundwire.policy.policy import Policy, policy_from
from groundwire.policy.versions import VersionState
from groundwire.proxy.exchange import error_body
from groundwire.proxy.jsontext import encode
from groundwire.replay.outcomes import Replay
from groundwire.replay.service import Preview, Progress
from groundwire.replay.traffic import Bounds
from groundwire.replay.wanted import AS_IT_WAS, RevisionChoice, always, read_revision

logger = logging.getLogger(__name__)
router = APIRouter(prefix=PREFIX, tags=["replay"], responses=ERRORS)
READS = [Depends(requires(Permission.READ))]
ADMINISTERS = [Depends(requires(Permission.ADMINISTER))]
_LINES = MEDIA_TYPES[ExportFormat.JSONL]
_REPORT_EVERY_S = 0.25


@router.post("/events/{event_id}/replay", dependencies=READS, response_model=Replay)
async def replay_event(services: ServicesOf, event_id: str, request: ReplayRequest) -> Response:
    """Run a stored answer again; nothing is stored, and no model is asked."""
    event = await services.events.get(event_id)
    is_own = not (request.has_settings or request.number or request.policy)
    policy = None if is_own else always(await _policy(services, request.policy or event.policy, request))
    return json_response(to_plain(await services.replays.one(event_id, policy, _revision(request))))


@router.post("/policies/{name}/preview", dependencies=ADMINISTERS, response_model=Preview)
async def preview(services: ServicesOf, http: Request, name: str, request: PreviewRequest) -> Response:
    """What would have become of the last week's answers: which verdicts, actions and texts flip.

    With `accept: application/x-ndjson` the progress comes line by line, and the preview as the last line.
    """
    policy = await _policy(services, name, request)
    chosen = request.filter(name)
    found = services.replays.many(chosen, always(policy), _revision(request), request.bounds())
    if _LINES in http.headers.get("accept", ""):
        return StreamingResponse(_lines(found), media_type=_LINES)
    return json_response(to_plain(await _last(found)))


@router.get("/policies/{name}/versions/{number}/shadow", dependencies=READS, response_model=Preview)
async def read_shadow(services: ServicesOf, name: str, number: int, query: Annotated[ShadowQuery, Query()]) -> Response:
    """What a version in shadow would have done with the answers since it was put there, beside what was done."""
    version = (await services.desk.find(name)).require(number)
    if version.state is not VersionState.SHADOW:
        raise Conflict(f"Version {number} of policy {name!r} is {version.state.value}, not in shadow.", param="number")
    policy = await services.desk.candidate(name, number)
    chosen = EventFilter(policies=(name,), since=version.decided_at)
    found = services.replays.many(chosen, always(policy), AS_IT_WAS, Bounds(query.limit, query.seconds))
    return json_response(to_plain(await _last(found)))


async def _policy(services: Services, name: str, request: TrialRequest) -> Policy:
    if request.has_settings:
        return policy_from(name, request.read())
    if request.number:
        return await services.desk.candidate(name, request.number)
    return services.policies.find(name)


def _revision(request: TrialRequest) -> RevisionChoice:
    return read_revision(request.revision) if request.revision else AS_IT_WAS


async def _last(found: AsyncIterator[Progress | Preview]) -> Preview:
    async for one in found:
        if isinstance(one, Preview):
            return one
    raise AssertionError("A replay of many events ends with what was found.")


async def _lines(found: AsyncIterator[Progress | Preview]) -> AsyncIterator[str]:
    """Yield `{"done", "total"}` now and then, and `{"preview"}` or `{"error"}` in the end."""
    told = 0.0
    try:
        async for one in found:
            if isinstance(one, Preview):
                yield _line({"preview": to_plain(one)})
            elif time.monotonic() - told > _REPORT_EVERY_S:
                told = time.monotonic()
                yield _line({"done": one.done, "total": one.total})
    except GroundwireError as error:
        yield _line(error_body(error))
    except Exception:
        logger.exception("A preview broke")
        yield _line(error_body(GroundwireError("Something broke on our side; the log has the details.")))


def _line(value: Mapping[str, object]) -> str:
    return encode(value) + "\n"
