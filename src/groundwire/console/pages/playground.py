"""The playground: an answer that is pasted in is checked, or a chat goes through the proxy, and the check is seen."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from groundwire.api.services import Services, ServicesOf
from groundwire.console.playground import Example, Playground, WireReply
from groundwire.console.rendering import page
from groundwire.console.viewer import Viewer, viewing
from groundwire.domain import Action, Label
from groundwire.errors import NotFound
from groundwire.events.rows import asked
from groundwire.keys.roles import Permission
from groundwire.proxy.callers import Caller

router = APIRouter(prefix="/playground")
Admin = Annotated[Viewer, Depends(viewing(Permission.ADMINISTER))]


@router.get("")
async def check_page(
    request: Request, services: ServicesOf, _: Admin, event: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Where an answer is pasted in, or that of an event is tried again."""
    given = Example("", "")
    if event:
        found = await services.events.get(event)
        given = Example(asked(found.question), found.report.answer)
    return _page(request, services, "playground/check.html", given=given)


@router.get("/chat")
async def chat_page(request: Request, services: ServicesOf, _: Admin) -> Response:
    """Where one talks to the model as its users do."""
    return _page(request, services, "playground/chat.html", given=Example("", ""))


@router.post("/v1/chat/completions")
async def chat(request: Request, _: Admin) -> Response:
    """Answer as the wire does; the session lets in, with its CSRF token, where the wire would want a key."""
    return _over_the_wire(request, "/chat/completions")


@router.get("/v1/models")
async def list_models(request: Request, _: Admin) -> Response:
    """The upstream's models."""
    return _over_the_wire(request, "/models")


def _over_the_wire(request: Request, path: str) -> Response:
    playground: Playground = request.app.state.playground
    if playground.wire is None:
        raise NotFound("There is no upstream to chat with.")
    return WireReply(playground.wire, Caller(owns_authorization=False), path)


def _page(request: Request, services: Services, template: str, *, given: Example) -> Response:
    playground: Playground = request.app.state.playground
    return page(
        request,
        template,
        given=given,
        examples=playground.examples,
        policies=services.policies.names,
        collections=sorted(state.collection for state in services.knowledge.snapshots),
        labels=tuple(Label),
        actions=tuple(Action),
    )
