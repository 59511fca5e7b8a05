"""How an app connects: programs to copy, and a test that proves it works."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from groundwire.api.services import Services, ServicesOf
from groundwire.console.rendering import page, query
from groundwire.console.snippets import SNIPPETS, Connection
from groundwire.console.viewer import viewing
from groundwire.keys.roles import Permission

router = APIRouter(prefix="/connect", dependencies=[Depends(viewing(Permission.READ))])


class ConnectQuery(BaseModel):
    """What the program is for; `metadata` is `name:value`."""

    language: Literal["python", "node", "curl", "langchain"] = "python"
    model: Annotated[str, Field(max_length=200)] = ""
    policy: Annotated[str, Field(max_length=64)] = ""
    metadata: Annotated[str, Field(max_length=200)] = ""


@router.get("")
async def connect(request: Request, services: ServicesOf, asked: Annotated[ConnectQuery, Query()]) -> Response:
    """The programs, as the reader wants them."""
    connection = await _connection(request, services, asked)
    _, write = SNIPPETS[asked.language]
    return page(
        request,
        "connect/connect.html",
        asked=asked,
        connection=connection,
        snippet=write(connection),
        languages={name: (title, query(_pairs(asked, name))) for name, (title, _) in SNIPPETS.items()},
        policies=services.policies.names,
    )


async def _connection(request: Request, services: Services, asked: ConnectQuery) -> Connection:
    base = services.accounts.site.base_url(request.url.scheme, request.url.netloc)
    name, _, value = asked.metadata.partition(":")
    return Connection(
        base_url=f"{base}/v1",
        model=asked.model or "gpt-4o",
        policy=asked.policy if asked.policy in services.policies.names else "",
        metadata={name.strip(): value.strip()} if value.strip() else {},
        needs_key=await services.keys.has_keys(),
    )


def _pairs(asked: ConnectQuery, language: str) -> list[tuple[str, str]]:
    chosen = {"model": asked.model, "policy": asked.policy, "metadata": asked.metadata}
    return [("language", language), *((name, value) for name, value in chosen.items() if value)]
