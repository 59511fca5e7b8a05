from datetime import UTC, datetime, timedelta

import pytest

from groundwire.domain import Label
from stored import sample

URL = "/api/v1/collections/faq/uses"


@pytest.fixture
def knowledge(library):
    library.add("faq", fees="Lite costs $24.", refunds="Refunds take 14 days.", zoo="The zoo opens at nine.")
    return library.knowledge


async def test_documents_tell_how_often_they_decided(client, events):
    now = datetime.now(UTC)
    await events.append([sample(Label.SUPPORTED, Label.CONTRADICTED, created_at=now)])
    await events.append([sample(Label.UNSUPPORTED, created_at=now - timedelta(days=20))])

    found = (await client.get(URL)).json()

    assert (found["total"], found["next_after"]) == (3, None)
    by_id = {use.pop("document_id"): use for use in found["documents"]}
    nothing = {"supported": 0, "contradicted": 0, "unsupported": 0, "unverified": 0, "last_day": None}
    assert by_id["fees"] == by_id["zoo"] == nothing
    assert by_id["refunds"] == nothing | {
        "supported": 1,
        "contradicted": 1,
        "unsupported": 1,
        "last_day": now.date().isoformat(),
    }


async def test_documents_that_decided_nothing_lately_can_be_asked_for(client, events):
    await events.append([sample(Label.SUPPORTED, created_at=datetime.now(UTC) - timedelta(days=20))])
    for days, unused in ((30, ["fees", "zoo"]), (10, ["fees", "refunds", "zoo"])):
        found = (await client.get(URL, params={"unused": True, "days": days})).json()
        assert [use["document_id"] for use in found["documents"]] == unused
        assert found["total"] == len(unused)


async def test_a_long_list_comes_in_pages(client):
    first = (await client.get(URL, params={"limit": 2})).json()
    rest = (await client.get(URL, params={"limit": 2, "after": first["next_after"]})).json()
    assert [use["document_id"] for use in first["documents"] + rest["documents"]] == ["fees", "refunds", "zoo"]
    assert rest["next_after"] is None


@pytest.mark.parametrize("query", ["?days=0", "?days=x", "?limit=0", "?other=1"])
async def test_a_wrong_query_is_refused(client, query):
    assert (await client.get(URL + query)).status_code == 400


async def test_an_unknown_collection_is_not_found(client):
    assert (await client.get("/api/v1/collections/other/uses")).status_code == 404
