"""A policy in the editor: checked, previewed, proposed; and every decision on a version, asked before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.api.policy_views import USUAL_PERIOD
from groundwire.api.services import ServicesOf
from groundwire.console.pages.policies import USUAL_LIMIT, WRITES, changes, outcomes, policy_url, settings_text
from groundwire.console.rendering import page
from groundwire.console.viewer import Viewer, viewing
from groundwire.errors import Conflict, NotFound
from groundwire.keys.roles import Permission
from groundwire.policy.desk import PolicyDesk, Standing
from groundwire.policy.policy import policy_from
from groundwire.policy.versions import Author, PolicyVersion
from groundwire.replay.service import Preview
from groundwire.settings import PolicySettings
from groundwire.settings.policytext import InvalidPolicy, parse_policy, written
from groundwire.settings.problems import Problem
from groundwire.settings.rows import rows

router = APIRouter(prefix="/policies/{name}")
Admin = Annotated[Viewer, Depends(viewing(Permission.ADMINISTER))]
_MOST_CHARS, _MOST_NOTE = 200_000, 2_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the editor: the text, the note, and which state of the policy it started from."""

    text: str
    note: str = ""
    seen: str = ""


@router.get("/edit", dependencies=WRITES)
async def edit(
    request: Request, services: ServicesOf, name: str, start: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The editor, with the settings in force or those of another version."""
    standing = await services.desk.look(name)
    version = standing.require(start) if start else standing.version
    text = settings_text(version) or written(PolicySettings())
    return _editor(request, standing, Draft(text, seen=standing.history.state))


@router.post("/edit")
async def save(
    request: Request,
    services: ServicesOf,
    admin: Admin,
    name: str,
    text: Annotated[str, Form(max_length=_MOST_CHARS)] = "",
    note: Annotated[str, Form(max_length=_MOST_NOTE)] = "",
    seen: Annotated[str, Form(max_length=100)] = "",
    deed: Annotated[str, Form(max_length=20)] = "preview",
) -> Response:
    """Preview what is in the editor, or propose it; what is wrong is shown beside it, and nothing is lost."""
    draft = Draft(text.replace("\r\n", "\n"), note, seen)
    standing = await services.desk.look(name)
    try:
        settings = parse_policy(draft.text)
        if deed == "preview":
            since = datetime.now(UTC) - USUAL_PERIOD
            found = await outcomes(services.replays, policy_from(name, settings), name, since, USUAL_LIMIT)
            return _editor(request, standing, draft, found=found, since=since)
        author = Author(admin.name, note.strip())
        made = await services.desk.propose(name, settings, author, seen, tries=deed == "shadow")
    except InvalidPolicy as error:
        return _editor(request, standing, draft, status=error.status, problems=error.problems)
    except Conflict as error:
        newest = Draft(draft.text, note, standing.history.state)
        return _editor(request, standing, newest, status=error.status, problems=[Problem("conflict", error.message)])
    return RedirectResponse(f"{policy_url(name)}?done={made.state.value}#version-{made.number}", 303)


@router.get("/versions/{number}/{deed}", dependencies=WRITES)
async def ask(request: Request, services: ServicesOf, name: str, number: int, deed: str) -> Response:
    """Show what a decision would change, and ask."""
    _require_deed(deed)
    standing = await services.desk.find(name)
    return _question(request, standing, standing.require(number), deed)


@router.post("/versions/{number}/{deed}")
async def decide(
    request: Request,
    services: ServicesOf,
    admin: Admin,
    name: str,
    number: int,
    deed: str,
    seen: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Decide, unless somebody changed the policy since the question was shown."""
    _require_deed(deed)
    try:
        await _DEEDS[deed](services.desk, name, number, admin.name, seen)
    except Conflict as error:
        standing = await services.desk.find(name)
        version = standing.require(number)
        return _question(request, standing, version, deed, status=error.status, problem=error.message)
    return RedirectResponse(f"{policy_url(name)}?done={deed}", 303)


_DEEDS = {"apply": PolicyDesk.apply, "shadow": PolicyDesk.shadow, "withdraw": PolicyDesk.withdraw}


def _require_deed(deed: str) -> None:
    if deed not in _DEEDS:
        raise NotFound(f"There is nothing like {deed!r:.40} to be done with a version.")


def _editor(
    request: Request,
    standing: Standing,
    draft: Draft,
    *,
    status: int = 200,
    problems: Sequence[Problem] = (),
    found: Preview | None = None,
    since: datetime | None = None,
) -> Response:
    return page(
        request,
        "policies/edit.html",
        status=status,
        standing=standing,
        draft=draft,
        problems=problems,
        found=found,
        since=since,
        limit=USUAL_LIMIT,
        help=list(rows(PolicySettings)),
    )


def _question(
    request: Request, standing: Standing, version: PolicyVersion, deed: str, *, status: int = 200, problem: str = ""
) -> Response:
    return page(
        request,
        "policies/question.html",
        status=status,
        standing=standing,
        version=version,
        deed=deed,
        problem=problem,
        lines=changes(standing.version, version),
    )
