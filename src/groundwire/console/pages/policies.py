"""The policies: which are in force and where they come from, their versions, and what one would have done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.api.policy_views import USUAL_PERIOD
from groundwire.api.services import ServicesOf
from groundwire.console.rendering import page
from groundwire.console.viewer import viewing
from groundwire.events.filters import EventFilter
from groundwire.keys.roles import Permission
from groundwire.knowledge.changes import Line, compare
from groundwire.policy.policy import Policy
from groundwire.policy.versions import PolicyVersion, VersionState
from groundwire.replay.service import Preview, Replays
from groundwire.replay.traffic import Bounds
from groundwire.replay.wanted import always
from groundwire.settings.policytext import written

POLICIES = "/console/policies"
READS = [Depends(viewing(Permission.READ))]
WRITES = [Depends(viewing(Permission.ADMINISTER))]
router = APIRouter(prefix="/policies")
_SECONDS = 30.0
USUAL_LIMIT, MOST = 1_000, 20_000
Limit = Annotated[int, Query(ge=1, le=MOST)]


@router.get("", dependencies=READS)
async def list_policies(request: Request, services: ServicesOf) -> Response:
    """All policies."""
    return page(request, "policies/policies.html", standings=await services.desk.all())


@router.get("/new", dependencies=WRITES)
async def new_policy(name: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Go to the editor of a policy that need not exist yet."""
    return RedirectResponse(f"{policy_url(name.strip())}/edit" if name.strip() else POLICIES, 303)


@router.get("/{name}", dependencies=READS)
async def show_policy(
    request: Request, services: ServicesOf, name: str, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """A policy: what is in force, what is proposed, and every version."""
    standing = await services.desk.find(name)
    return page(request, "policies/policy.html", standing=standing, text=settings_text(standing.version), done=done)


@router.get("/{name}/versions/{number}", dependencies=READS)
async def show_version(
    request: Request, services: ServicesOf, name: str, number: int, against: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """A version, and how it differs from another one, by default from the one in force."""
    standing = await services.desk.find(name)
    version = standing.require(number)
    other = standing.require(against) if against else standing.version
    return page(
        request,
        "policies/version.html",
        standing=standing,
        version=version,
        text=settings_text(version),
        other=other,
        lines=changes(other, version),
    )


@router.get("/{name}/versions/{number}/outcomes", dependencies=WRITES)
async def show_outcomes(
    request: Request, services: ServicesOf, name: str, number: int, limit: Limit = USUAL_LIMIT
) -> Response:
    """What a version would have done: in shadow with the answers since it was put there, else with the last week's."""
    standing = await services.desk.find(name)
    version = standing.require(number)
    candidate = await services.desk.candidate(name, number)
    is_tried = version.state is VersionState.SHADOW and version.decided_at is not None
    since = version.decided_at if is_tried and version.decided_at else datetime.now(UTC) - USUAL_PERIOD
    found = await outcomes(services.replays, candidate, name, since, limit)
    return page(
        request,
        "policies/outcomes.html",
        standing=standing,
        version=version,
        found=found,
        since=since,
        limit=limit,
        is_tried=is_tried,
    )


async def outcomes(replays: Replays, policy: Policy, name: str, since: datetime, limit: int) -> Preview:
    """Return what a policy would have done with the answers of the policy `name` since then, the newest first."""
    chosen = EventFilter(policies=(name,), since=since)
    async for found in replays.many(chosen, always(policy), bounds=Bounds(limit, _SECONDS)):
        if isinstance(found, Preview):
            return found
    raise AssertionError("A replay of many events ends with what was found.")


def policy_url(name: str) -> str:
    """Return the path of a policy's page."""
    return f"{POLICIES}/{quote(name, safe='')}"


def settings_text(version: PolicyVersion | None) -> str:
    """Return the settings of a version as YAML, empty where they can't be read."""
    return written(version.settings) if version and version.settings else ""


def changes(before: PolicyVersion | None, after: PolicyVersion) -> list[Line]:
    """Return how the settings of two versions differ, line by line; nothing where there is none before."""
    return compare(settings_text(before), settings_text(after)) or [] if before else []
