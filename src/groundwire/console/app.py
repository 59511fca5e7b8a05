"""The console as an application of its own, to be mounted at `/console`."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Scope

from groundwire.api.errors import error_response
from groundwire.api.services import Services
from groundwire.console.assets import ASSETS
from groundwire.console.failures import ERROR_HANDLERS, error_page
from groundwire.console.headers import SafePages
from groundwire.console.pages import ROUTERS
from groundwire.console.playground import Playground
from groundwire.console.viewer import viewing
from groundwire.errors import GroundwireError, NotFound
from groundwire.keys.roles import Permission

PATH = "/console"
front_door = APIRouter(include_in_schema=False)


@front_door.get("/")
async def enter() -> RedirectResponse:
    """Whoever opens the server in a browser comes to the console."""
    return RedirectResponse(f"{PATH}/")


def refused(scope: Scope, error: GroundwireError) -> ASGIApp:
    """Return what answers a request that is refused before it is read: a page to the console's forms."""
    if not scope["path"].startswith(f"{PATH}/"):
        return error_response(error)
    return SafePages(error_page(Request(scope), error.status, error.message))


_anywhere = APIRouter(dependencies=[Depends(viewing(Permission.READ))])


@_anywhere.get("/{path:path}")
async def elsewhere(request: Request, path: str) -> RedirectResponse:
    """Any other path: people sign in before they learn that there is nothing; raises NotFound."""
    if path.endswith("/"):
        return RedirectResponse(f"{PATH}/{path.rstrip('/')}{request.url.query and '?' + request.url.query}")
    raise NotFound(f"There is no page {request.url.path}.")


def create_console(services: Services, playground: Playground | None = None) -> ASGIApp:
    """Return the pages, their static files and error pages; every reply carries the headers that keep it safe."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.services = services
    app.state.playground = playground or Playground()
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", ASSETS)
    app.include_router(_anywhere)
    for kind, handler in ERROR_HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return SafePages(app)
