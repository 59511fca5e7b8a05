import pytest

from groundwire.keys.roles import Role

URL = "/console/connect"


async def test_the_program_has_the_address_that_the_reader_came_by(read):
    page = await read(URL)

    assert 'base_url="http://localhost/v1"' in page.text
    assert "x-grounding-key" not in page.text


@pytest.mark.parametrize("language", ["python", "node", "curl", "langchain"])
async def test_there_is_a_program_in_every_language(read, language):
    page = await read(f"{URL}?language={language}&model=o3&policy=strict&metadata=segment:retail")

    assert "o3" in page.text
    assert "segment" in page.text
    assert page.all("a", aria_current="true")[0]["href"].startswith(f"{URL}?language={language}")


async def test_a_policy_that_is_not_there_is_not_offered(read):
    assert "x-grounding-policy" not in (await read(f"{URL}?policy=nothing")).text


async def test_with_keys_the_program_sends_one(read, keys):
    admin = (await keys.create(Role.ADMIN, "me")).key

    page = await read(URL, headers={"authorization": f"Bearer {admin}"})

    assert '"x-grounding-key": "gw_app_…"' in page.text
    assert "/console/keys" in page.links()


async def test_an_analyst_learns_how_to_run_the_self_test(read, keys):
    analyst = (await keys.create(Role.ANALYST, "me")).key

    page = await read(URL, headers={"authorization": f"Bearer {analyst}"})

    assert not page.all("button", id="selftest")
    assert "curl -X POST http://localhost/api/v1/selftest" in page.text


async def test_an_unknown_language_is_refused(read):
    await read(f"{URL}?language=cobol", 400)
