import pytest

from hostile import PAYLOADS, assert_harmless
from made_files import locked_pdf
from pages import Page

URL = "/console/knowledge/faq"


@pytest.fixture
def knowledge(library):
    return library.knowledge


@pytest.fixture(autouse=True)
def faq(library):
    library.add("faq", fees="Lite costs $24.", old="We have a fax.")
    return library


def files(**contents):
    return [("files", (name, data, "application/octet-stream")) for name, data in contents.items()]


def texts(library):
    return {
        each.document_id: library.store.document("faq", each.document_id)[1] for each in library.store.documents("faq")
    }


async def test_files_come_in_without_a_script(client, library):
    reply = await client.post(f"{URL}/documents", files=files(**{"a.md": b"Refunds take 14 days.", "b.exe": b"MZ"}))
    page = Page(reply.text)
    assert reply.status_code == 200
    assert [item["class"] for item in page.all("li")] == ["upload is-added", "upload is-failed"]
    assert "has the unsupported ending '.exe'" in page.text
    assert texts(library)["a.md"] == "Refunds take 14 days."


async def test_where_no_file_could_be_read_the_status_says_so(client, library):
    reply = await client.post(f"{URL}/documents", files=files(**{"a.pdf": locked_pdf()}))
    assert reply.status_code == 422
    assert "password" in reply.text
    assert library.store.heads()["faq"].number == 1


@pytest.mark.parametrize("options", [{"data": {"files": "none"}}, {"files": files(**{"": b"x"})}])
async def test_a_form_without_a_file_says_so(client, options):
    reply = await client.post(f"{URL}/documents", **options)
    assert reply.status_code in (400, 422)
    assert "upload" in reply.text.lower()


async def test_a_document_is_replaced(client, library):
    reply = await client.post(
        f"{URL}/replace/fees", data={"version": "1"}, files=files(**{"new.md": b"Lite costs $25."})
    )
    assert (reply.status_code, reply.url.path) == (200, f"{URL}/documents/fees")
    assert texts(library)["fees"] == "Lite costs $25."


@pytest.mark.parametrize(
    ("sent", "status"),
    [(files(**{"a.pdf": locked_pdf()}), 422), (files(**{"a.md": b"x.", "b.md": b"y."}), 400)],
    ids=["unreadable", "two"],
)
async def test_a_bad_replacement_changes_nothing(client, library, sent, status):
    reply = await client.post(f"{URL}/replace/fees", data={"version": "1"}, files=sent)
    assert reply.status_code == status
    assert texts(library)["fees"] == "Lite costs $24."


async def test_a_document_that_somebody_replaced_meanwhile_is_left_alone(client, library):
    library.add("faq", fees="Lite costs $26.")
    replaced = await client.post(
        f"{URL}/replace/fees", data={"version": "1"}, files=files(**{"a.md": b"Lite is free."})
    )
    deleted = await client.post(f"{URL}/delete/fees", data={"version": "1"})
    assert (replaced.status_code, deleted.status_code) == (409, 409)
    assert "Somebody replaced &#39;fees&#39; meanwhile" in deleted.text
    assert texts(library)["fees"] == "Lite costs $26."


async def test_a_document_goes_only_after_a_question(client, read, library):
    page = await read(f"{URL}/delete/fees")
    assert "restoring one brings it back" in page.text
    [field] = page.all("input", name="version")
    reply = await client.post(f"{URL}/delete/fees", data={"version": field["value"]})
    assert (reply.status_code, reply.url.path) == (200, URL)
    assert list(texts(library)) == ["old"]
    assert (await client.post(f"{URL}/delete/fees", data={"version": "1"})).status_code == 404


async def test_a_failure_is_dismissed_and_the_good_version_stays(client, library):
    library.add("faq", fees="")
    reply = await client.post(f"{URL}/dismiss", data={"document_id": "fees"})
    assert reply.status_code == 200
    assert library.store.failures.of("faq") == []
    assert texts(library)["fees"] == "Lite costs $24."


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_file_with_a_hostile_name_is_shown_as_text(client, payload):
    reply = await client.post(f"{URL}/documents", files=files(**{f"{payload}.exe": b"MZ", f"{payload}.md": b"Fee."}))
    assert_harmless(Page(reply.text))
