"""The policies: what is in force, what is proposed, and every decision on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from groundwire.api.authentication import requires
from groundwire.api.policy_views import (
    DecisionRequest,
    PolicyList,
    PolicyView,
    Proposal,
    SettingsRequest,
    ValidationView,
    VersionHead,
    VersionList,
    VersionView,
    policy_head,
    policy_view,
    validation,
    version_head,
    version_view,
)
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import ServicesOf
from groundwire.keys.gate import Identity
from groundwire.keys.roles import Permission
from groundwire.policy.diffs import difference
from groundwire.policy.versions import Author

router = APIRouter(prefix=f"{PREFIX}/policies", tags=["policies"], responses=ERRORS)
READS = [Depends(requires(Permission.READ))]
Admin = Annotated[Identity, Depends(requires(Permission.ADMINISTER))]


@router.get("", dependencies=READS)
async def list_policies(services: ServicesOf) -> PolicyList:
    """All policies: those in force, and those that are proposed."""
    return PolicyList(policies=tuple(policy_head(each) for each in await services.desk.all()))


@router.post("/validate", dependencies=READS, response_model=ValidationView)
async def validate(request: SettingsRequest) -> Response:
    """What is wrong with settings, or how they are understood, with their defaults; nothing is kept."""
    return json_response(validation(request).model_dump(mode="json"))


@router.get("/{name}", dependencies=READS, response_model=PolicyView)
async def read_policy(services: ServicesOf, name: str) -> Response:
    """A policy with its settings."""
    return json_response(policy_view(await services.desk.find(name)).model_dump(mode="json"))


@router.get("/{name}/versions", dependencies=READS, response_model=VersionList)
async def list_versions(services: ServicesOf, name: str) -> Response:
    """The versions of a policy, newest first."""
    history = (await services.desk.find(name)).history
    found = VersionList(seen=history.state, versions=tuple(map(version_head, history.versions)))
    return json_response(found.model_dump(mode="json"))


@router.post("/{name}/versions", status_code=201, response_model=VersionHead)
async def propose(services: ServicesOf, admin: Admin, name: str, request: Proposal) -> Response:
    """Propose a version; it changes nothing until it is applied."""
    author = Author(admin.name, request.note)
    made = await services.desk.propose(name, request.read(), author, request.seen, tries=request.shadow)
    return json_response(version_head(made).model_dump(mode="json"), 201)


@router.get("/{name}/versions/{number}", dependencies=READS, response_model=VersionView)
async def read_version(
    services: ServicesOf, name: str, number: int, against: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """A version with its settings, and how it differs from another one, by default from the one in force."""
    standing = await services.desk.find(name)
    version = standing.require(number)
    other = standing.require(against) if against else standing.version
    view = version_view(version, standing.history, other.number if other else None, difference(other, version))
    return json_response(view.model_dump(mode="json"))


@router.post("/{name}/versions/{number}/shadow", response_model=VersionHead)
async def shadow(services: ServicesOf, admin: Admin, name: str, number: int, request: DecisionRequest) -> Response:
    """Try a draft on the answers that come from now on, beside the policy in force."""
    version = await services.desk.shadow(name, number, admin.name, request.seen)
    return json_response(version_head(version).model_dump(mode="json"))


@router.post("/{name}/versions/{number}/apply", response_model=VersionHead)
async def apply(services: ServicesOf, admin: Admin, name: str, number: int, request: DecisionRequest) -> Response:
    """Put a version in force; an older one is restored as a new version."""
    version = await services.desk.apply(name, number, admin.name, request.seen)
    return json_response(version_head(version).model_dump(mode="json"))


@router.post("/{name}/versions/{number}/withdraw", response_model=VersionHead)
async def withdraw(services: ServicesOf, admin: Admin, name: str, number: int, request: DecisionRequest) -> Response:
    """Give a proposal up; where the version was in force, the settings file's policy is again."""
    version = await services.desk.withdraw(name, number, admin.name, request.seen)
    return json_response(version_head(version).model_dump(mode="json"))
