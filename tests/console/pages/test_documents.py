from datetime import UTC, datetime, timedelta

import pytest

from groundwire.domain import Label
from groundwire.knowledge.uploads import Upload
from hostile import PAYLOADS, assert_harmless
from stored import sample

URL = "/console/knowledge/faq"
TEXT = "# Refunds\n\nRefunds take 14 days."


@pytest.fixture
def knowledge(library):
    return library.knowledge


@pytest.fixture
def faq(library):
    library.add("faq", **{"fees": "Lite costs $24.", "plans/refunds.md": TEXT, "zoo": "The zoo opens at nine."})
    return library


def names(page):
    prefix = f"{URL}/documents/"
    return [link.removeprefix(prefix) for link in page.links() if link.startswith(prefix) and "#" not in link]


@pytest.mark.parametrize("path", ["documents/a%00b", "text/a%00b", "delete/a%00b"])
async def test_a_name_with_a_zero_byte_is_not_found(read, faq, path):
    assert r"No document 'a\x00b'" in (await read(f"{URL}/{path}", 404)).text


async def test_documents_are_listed_with_what_they_were_good_for(read, faq, events):
    now = datetime.now(UTC)
    used = [sample(Label.SUPPORTED, Label.CONTRADICTED, created_at=now)]
    faq.add("faq", refunds="Refunds take 14 days, always.")
    await events.append(used)
    page = await read(URL)
    assert names(page) == ["fees", "plans/refunds.md", "refunds", "zoo"]
    assert f"{URL}/documents/refunds#contradicted" in page.links()
    assert f"{URL}/documents/fees#supported" not in page.links()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=refund", ["plans/refunds.md"]),
        ("sort=size&order=down", ["plans/refunds.md", "zoo", "fees"]),
        ("sort=title", ["fees", "plans/refunds.md", "zoo"]),
        ("order=down", ["zoo", "plans/refunds.md", "fees"]),
        ("use=unused", ["fees", "plans/refunds.md", "zoo"]),
        ("q=nowhere", []),
        ("page=2", []),
    ],
)
async def test_a_list_is_filtered_and_sorted_by_its_url(read, faq, query, found):
    assert names(await read(f"{URL}?{query}")) == found


async def test_documents_that_decided_nothing_for_a_month_are_found(read, library, events):
    library.add("faq", fees="Lite costs $24.", refunds=TEXT)
    await events.append([sample(Label.SUPPORTED, created_at=datetime.now(UTC) - timedelta(days=3))])
    assert names(await read(f"{URL}?use=unused")) == ["fees"]


async def test_a_long_list_has_pages_that_keep_the_filter(read, library):
    library.add("faq", **{f"doc-{number:03d}": f"Rule {number}." for number in range(60)})
    page = await read(f"{URL}?q=doc")
    assert len(names(page)) == 50
    assert "Page 1 of 2, 60 documents" in page.text
    assert "?q=doc&page=2" in page.links()
    assert names(await read(f"{URL}?q=doc&page=2")) == [f"doc-{number:03d}" for number in range(50, 60)]


@pytest.mark.parametrize("query", ["sort=colour", "order=sideways", "page=0", "use=all", f"q={'x' * 501}"])
async def test_a_wrong_filter_is_refused(read, faq, query):
    assert "can't be understood" in (await read(f"{URL}?{query}", 400)).text


async def test_failed_files_are_shown_with_the_reason(read, library):
    library.add("faq", ok="Refunds take 14 days.", bad="")
    page = await read(URL)
    assert "'bad' holds no text; check that it was sent whole." in page.text
    assert "its last good version is in force" in page.text


async def test_a_document_is_shown_in_its_passages(read, faq):
    page = await read(f"{URL}/documents/plans/refunds.md")
    assert TEXT.replace("\n\n", " ") in page.text
    assert page.all("section", id="p-0")
    assert f"{URL}/text/plans/refunds.md?version=1" in page.links()


async def test_a_quoted_range_is_marked_once(read, faq):
    start = TEXT.index("14")
    page = await read(f"{URL}/documents/plans/refunds.md?version=1&start={start}&end={start + 7}")
    assert page.all("mark", id="quote") == [{"id": "quote"}]
    assert '<mark id="quote">14 days</mark>' in page.markup


@pytest.mark.parametrize("place", ["start=5&end=999", "start=40&end=60"])
async def test_a_place_that_is_not_there_says_so(read, faq, place):
    page = await read(f"{URL}/documents/plans/refunds.md?{place}")
    assert "The quoted place is not in this version." in page.text
    assert not page.all("mark")


async def test_old_versions_stay_readable_and_say_that_they_are_old(read, faq):
    faq.add("faq", fees="Lite costs $25.")
    old = await read(f"{URL}/documents/fees?version=1")
    assert "Lite costs $24." in old.text
    assert "not in force any more" in old.text
    assert f"{URL}/changes/fees?older=1&newer=2" in old.links()
    assert "Lite costs $25." in (await read(f"{URL}/documents/fees")).text


async def test_a_version_that_is_gone_leads_to_the_one_in_force(read, faq):
    page = await read(f"{URL}/documents/fees?version=7&start=0&end=4")
    assert "Version 7 is no longer kept. This is version 1." in page.text
    assert not page.all("mark")


async def test_a_deleted_document_is_shown_as_long_as_it_is_kept(read, faq):
    faq.ingestor.remove(["fees"], "faq")
    page = await read(f"{URL}/documents/fees")
    assert "This document was deleted." in page.text
    assert f"{URL}/delete/fees" not in page.links()
    assert "No document 'never'" in (await read(f"{URL}/documents/never", 404)).text


async def test_claims_that_a_document_decided_lately_lead_to_their_answers(read, library, events):
    library.add("faq", refunds=TEXT)
    event = sample(Label.SUPPORTED, Label.CONTRADICTED, created_at=datetime.now(UTC))
    await events.append([event])
    page = await read(f"{URL}/documents/refunds")
    assert f"/console/events/{event.id}#claim-2" in page.links()
    assert f"/console/events/{event.id}#claim-1" in page.links()
    assert "/console/events?document_id=refunds&label=contradicted" in page.links()
    assert "document says 14 days, answer says 30 days" in page.text


async def test_the_stored_text_is_downloaded_as_a_file(client, faq):
    reply = await client.get(f"{URL}/text/plans/refunds.md")
    assert (reply.text, reply.headers["content-type"]) == (TEXT, "text/plain; charset=utf-8")
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''refunds.md"
    assert reply.headers["x-content-type-options"] == "nosniff"


async def test_a_hostile_name_can_not_break_out_of_the_download_header(client, library):
    name = 'a"; x=\u00fc<b>.html'
    library.add("faq", **{name: TEXT})
    reply = await client.get(f"{URL}/text/{name}")
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''a%22%3B%20x%3D%C3%BC%3Cb%3E.html.md"


async def test_evidence_leads_to_its_document_in_whichever_collection_it_is(client, faq):
    faq.add("plans", other="Plus costs $18.")
    for query in ("in=plans,faq&version=1&start=0&end=4", "version=1&start=0&end=4"):
        reply = await client.get(f"/console/documents/fees?{query}")
        assert (reply.status_code, reply.url.path) == (200, f"{URL}/documents/fees")
        assert reply.url.query == b"version=1&start=0&end=4"
        assert '<mark id="quote">Lite</mark>' in reply.text


@pytest.mark.parametrize("path", ["never", "fees?version=9", "fees?in=plans"])
async def test_evidence_whose_document_is_gone_says_so(read, faq, path):
    faq.add("plans", other="Plus costs $18.")
    assert "is not in the knowledge base" in (await read(f"/console/documents/{path}", 404)).text


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_in_a_document_or_its_name_runs(read, library, events, payload):
    name = payload.replace("/", "_")
    upload = Upload(name, name, f"# {payload}\n\n{payload}".encode(), url=payload, title=payload, is_text=True)
    library.ingestor.ingest_uploads([upload, Upload(f"{name}.x", f"{name}.x", b"", is_text=True)], "faq")
    for path in ("", f"?q={payload.replace('%', '')}", f"/documents/{name}", f"/delete/{name}"):
        assert_harmless(await read(URL + path.replace("#", "%23")))
