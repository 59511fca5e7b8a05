import pytest

URL = "/api/v1/collections/faq/revisions"


@pytest.fixture
def knowledge(library):
    return library.knowledge


@pytest.fixture(autouse=True)
def revisions(library):
    library.add("faq", **{"plans/a": "Refunds take 14 days.", "old": "We have a fax."})
    library.add("faq", **{"plans/a": "Refunds take 30 days.", "new": "We are closed on Sundays."})
    library.ingestor.remove(["old"], "faq")


async def test_a_changed_text_is_compared_word_by_word(client):
    found = (await client.get(f"{URL}/2/diff/plans/a")).json()
    assert (found["older"], found["older_version"], found["newer"], found["newer_version"]) == (1, 1, 2, 2)
    removed, added = found["lines"]
    assert (removed["kind"], added["kind"]) == ("removed", "added")
    assert removed["pieces"][1] == {"text": "14", "is_changed": True}
    assert added["pieces"][1] == {"text": "30", "is_changed": True}


@pytest.mark.parametrize(("name", "versions", "kind"), [("old", (1, None), "removed"), ("new", (None, 1), "added")])
async def test_a_document_that_only_one_of_them_has_is_all_removed_or_added(client, name, versions, kind):
    found = (await client.get(f"{URL}/3/diff/{name}", params={"since": 1})).json()
    assert (found["older_version"], found["newer_version"]) == versions
    assert {line["kind"] for line in found["lines"]} == {kind}


async def test_an_unchanged_text_is_skipped(client):
    lines = (await client.get(f"{URL}/3/diff/plans/a")).json()["lines"]
    assert [(line["kind"], line["count"]) for line in lines] == [("same", 1)]


@pytest.mark.parametrize("path", ["9/diff/old", "1/diff/old", "2/diff/never", "2/diff/old?since=-1"])
async def test_what_is_not_there_is_not_found(client, path):
    reply = await client.get(f"{URL}/{path}")
    assert reply.status_code == 404
    assert reply.json()["error"]["message"]
