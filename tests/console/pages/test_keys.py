from groundwire.keys.roles import Role

URL = "/console/keys"


async def as_admin(keys):
    return {"authorization": f"Bearer {(await keys.create(Role.ADMIN, 'The admin')).key}"}


async def test_the_first_key_is_announced_to_lock_the_door(read):
    page = await read(URL)

    assert "From the first key on, every request needs one" in page.text
    assert page.all("option", value="admin", selected="")
    assert page.all("form", data_open="true")


async def test_keys_are_listed_without_what_opens_anything(read, keys):
    headers = await as_admin(keys)
    new = await keys.create(Role.APP, "<b>Web chat</b>")

    page = await read(URL, headers=headers)

    assert "<b>Web chat</b>" in page.text
    assert page.all("button", data_revoke=new.record.id)
    assert new.key not in page.markup


async def test_a_revoked_key_can_not_be_revoked_again(read, keys):
    headers = await as_admin(keys)
    gone = (await keys.create(Role.APP, "Gone")).record
    await keys.revoke(gone.id)

    page = await read(URL, headers=headers)

    assert not page.all("button", data_revoke=gone.id)
    assert "Revoked keys (1)" in page.text


async def test_only_admins_see_keys(read, keys):
    analyst = (await keys.create(Role.ANALYST, "me")).key

    await read(URL, 403, headers={"authorization": f"Bearer {analyst}"})
