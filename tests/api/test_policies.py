import asyncio

import pytest

from groundwire.api.policy_views import PolicyList, PolicyView, VersionHead, VersionList, VersionView
from groundwire.keys.roles import Role

URL = "/api/v1/policies"
STRICT = {"thresholds": {"support": 0.8}}


async def seen(client, name="default"):
    reply = await client.get(f"{URL}/{name}/versions")
    return reply.json()["seen"]


@pytest.fixture(autouse=True)
async def noted(services):
    """The file's policies, as a server keeps them when it starts."""
    from groundwire.settings import PolicySettings

    services.versions.note_file({"default": PolicySettings()})


@pytest.fixture
def propose(client):
    """Propose settings for a policy; return the reply."""

    async def made(name="default", **body):
        body = {"settings": STRICT, "seen": await seen(client, name)} | body
        return await client.post(f"{URL}/{name}/versions", json=body)

    return made


@pytest.fixture
def decide(client):
    """Decide on a version; return the reply."""

    async def made(number, what, name="default"):
        return await client.post(f"{URL}/{name}/versions/{number}/{what}", json={"seen": await seen(client, name)})

    return made


async def test_the_policies_are_listed_with_where_they_come_from(client, propose):
    await propose()
    body = (await client.get(URL)).json()

    PolicyList.model_validate(body)
    heads = {head["name"]: head for head in body["policies"]}
    assert heads["shadow"]["mode"] == "shadow"
    assert (heads["default"]["origin"], heads["default"]["drafts"], heads["default"]["shadow"]) == ("file", 1, None)


async def test_a_proposal_goes_into_force_and_back(client, propose, decide, services):
    made = await propose(note="fewer mistakes")
    assert made.status_code == 201, made.text
    VersionHead.model_validate(made.json())
    assert (made.json()["number"], made.json()["author"], made.json()["note"]) == (2, "local", "fewer mistakes")

    assert (await decide(2, "shadow")).json()["state"] == "shadow"
    applied = await decide(2, "apply")
    assert (applied.json()["state"], applied.json()["decided_by"]) == ("applied", "local")
    assert services.policies.find("default").strictness.min_support == 0.8
    view = (await client.get(f"{URL}/default")).json()
    PolicyView.model_validate(view)
    assert (view["origin"], view["number"], view["settings"]["thresholds"]["support"]) == ("console", 2, 0.8)
    assert "support: 0.8" in view["text"]

    assert (await decide(2, "withdraw")).json()["state"] == "replaced"
    assert services.policies.find("default").strictness.min_support == 0.5


async def test_an_older_version_is_restored(client, propose, decide):
    await propose()
    await decide(2, "apply")
    await propose(settings={"thresholds": {"support": 0.3}})
    await decide(3, "apply")

    restored = (await decide(2, "apply")).json()

    assert (restored["number"], restored["state"], restored["note"]) == (4, "applied", "restores version 2")
    body = (await client.get(f"{URL}/default/versions")).json()
    VersionList.model_validate(body)
    assert [version["state"] for version in body["versions"]] == ["applied", "replaced", "replaced", "file"]


async def test_a_version_is_shown_beside_another(client, propose):
    await propose()
    body = (await client.get(f"{URL}/default/versions/2", params={"against": 1})).json()

    VersionView.model_validate(body)
    assert "+  support: 0.8" in body["diff"]
    assert (body["against"], body["settings"]["thresholds"]["support"]) == (1, 0.8)


async def test_yaml_is_taken_as_well(client, propose):
    made = await propose(settings=None, text="mode: shadow\nthresholds: {support: 0.9}")

    assert made.status_code == 201, made.text
    assert (await client.get(f"{URL}/default/versions/2")).json()["settings"]["mode"] == "shadow"


@pytest.mark.parametrize(
    ("body", "param", "says"),
    [
        ({"settings": {"thresholds": {"support": 7}}}, "thresholds.support", "less than or equal to 1 (got 7)"),
        ({"settings": {"colour": "red"}}, "colour", "unknown name; known are actions,"),
        ({"settings": None, "text": "mode: ["}, "settings", "not valid YAML"),
        ({"settings": None, "text": "x" * 100_001}, "text", "at most 100000 characters"),
        ({"text": "mode: shadow"}, "settings", "either `settings` or `text`"),
        ({"settings": None}, "settings", "either `settings` or `text`"),
        ({"colour": "red"}, "colour", "not known here"),
        ({"note": "x" * 2_001}, "note", "at most 2000 characters"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_kept(client, propose, body, param, says):
    reply = await propose(**body)

    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == param
    assert says in reply.json()["error"]["message"]
    assert len((await client.get(f"{URL}/default/versions")).json()["versions"]) == 1


async def test_settings_are_validated_without_being_kept(client):
    good = await client.post(f"{URL}/validate", json={"text": "thresholds: {support: 0.7}"})
    bad = await client.post(f"{URL}/validate", json={"text": "thresholds: {suport: 0.7}"})

    assert good.json()["settings"]["thresholds"] == {"support": 0.7, "contradiction": 0.5}
    assert good.json()["problems"] == []
    assert bad.json() == {
        "problems": [{"key": "thresholds.suport", "text": "unknown name; known are contradiction, support"}],
        "version": None,
        "settings": None,
        "text": None,
    }


async def test_of_two_admins_one_is_told_to_look_again(client, services):
    before = await seen(client)
    bodies = [{"settings": {"budget_ms": number}, "seen": before} for number in (100, 200)]

    replies = await asyncio.gather(*(client.post(f"{URL}/default/versions", json=body) for body in bodies))

    assert sorted(reply.status_code for reply in replies) == [201, 409]
    [late] = [reply for reply in replies if reply.status_code == 409]
    assert "was changed meanwhile" in late.json()["error"]["message"]
    assert len(services.versions.history("default").versions) == 2


async def test_a_decision_on_something_that_changed_is_refused(client, propose):
    before = await seen(client)
    await propose()

    reply = await client.post(f"{URL}/default/versions/2/apply", json={"seen": before})

    assert reply.status_code == 409
    assert (await client.get(f"{URL}/default")).json()["origin"] == "file"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nobody", 404, "unknown_policy"),
        ("GET", "nobody/versions", 404, "unknown_policy"),
        ("GET", "default/versions/9", 404, "not_found"),
        ("GET", "default/versions/one", 400, "bad_request"),
        ("GET", "default/versions/1?against=9", 404, "not_found"),
        ("GET", "%00", 404, "unknown_policy"),
        ("GET", "default/versions/99999999999999999999", 404, "not_found"),
    ],
)
async def test_what_does_not_exist_is_told(client, method, path, status, code):
    reply = await client.request(method, f"{URL}/{path}")

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


async def test_a_note_with_a_zero_byte_is_refused_and_nothing_is_kept(client):
    seen = (await client.get(f"{URL}/default/versions")).json()["seen"]
    reply = await client.post(f"{URL}/default/versions", json={"settings": {}, "seen": seen, "note": "a\0b"})

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_request")
    assert "zero byte" in reply.json()["error"]["message"]
    assert (await client.get(f"{URL}/default/versions")).json()["seen"] == seen


async def test_a_policy_with_an_impossible_name_is_refused(client):
    reply = await client.post(f"{URL}/a%20b/versions", json={"settings": {}, "seen": "x"})

    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "policy")


async def test_analysts_may_look_and_admins_may_change(client, headers_of):
    analyst, admin = await headers_of(Role.ANALYST), await headers_of(Role.ADMIN)
    body = {"settings": STRICT, "seen": (await client.get(f"{URL}/default", headers=analyst)).json()["seen"]}

    statuses = [
        (await client.post(f"{URL}/default/versions", json=body, headers=headers)).status_code
        for headers in (analyst, admin)
    ]

    assert statuses == [403, 201]
    assert (await client.get(URL, headers=await headers_of(Role.APP))).status_code == 403


async def test_the_author_is_who_presents_the_key(client, headers_of):
    admin = await headers_of(Role.ADMIN)
    body = {"settings": STRICT, "seen": (await client.get(f"{URL}/default", headers=admin)).json()["seen"]}

    made = await client.post(f"{URL}/default/versions", json=body, headers=admin)

    assert made.json()["author"] == "test"
