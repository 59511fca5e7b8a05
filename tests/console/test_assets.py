import pytest

from groundwire.console.assets import VERSION, asset, digest_of


async def test_a_file_of_this_version_may_be_kept_for_good(client):
    reply = await client.get(asset("css/base.css"))

    assert reply.headers["content-type"].startswith("text/css")
    assert "immutable" in reply.headers["cache-control"]


async def test_a_file_of_another_version_is_asked_for_again(client):
    reply = await client.get("/console/static/000000000000/js/api.js")

    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["", "nothing.css", f"{VERSION}/nothing.css", f"{VERSION}/../app.py", VERSION])
async def test_nothing_else_is_served(client, path):
    assert (await client.get(f"/console/static/{path}")).status_code == 404


def test_the_digest_changes_with_a_file_and_with_its_name(tmp_path):
    file = tmp_path / "one.css"
    file.write_text("a {}")
    first = digest_of(tmp_path)
    file.write_text("b {}")
    second = digest_of(tmp_path)
    file.rename(tmp_path / "two.css")

    assert len({first, second, digest_of(tmp_path)}) == 3
