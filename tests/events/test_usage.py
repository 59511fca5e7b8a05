from dataclasses import replace
from datetime import UTC, datetime

import pytest

from groundwire.domain import Label, Report
from groundwire.events.rows import SELFTEST_ENDPOINT
from groundwire.events.usage import DocumentUsage, deciding_documents
from stored import NOON, hours_later, sample, verdict

TODAY = datetime(2025, 3, 14, tzinfo=UTC)


@pytest.fixture
def usage(database):
    return DocumentUsage(database)


def answer(*named, **changes):
    """Return an event with one claim for each (label, document)."""
    verdicts = tuple(verdict(label, 22 * place, document) for place, (label, document) in enumerate(named))
    text = " ".join(found.claim.text for found in verdicts)
    return replace(sample(), report=Report(text, verdicts), **changes)


async def test_uses_are_counted_by_label(events, usage):
    await events.append([answer((Label.SUPPORTED, "a"), (Label.SUPPORTED, "a"), (Label.CONTRADICTED, "b"))])
    await events.append([answer((Label.CONTRADICTED, "a"), created_at=hours_later(24))])

    found = usage.of(["a", "b", "c"], NOON)

    assert set(found) == {"a", "b"}
    assert (found["a"].count(Label.SUPPORTED), found["a"].count(Label.CONTRADICTED)) == (2, 1)
    assert found["a"].count(Label.UNSUPPORTED) == 0
    assert [found[name].last_day.day for name in "ab"] == [15, 14]


async def test_only_days_from_then_on_count(events, usage):
    await events.append([answer((Label.SUPPORTED, "a"))])
    assert usage.of(["a"], TODAY)["a"].last_day == TODAY
    assert usage.of(["a"], hours_later(24)) == {}


async def test_documents_that_decided_nothing_are_told_apart(events, database):
    await events.append([answer((Label.SUPPORTED, "a"), (Label.CONTRADICTED, "b"), (Label.UNSUPPORTED, "c"))])
    with database.engine.connect() as connection:
        assert sorted(connection.execute(deciding_documents(NOON)).scalars()) == ["a", "b"]
        assert connection.execute(deciding_documents(hours_later(24))).all() == []


async def test_the_last_claims_come_newest_first(events, usage):
    first = answer((Label.SUPPORTED, "b"), (Label.CONTRADICTED, "a"))
    second = answer((Label.CONTRADICTED, "a"), model="gpt-5")
    await events.append([first, second])

    found = usage.recent("a", Label.CONTRADICTED, 5)

    assert [(claim.event_id, claim.position, claim.model) for claim in found] == [
        (second.id, 0, "gpt-5"),
        (first.id, 1, "gpt-4o"),
    ]
    assert (found[0].text, found[0].reason) == ("Refunds take 30 days.", "document says 14 days, answer says 30 days")
    assert usage.recent("a", Label.CONTRADICTED, 1) == found[:1]
    assert usage.recent("a", Label.SUPPORTED, 5) == []


async def test_a_self_test_is_no_use(events, usage):
    await events.append([answer((Label.SUPPORTED, "a"), endpoint=SELFTEST_ENDPOINT)])
    assert usage.of(["a"], NOON) == {}
    assert usage.recent("a", Label.SUPPORTED, 5) == []


async def test_an_id_that_the_database_escapes_is_found(events, usage):
    await events.append([answer((Label.SUPPORTED, "a\x1bb"))])
    assert set(usage.of(["a\x1bb"], NOON)) == {"a\x1bb"}
    assert len(usage.recent("a\x1bb", Label.SUPPORTED, 5)) == 1


async def test_the_documents_that_contradicted_most_come_first(events, usage):
    await events.append([answer((Label.CONTRADICTED, "a"), (Label.CONTRADICTED, "a"), (Label.CONTRADICTED, "b"))])
    await events.append([answer((Label.SUPPORTED, "c"))])

    assert usage.ranked(Label.CONTRADICTED, NOON, 10) == [("a", 2), ("b", 1)]
    assert usage.ranked(Label.CONTRADICTED, NOON, 1) == [("a", 2)]
    assert usage.ranked(Label.CONTRADICTED, hours_later(24), 10) == []
