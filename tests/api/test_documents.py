import pytest

from groundwire.api.limits import LimitedBody
from groundwire.knowledge.ingestion import Upload
from made_files import locked_pdf, xlsx

HALF_A_CHARACTER = b'{"documents": [{"id": "a", "text": "Fee \\ud83d"}]}'
URL = "/api/v1/collections/faq/documents"


@pytest.fixture
def knowledge(library):
    return library.knowledge


@pytest.fixture(autouse=True)
def collection(library):
    library.store.create_collection("faq")
    library.knowledge.refresh()


def files(**contents):
    return [("files", (name, data, "application/octet-stream")) for name, data in contents.items()]


def outcomes(reply):
    return {each["document_id"]: (each["result"], each["reason"]) for each in reply.json()["outcomes"]}


async def test_files_of_several_formats_come_in_as_one_revision(client, library):
    sent = files(
        **{"refunds.md": b"# Refunds\n\nRefunds take 14 days.", "fees.xlsx": xlsx(["Fare", "Fee"], ["Lite", 24])}
    )
    reply = await client.post(URL, files=sent)
    assert reply.status_code == 200
    assert reply.json()["revision"] == 1
    assert outcomes(reply) == {"refunds.md": ("added", None), "fees.xlsx": ("added", None)}
    assert library.find("refunds", "faq", k=1) == ["refunds.md"]


async def test_a_bad_file_never_spoils_the_others(client):
    sent = files(**{"ok.md": b"Refunds take 14 days.", "locked.pdf": locked_pdf(), "empty.md": b"", "tool.exe": b"MZ"})
    reply = await client.post(URL, files=sent)
    found = outcomes(reply)
    assert reply.status_code == 200
    assert found["ok.md"] == ("added", None)
    for name, reason in {"locked.pdf": "password", "empty.md": "is empty", "tool.exe": "unsupported ending"}.items():
        result, why = found[name]
        assert result == "failed"
        assert name in why
        assert reason in why


async def test_a_zero_byte_in_a_title_is_refused_and_in_a_name_finds_nothing(client, library):
    titled = {"documents": [{"id": "a", "text": "Refunds take 14 days."}, {"id": "b", "text": "Fee", "title": "F\0"}]}
    refused = await client.post(URL, json=titled)
    unknown = await client.get(f"{URL}/a%00b"), await client.delete(f"{URL}/a%00b")

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_request")
    assert library.store.documents("faq") == []
    assert [(reply.status_code, reply.json()["error"]["code"]) for reply in unknown] == [(404, "not_found")] * 2


async def test_where_every_file_is_bad_the_reply_is_an_error_that_names_them(client):
    reply = await client.post(URL, files=files(**{"a.md": b"", "b.md": b""}))
    assert reply.status_code == 422
    assert reply.json()["error"]["code"] == "unreadable_document"
    assert "'a.md'" in reply.json()["error"]["message"]
    assert "'b.md'" in reply.json()["error"]["message"]
    assert reply.json()["revision"] is None


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.md", "/etc/a.md", "a/./b.md", "a//b.md", "c:\\a.md", "a\u202e.md", "x" * 513, "C:/a.md"]
)
async def test_a_name_that_leads_elsewhere_is_refused(client, library, name):
    documents = [{"id": name, "text": "Refunds take 14 days."}, {"id": "ok", "text": "Shipping is free."}]
    reply = await client.post(URL, json={"documents": documents})
    found = outcomes(reply)
    assert found.pop("ok") == ("added", None)
    [(result, reason)] = found.values()
    assert result == "failed"
    assert "can't name a document" in reason
    assert [document.document_id for document in library.store.documents("faq")] == ["ok"]


async def test_texts_come_in_with_title_and_url(client):
    document = {"id": "plans/2026", "text": "Plus costs $18.", "title": "Plans", "url": "https://example.com/plans"}
    assert (await client.post(URL, json={"documents": [document]})).status_code == 200
    read = (await client.get(f"{URL}/plans/2026")).json()
    assert {name: read[name] for name in ("title", "url", "text", "version")} == {
        "title": "Plans",
        "url": "https://example.com/plans",
        "text": "Plus costs $18.",
        "version": 1,
    }
    assert [(place["start"], place["end"]) for place in read["passages"]] == [(0, 15)]


async def test_the_same_again_is_unchanged_and_costs_no_embedding(client, library):
    body = {"documents": [{"id": "a", "text": "Plus costs $18."}]}
    await client.post(URL, json=body)
    before = library.embedder.texts
    reply = await client.post(URL, json=body)
    assert outcomes(reply) == {"a": ("unchanged", None)}
    assert reply.json()["revision"] is None
    assert library.embedder.texts == before


async def test_one_document_is_replaced_and_its_old_version_stays_readable(client):
    await client.put(f"{URL}/plans.md", json={"text": "Plus costs $15."})
    reply = await client.put(f"{URL}/plans.md", files=files(**{"new.md": b"Plus costs $18."}))
    assert outcomes(reply) == {"plans.md": ("updated", None)}
    assert (await client.get(f"{URL}/plans.md")).json()["text"] == "Plus costs $18."
    assert (await client.get(f"{URL}/plans.md?version=1")).json()["text"] == "Plus costs $15."


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"json": {"text": ""}}, 422),
        ({"files": files(**{"a.md": b"x.", "b.md": b"y."})}, 400),
        ({"json": {"documents": []}}, 400),
        ({"content": b"plain", "headers": {"content-type": "text/plain"}}, 400),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
    ],
    ids=["empty", "two files", "wrong fields", "wrong type", "broken"],
)
async def test_a_wrong_replacement_changes_nothing(client, options, status):
    await client.put(f"{URL}/plans.md", json={"text": "Plus costs $15."})
    reply = await client.put(f"{URL}/plans.md", **options)
    assert reply.status_code == status
    assert reply.json()["error"]["message"]
    assert (await client.get(f"{URL}/plans.md")).json()["version"] == 1


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"documents": []}},
        {"json": {"documents": [{"id": "a"}]}},
        {"json": {"documents": [{"id": "a", "text": "x", "colour": "red"}]}},
        {"json": [1]},
        {"content": HALF_A_CHARACTER, "headers": {"content-type": "application/json"}},
        {"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data"}},
        {"data": {"files": "no file"}, "files": {}},
        {},
    ],
    ids=["none", "no text", "unknown field", "list", "half a character", "no boundary", "no file", "nothing"],
)
async def test_a_body_that_is_no_upload_is_refused_with_a_reason(client, options):
    reply = await client.post(URL, **options)
    assert reply.status_code == 400
    assert reply.json()["error"]["message"]


async def test_a_removed_document_is_gone_but_for_older_revisions(client, library):
    library.add("faq", a="Refunds take 14 days.", b="Shipping is free.")
    assert (await client.delete(f"{URL}/a")).json() == {"document_id": "a", "revision": 2}
    assert (await client.get(f"{URL}/a")).status_code == 404
    assert (await client.delete(f"{URL}/a")).status_code == 404
    assert [each["document_id"] for each in (await client.get(URL)).json()["documents"]] == ["b"]
    older = (await client.get(f"{URL}?revision=1")).json()["documents"]
    assert [each["document_id"] for each in older] == ["a", "b"]


async def test_documents_are_listed_in_pages(client, library):
    uploads = [Upload(f"d{place}", "d", f"Rule {place}.".encode(), is_text=True) for place in range(5)]
    library.ingestor.ingest_uploads(uploads, "faq")
    first = (await client.get(f"{URL}?limit=3")).json()
    assert ([each["document_id"] for each in first["documents"]], first["total"]) == (["d0", "d1", "d2"], 5)
    second = (await client.get(f"{URL}?limit=3&after={first['next_after']}")).json()
    assert [each["document_id"] for each in second["documents"]] == ["d3", "d4"]
    assert second["next_after"] is None


async def test_an_upload_that_is_too_large_is_refused_before_it_is_read(app, client, library):
    app.add_middleware(LimitedBody, max_bytes=1_000)
    reply = await client.post(URL, files=files(**{"a.md": b"Refunds take 14 days. " * 100}))
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "payload_too_large")
    assert library.store.documents("faq") == []
