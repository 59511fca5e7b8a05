from groundwire.console.failures import SIGN_IN
from groundwire.keys.roles import Role


async def test_without_a_key_people_go_to_sign_in_and_come_back(client, keys):
    await keys.create(Role.ADMIN, "admin")

    reply = await client.get("/console/events?action=block", follow_redirects=False)

    assert reply.status_code == 303
    assert reply.headers["location"] == f"{SIGN_IN}?next=%2Fconsole%2Fevents%3Faction%3Dblock"


async def test_who_lacks_the_permission_still_has_the_menu(client, read, keys):
    key = (await keys.create(Role.ANALYST, "Ben")).key

    page = await read("/console/keys", 403, headers={"authorization": f"Bearer {key}"})

    assert "takes the role admin" in page.text
    assert "/console/review" in page.links()


async def test_a_page_that_breaks_tells_nothing_of_the_inside(client, monkeypatch):
    monkeypatch.setattr("groundwire.console.pages.overview.page", lambda *_, **__: 1 / 0)

    reply = await client.get("/console/")

    assert reply.status_code == 500
    assert "the log has the details" in reply.text
    assert "ZeroDivisionError" not in reply.text


async def test_without_keys_only_this_machine_sees_pages(client):
    reply = await client.get("/console/", headers={"host": "evil.example"})

    assert reply.status_code == 403
    assert "only requests to localhost" in reply.text
