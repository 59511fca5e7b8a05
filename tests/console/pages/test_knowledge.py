import pytest

from groundwire.keys.roles import Role
from hostile import PAYLOADS, assert_harmless

URL = "/console/knowledge"


@pytest.fixture
def knowledge(library):
    return library.knowledge


async def test_an_empty_knowledge_base_says_what_to_do(read):
    page = await read(URL)
    assert "No collection yet" in page.text
    assert page.all("input", name="name")


async def test_collections_are_listed_with_what_they_hold(read, library):
    library.add("faq", a="Refunds take 14 days.", bad="")
    library.store.create_collection("plans")
    page = await read(URL)
    assert f"{URL}/faq" in page.links()
    assert f"{URL}/faq#failed" in page.links()
    assert "1 not read" in page.text
    assert "nothing yet" in page.text


async def test_a_collection_is_made(client):
    reply = await client.post(URL, data={"name": " faq "})
    assert (reply.status_code, reply.url.path) == (200, f"{URL}/faq")
    assert "No document yet" in reply.text


@pytest.mark.parametrize(("name", "status"), [("faq", 409), ("../x", 400), ("", 400), ("<b>x", 400)])
async def test_a_name_that_can_not_be_had_stays_in_the_form_with_the_reason(client, library, name, status):
    library.store.create_collection("faq")
    reply = await client.post(URL, data={"name": name})
    assert reply.status_code == status
    assert 'role="alert"' in reply.text
    assert "<b>x" not in reply.text
    assert library.store.collection_names() == ["faq"]


async def test_a_collection_goes_only_after_a_question(client, read, library):
    library.add("faq", a="Refunds take 14 days.")
    page = await read(f"{URL}/faq/delete")
    assert "1 documents and all its revisions go for good" in page.text
    assert library.store.collection_names() == ["faq"]
    reply = await client.post(f"{URL}/faq/delete")
    assert (reply.status_code, reply.url.path) == (200, URL)
    assert library.store.collection_names() == []


async def test_a_search_shows_passages_with_their_scores_and_the_words_marked(read, library):
    library.add("faq", refunds="# Refunds\n\nRefunds take 14 days.", shipping="# Shipping\n\nShipping is free.")
    page = await read(f"{URL}/faq/search", params={"q": "How long do refunds take?", "k": "1"})
    assert "faq@1" in page.text
    assert "similarity" in page.text
    assert "<mark>Refunds</mark> <mark>take</mark> 14 days." in page.markup
    assert f"{URL}/faq/documents/refunds?version=1&start=0&end=32#quote" in page.links()


async def test_an_empty_search_explains_itself(read, library):
    library.store.create_collection("faq")
    library.knowledge.refresh()
    assert "Try what a check would find" in (await read(f"{URL}/faq/search")).text
    assert "Nothing found" in (await read(f"{URL}/faq/search?q=refunds")).text


@pytest.mark.parametrize("query", ["k=0", "k=x", "k=51", f"q={'x' * 4001}"])
async def test_a_wrong_search_is_refused(read, library, query):
    library.store.create_collection("faq")
    assert "can't be understood" in (await read(f"{URL}/faq/search?{query}", 400)).text


async def test_health_shows_what_may_conflict(read, library):
    body = " ".join(f"Rule {word} holds for every order in every shop." for word in "abcdefgh")
    library.add("faq", old=f"{body} The window is 14 days.", new=f"{body} The window is 30 days.", bad="")
    page = await read(f"{URL}/faq/health")
    assert "other numbers" in page.text
    assert f"{URL}/faq#failed" in page.links()


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_that_is_searched_for_or_found_runs(read, library, payload):
    library.add("faq", **{"a": f"# {payload}\n\nRefunds {payload} take 14 days."})
    for path in (f"{URL}/faq/search?k=3", f"{URL}/faq/health"):
        assert_harmless(await read(path, params={"q": f"refunds {payload}", "k": "3"}))


@pytest.mark.parametrize("path", ["", "/search", "/health", "/revisions", "/documents/a", "/text/a", "/delete"])
async def test_an_unknown_collection_is_not_found_and_the_known_ones_are_named(read, library, path):
    library.add("faq", a="Refunds take 14 days.")
    assert "Known: faq." in (await read(f"{URL}/other{path}", 404)).text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("GET", "/faq/delete"),
        ("POST", "/faq/delete"),
        ("POST", "/faq/documents"),
        ("POST", "/faq/dismiss"),
        ("GET", "/faq/delete/a"),
        ("POST", "/faq/delete/a"),
        ("POST", "/faq/replace/a"),
        ("GET", "/faq/revisions/1/restore"),
        ("POST", "/faq/revisions/1/restore"),
    ],
)
async def test_an_analyst_reads_but_changes_nothing(client, keys, library, method, path):
    library.add("faq", a="Refunds take 14 days.")
    headers = {"authorization": f"Bearer {(await keys.create(Role.ANALYST, 'test')).key}"}
    assert (await client.request(method, URL + path, headers=headers)).status_code == 403
    page = await client.get(f"{URL}/faq", headers=headers)
    assert page.status_code == 200
    assert "Add documents" not in page.text
    assert library.store.heads()["faq"].number == 1
