import httpx
import pytest
from fastapi import APIRouter, Depends, Request

from groundwire.accounts.accounts import Accounts
from groundwire.console.app import create_console
from groundwire.console.viewer import Viewer, viewing
from groundwire.keys.roles import Permission, Role
from people import PASSWORD

COOKIE = "groundwire_session"
router = APIRouter()


@router.get("/probe")
@router.post("/probe")
async def probe(request: Request, viewer: Viewer = Depends(viewing(Permission.REVIEW))):  # noqa: B008 - a probe
    form = await request.form()
    return {"name": viewer.name, "role": viewer.role, "user": viewer.is_user, "note": form.get("note")}


@pytest.fixture
async def client(services, monkeypatch):
    monkeypatch.setattr("groundwire.console.app.ROUTERS", (router,))
    transport = httpx.ASGITransport(create_console(services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def enter(accounts: Accounts, client):
    """Open a session of a new user, in this browser; returns its CSRF token."""

    async def enter(role=Role.ANALYST, name="Ada"):
        user = await accounts.add(name, role, PASSWORD)
        token = await accounts.sessions.open(user_id=user.id)
        client.cookies.set(COOKIE, token)
        return (await accounts.sessions.find(token)).csrf

    return enter


async def test_while_nobody_needs_to_sign_in_whoever_is_here_looks(client):
    reply = await client.post("/probe", data={"note": "hello"})

    assert reply.json() == {"name": "local", "role": "admin", "user": False, "note": "hello"}


async def test_a_user_looks_by_session(client, enter):
    await enter()

    assert (await client.get("/probe")).json() == {"name": "Ada", "role": "analyst", "user": True, "note": None}


@pytest.mark.parametrize("kind", ["form", "multipart", "header"])
async def test_a_form_with_the_token_is_taken_and_stays_readable(client, enter, kind):
    csrf = await enter()
    if kind == "form":
        reply = await client.post("/probe", data={"csrf_token": csrf, "note": "hello"})
    elif kind == "multipart":
        reply = await client.post("/probe", files={"csrf_token": (None, csrf), "note": (None, "hello")})
    else:
        reply = await client.post("/probe", data={"note": "hello"}, headers={"x-csrf-token": csrf})

    assert reply.json()["note"] == "hello"


@pytest.mark.parametrize(
    "request_",
    [
        {"data": {"note": "hello"}},
        {"data": {"csrf_token": ""}},
        {"data": {"csrf_token": "0" * 64}},
        {"files": {"csrf_token": ("a.txt", b"file")}},
        {"content": b"csrf_token", "headers": {"content-type": "text/plain"}},
        {"json": {"csrf_token": "x"}},
    ],
    ids=["none", "empty", "wrong", "file", "text", "json"],
)
async def test_a_form_without_it_is_refused(client, enter, request_):
    await enter()

    reply = await client.post("/probe", **request_)

    assert reply.status_code == 403
    assert "Load the page anew" in reply.text


async def test_a_form_of_a_page_elsewhere_is_refused_even_with_the_token(client, enter):
    csrf = await enter()

    reply = await client.post("/probe", data={"csrf_token": csrf}, headers={"origin": "https://evil.example"})

    assert reply.status_code == 403


async def test_who_is_not_signed_in_goes_to_sign_in_and_back(client, enter):
    await enter()
    client.cookies.clear()

    reply = await client.get("/probe?a=1&b=2")

    assert reply.status_code == 303
    assert reply.headers["location"] == "/console/sign-in?next=%2Fprobe%3Fa%3D1%26b%3D2"
    assert (await client.post("/probe")).status_code == 401


async def test_who_lacks_the_permission_sees_why(client, accounts, services, keys):
    new = await keys.create(Role.APP, "shop")

    reply = await client.get("/probe", headers={"authorization": f"Bearer {new.key}"})

    assert reply.status_code == 403
    assert "no permission to review answers; that takes the role analyst or admin" in reply.text


def test_the_token_does_not_show():
    assert "secret" not in repr(Viewer("Ada", Role.ADMIN, "secret"))
