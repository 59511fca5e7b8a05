import pytest

URL = "/api/v1/collections"


@pytest.fixture
def knowledge(library):
    return library.knowledge


async def test_a_collection_is_made_and_listed(client):
    made = await client.post(URL, json={"name": "faq"})
    assert made.status_code == 201
    empty = {"name": "faq", "revision": 0, "changed_at": None, "documents": 0, "passages": 0, "failed": 0}
    assert made.json() == empty
    assert (await client.get(URL)).json() == {"collections": [empty]}


async def test_a_collection_tells_when_it_changed_and_what_failed(client, library):
    library.add("faq", a="Refunds take 14 days.", bad="")
    [listed] = (await client.get(URL)).json()["collections"]
    newest = library.store.revisions("faq")[0]
    assert listed.pop("changed_at") == newest.created_at.isoformat().replace("+00:00", "Z")
    assert listed == {"name": "faq", "revision": 1, "documents": 1, "passages": 1, "failed": 1}


@pytest.mark.parametrize("name", ["", "a b", "../x", ".hidden", "a" * 65, "ü"], ids=repr)
async def test_an_impossible_name_is_refused(client, name):
    reply = await client.post(URL, json={"name": name})
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "collection"


async def test_a_second_collection_of_the_same_name_is_a_conflict(client):
    await client.post(URL, json={"name": "faq"})
    assert (await client.post(URL, json={"name": "faq"})).status_code == 409


async def test_a_deleted_collection_is_gone(client, library):
    library.add("faq", a="Refunds take 14 days.")
    assert (await client.delete(f"{URL}/faq")).status_code == 204
    assert (await client.get(f"{URL}/faq/revisions")).status_code == 404
    assert library.knowledge.snapshots == ()


@pytest.mark.parametrize("path", ["documents", "documents/a", "revisions", "revisions/1/diff", "search?q=x", "health"])
async def test_an_unknown_collection_is_not_found_and_the_known_ones_are_named(client, library, path):
    library.add("faq", a="Refunds take 14 days.")
    reply = await client.get(f"{URL}/other/{path}")
    assert reply.status_code == 404
    assert "Known: faq" in reply.json()["error"]["message"]


async def test_revisions_are_listed_compared_and_restored(client, library):
    library.add("faq", a="Refunds take 14 days.", b="Shipping is free.")
    library.add("faq", a="Refunds take 30 days.", c="We are closed on Sundays.")
    listed = (await client.get(f"{URL}/faq/revisions")).json()["revisions"]
    assert [(each["number"], each["documents"]) for each in listed] == [(2, 3), (1, 2)]

    changed = (await client.get(f"{URL}/faq/revisions/2/diff")).json()
    assert changed == {"older": 1, "newer": 2, "added": ["c"], "removed": [], "changed": ["a"]}

    restored = await client.post(f"{URL}/faq/revisions/1/restore")
    assert (restored.json()["number"], restored.json()["note"]) == (3, "restored revision 1")
    same = (await client.get(f"{URL}/faq/revisions/3/diff?since=1")).json()
    assert same["added"] == same["removed"] == same["changed"] == []


async def test_a_restore_that_rests_on_an_old_view_changes_nothing(client, library):
    library.add("faq", a="Refunds take 14 days.")
    library.add("faq", a="Refunds take 30 days.")
    late = await client.post(f"{URL}/faq/revisions/1/restore?newest=1")
    assert late.status_code == 409
    assert "is at revision 2 by now" in late.json()["error"]["message"]
    assert library.store.heads()["faq"].number == 2
    assert (await client.post(f"{URL}/faq/revisions/1/restore?newest=2")).json()["number"] == 3


@pytest.mark.parametrize("method", ["GET diff", "POST restore"])
async def test_an_unknown_revision_is_not_found(client, library, method):
    library.add("faq", a="Refunds take 14 days.")
    verb, action = method.split()
    reply = await client.request(verb, f"{URL}/faq/revisions/7/{action}")
    assert reply.status_code == 404
    assert "no revision" in reply.json()["error"]["message"]


async def test_search_returns_passages_with_their_places(client, library):
    text = "# Refunds\n\nRefunds take 14 days."
    library.add("faq", refunds=text, shipping="# Shipping\n\nShipping is free.")
    found = (await client.get(f"{URL}/faq/search", params={"q": "How long do refunds take?", "k": 1})).json()
    assert found["revision"] == "faq@1"
    [hit] = found["hits"]
    assert (hit["document_id"], hit["text"]) == ("refunds", text[hit["start"] : hit["end"]])


@pytest.mark.parametrize("query", ["", "?q=", "?q=x&k=0", "?q=x&k=101", "?q=x&other=1"])
async def test_a_wrong_search_is_refused(client, library, query):
    library.add("faq", a="Refunds take 14 days.")
    assert (await client.get(f"{URL}/faq/search{query}")).status_code == 400


async def test_search_in_an_empty_collection_finds_nothing(client, library):
    await client.post(URL, json={"name": "faq"})
    found = (await client.get(f"{URL}/faq/search?q=x")).json()
    assert found == {"revision": "faq@0", "hits": []}


async def test_health_names_failed_files_and_passages_that_may_conflict(client, library):
    body = " ".join(f"Rule {word} holds for every order in every shop." for word in "abcdefgh")
    library.add("faq", old=f"{body} The window is 14 days.", new=f"{body} The window is 30 days.", bad="")
    found = (await client.get(f"{URL}/faq/health")).json()
    assert (found["revision"], found["documents"], found["empty"]) == ("faq@1", 2, [])
    [failed] = found["failed"]
    assert (failed["document_id"], "holds no text" in failed["reason"]) == ("bad", True)
    [pair] = found["similar"]
    assert {pair["first"]["document_id"], pair["second"]["document_id"]} == {"old", "new"}
    assert not pair["has_same_numbers"]
