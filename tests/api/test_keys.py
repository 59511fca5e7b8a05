import pytest

from groundwire.keys.roles import Role

URL = "/api/v1/keys"


async def test_the_first_key_can_be_made_without_one_and_is_then_needed(client):
    made = await client.post(URL, json={"role": "admin", "name": "me"})
    assert made.status_code == 201
    assert made.json()["key"].startswith("gw_admin_")
    assert (await client.get(URL)).status_code == 401
    listed = await client.get(URL, headers={"authorization": f"Bearer {made.json()['key']}"})
    assert [key["name"] for key in listed.json()["keys"]] == ["me"]


async def test_a_list_never_shows_a_key(client, headers_of):
    headers = await headers_of(Role.ADMIN)
    reply = await client.get(URL, headers=headers)
    assert headers["authorization"].removeprefix("Bearer gw_admin_") not in reply.text
    assert "digest" not in reply.text


async def test_a_revoked_key_is_refused(client, headers_of):
    headers, other = await headers_of(Role.ADMIN), await headers_of(Role.APP)
    listed = (await client.get(URL, headers=headers)).json()["keys"]
    key_id = next(key["id"] for key in listed if key["role"] == "app")
    revoked = await client.delete(f"{URL}/{key_id}", headers=headers)
    assert revoked.json()["revoked_at"] is not None
    assert (await client.post("/api/v1/check", json={"answer": "Hi."}, headers=other)).status_code == 401


async def test_an_unknown_key_is_not_found(client):
    assert (await client.delete(f"{URL}/key_nobody")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"role": "king", "name": "x"}, {"role": "app", "name": ""}, {"role": "app", "name": "a\x00b"}],
    ids=str,
)
async def test_a_wrong_request_is_refused(client, body):
    assert (await client.post(URL, json=body)).status_code == 400
