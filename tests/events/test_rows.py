from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from groundwire.domain import Action, Label
from groundwire.events.rows import SELFTEST_ENDPOINT, priority
from groundwire.storage.schema import document_days, review_items
from stored import NOON, hours_later, sample

BAD = (Label.CONTRADICTED, Label.UNSUPPORTED)


async def rows_of(database, table):
    return await database.read(lambda connection: [dict(row) for row in connection.execute(select(table)).mappings()])


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ((Label.CONTRADICTED,), (Label.UNSUPPORTED,) * 9),
        ((Label.UNSUPPORTED,), (Label.UNVERIFIED,) * 9),
        ((Label.UNSUPPORTED,) * 2, (Label.UNSUPPORTED, Label.SUPPORTED)),
        ((Label.UNVERIFIED,), (Label.SUPPORTED,)),
    ],
)
def test_the_worst_label_comes_first_then_the_most_bad_claims(worse, better):
    assert priority(sample(*worse)) > priority(sample(*better))


async def test_what_was_not_simply_allowed_waits_for_a_reviewer(events, database):
    flagged = sample(Label.UNSUPPORTED, action=Action.FLAG, key_id="key_1")
    await events.append([flagged, sample(Label.SUPPORTED), sample(*BAD, endpoint=SELFTEST_ENDPOINT)])

    [item] = await rows_of(database, review_items)

    assert (item["event_id"], item["state"], item["app"], item["leased_to"]) == (flagged.id, "open", "key_1", None)


async def test_documents_are_counted_by_day_and_label(events, database):
    await events.append([sample(*BAD), sample(Label.CONTRADICTED)])
    await events.append([sample(Label.CONTRADICTED, created_at=hours_later(2)), sample(Label.SUPPORTED)])
    await events.append([sample(Label.SUPPORTED, created_at=hours_later(24), endpoint=SELFTEST_ENDPOINT)])

    counts = {(row["day"], row["label"]): row["claims"] for row in await rows_of(database, document_days)}

    day = datetime(NOON.year, NOON.month, NOON.day, tzinfo=UTC)
    assert counts == {(day, "contradicted"): 3, (day, "unsupported"): 1, (day, "supported"): 1}
