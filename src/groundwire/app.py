"""The application: the wire under `/v1`, our own API and pages beside it, one life from start to shutdown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from groundwire import __version__
from groundwire.proxy.routes import PREFIX
from groundwire.proxy.upstreams.upstream import Upstreams

ErrorHandler = Callable[[Request, Exception], Response | Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class AppParts:
    """What an application is put together from.

    `pages` maps a path to an ASGI application of its own (the console, static files). `running` is entered in order
    when the server starts and left in reverse order when it stops (the database, watchers, worker threads).
    """

    wire: ASGIApp
    upstreams: Upstreams
    routers: Sequence[APIRouter] = ()
    pages: Mapping[str, ASGIApp] = field(default_factory=dict)
    error_handlers: Mapping[type[Exception], ErrorHandler] = field(default_factory=dict)
    running: Sequence[AbstractAsyncContextManager[object]] = ()


def create_app(parts: AppParts) -> FastAPI:
    """Return the application; nothing runs before the server starts it.

    The server lets running answers finish before it stops the application; only then do connections close.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(parts.upstreams.close)
            for part in parts.running:
                await stack.enter_async_context(part)
            yield

    app = FastAPI(
        title="Groundwire",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url="/api/v1/docs",
        redoc_url=None,
    )
    # The wire comes first, so that no other route is tried before it.
    app.router.routes.insert(0, Mount(PREFIX, app=parts.wire))
    for router in parts.routers:
        app.include_router(router)
    for path, page in parts.pages.items():
        app.mount(path, page)
    for kind, handler in parts.error_handlers.items():
        app.add_exception_handler(kind, handler)
    return app
