from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from groundwire.storage.schema import collections


def store_and_read(database, moment):
    with database.engine.begin() as connection:
        connection.execute(insert(collections).values(name="faq", created_at=moment))
        return connection.execute(select(collections.c.created_at)).scalar_one()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 3, 14, 15, 9, 26, 535_897, tzinfo=UTC),
        datetime(2025, 3, 14, 15, 9, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
    ids=["utc", "elsewhere"],
)
def test_a_time_comes_back_as_the_same_moment_in_utc(database, moment):
    stored = store_and_read(database, moment)
    assert stored == moment
    assert stored.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(StatementError, match="has no time zone"):
        store_and_read(database, datetime(2025, 3, 14, 15, 9))
