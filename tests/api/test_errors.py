import pytest
from fastapi import APIRouter
from starlette.exceptions import HTTPException

from groundwire.errors import CheckError, Conflict, EventStoreError, GroundwireError, GuardUnavailable

SECRET = "the password is hunter2"
ERRORS = {
    "known": (Conflict("It exists already.", param="name"), 409, "conflict"),
    "outage": (GuardUnavailable("The check is down."), 503, "guard_unavailable"),
    "check": (CheckError(SECRET), 500, "internal_error"),
    "store": (EventStoreError(SECRET), 500, "internal_error"),
    "base": (GroundwireError(SECRET), 500, "internal_error"),
    "unexpected": (KeyError(SECRET), 500, "internal_error"),
    "framework": (HTTPException(418, "teapot"), 418, None),
}


@pytest.mark.parametrize(("error", "status", "code"), ERRORS.values(), ids=ERRORS)
async def test_every_error_has_the_shape_of_openai(client, app, error, status, code):
    router = APIRouter()

    @router.get("/fail")
    def fail():
        raise error

    app.include_router(router)
    reply = await client.get("/fail")
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
    assert "hunter2" not in reply.text
    assert "Traceback" not in reply.text
    assert reply.headers.get("retry-after") == ("5" if status == 503 else None)


async def test_an_unknown_route_is_explained(client):
    reply = await client.get("/api/v1/nothing")
    assert (reply.status_code, reply.json()["error"]["message"]) == (404, "No route '/api/v1/nothing'.")


async def test_a_wrong_method_is_explained(client):
    reply = await client.put("/api/v1/stats")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET")
    assert reply.json()["error"]["code"] == "method_not_allowed"


async def test_the_documentation_shows_the_error(app):
    responses = app.openapi()["paths"]["/api/v1/stats"]["get"]["responses"]
    assert set(responses) == {"200", "default"}
