import pytest

from hostile import PAYLOADS, assert_harmless

URL = "/console/knowledge/faq"


@pytest.fixture
def knowledge(library):
    return library.knowledge


@pytest.fixture
def faq(library):
    library.add("faq", fees="Lite costs $24.", old="We have a fax.")
    library.add("faq", fees="Lite costs $25.", new="We are closed on Sundays.")
    library.ingestor.remove(["old"], "faq")
    return library


async def test_revisions_are_listed_newest_first(read, faq):
    page = await read(f"{URL}/revisions")
    assert page.text.index("removed old") < page.text.index("ingested fees, new")
    assert f"{URL}/revisions/compare?older=2&newer=3" in page.links()
    assert f"{URL}/revisions/1/restore" in page.links()
    assert f"{URL}/revisions/3/restore" not in page.links()


async def test_a_collection_without_revisions_says_how_one_comes_about(read, library):
    library.store.create_collection("faq")
    assert "No revision yet" in (await read(f"{URL}/revisions")).text
    assert "has no revision 1" in (await read(f"{URL}/revisions/1/restore", 404)).text


async def test_two_revisions_are_compared_with_their_texts(read, faq):
    page = await read(f"{URL}/revisions/compare?older=1&newer=3")
    assert f"{URL}/documents/new" in page.links()
    assert f"{URL}/documents/old" in page.links()
    assert "Lite costs $<mark>24</mark>." in page.markup
    assert "Lite costs $<mark>25</mark>." in page.markup


async def test_only_the_first_texts_are_compared_and_each_other_one_on_demand(read, library):
    library.add("faq", **{f"doc-{number:02d}": f"Rule {number} holds." for number in range(12)})
    library.add("faq", **{f"doc-{number:02d}": f"Rule {number} falls." for number in range(12)})
    page = await read(f"{URL}/revisions/compare?older=1&newer=2")
    assert page.markup.count("<mark>falls</mark>") == 10
    rest = f"{URL}/revisions/compare?older=1&newer=2&document=doc-11"
    assert rest in page.links()
    assert "Rule 11 <mark>falls</mark>." in (await read(rest)).markup


@pytest.mark.parametrize(("path", "status"), [("compare?older=1&newer=9", 404), ("compare?older=1", 400), ("x", 404)])
async def test_a_comparison_with_what_is_not_there_is_an_error_page(read, faq, path, status):
    await read(f"{URL}/revisions/{path}", status)


async def test_two_versions_of_a_document_are_compared(read, faq):
    page = await read(f"{URL}/changes/fees?older=1&newer=2")
    assert "$<mark>25</mark>." in page.markup
    assert "No version 9" in (await read(f"{URL}/changes/fees?older=1&newer=9", 404)).text


async def test_a_restore_shows_what_will_change_and_makes_a_new_revision(client, read, faq):
    page = await read(f"{URL}/revisions/1/restore")
    assert "as a new revision 4" in page.text
    assert f"{URL}/documents/old" in page.links()
    [field] = page.all("input", name="newest")

    reply = await client.post(f"{URL}/revisions/1/restore", data={"newest": field["value"]})

    assert reply.status_code == 200
    assert "Revision 1 is in force again, as revision 4." in reply.text
    assert faq.store.document("faq", "fees")[1] == "Lite costs $24."


async def test_a_restore_after_somebody_changed_the_collection_asks_again(client, faq):
    faq.add("faq", fees="Lite costs $26.")
    reply = await client.post(f"{URL}/revisions/1/restore", data={"newest": "3"})
    assert reply.status_code == 409
    assert "is at revision 4 by now, not 3" in reply.text
    assert "as a new revision 5" in reply.text
    assert faq.store.document("faq", "fees")[1] == "Lite costs $26."


async def test_a_revision_that_is_gone_meanwhile_is_not_found(client, faq):
    faq.store.prune("faq", keep=1)
    reply = await client.post(f"{URL}/revisions/1/restore", data={"newest": "3"})
    assert reply.status_code == 404
    assert "has no revision 1" in reply.text
    assert faq.store.heads()["faq"].number == 3


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_that_changed_runs(read, library, payload):
    name = payload.replace("/", "_")
    library.add("faq", **{name: f"Refunds {payload}"})
    library.add("faq", **{name: f"{payload} Refunds"})
    for path in ("revisions", "revisions/compare?older=1&newer=2", "revisions/1/restore"):
        assert_harmless(await read(f"{URL}/{path}"))
