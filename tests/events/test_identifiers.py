import re
import time
from datetime import UTC, datetime, timedelta

from groundwire.events.identifiers import IdentifierSource, event_id_at, new_event_id


def test_ids_have_a_prefix_and_26_characters():
    assert re.fullmatch(r"evt_[0-9a-hjkmnp-tv-z]{26}", new_event_id())


def test_ids_sort_as_they_were_made():
    made = [new_event_id() for _ in range(2_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_still_rise_when_the_clock_is_set_back(monkeypatch):
    source = IdentifierSource()
    first = source.new("evt")
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert source.new("evt") > first


def test_ids_tell_the_millisecond(monkeypatch):
    early, late = IdentifierSource(), IdentifierSource()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    first = early.new("evt")
    monkeypatch.setattr(time, "time_ns", lambda: 1_001_000_000)
    assert late.new("evt") > first


def test_an_id_can_be_of_any_time():
    moment = datetime(2025, 3, 14, 12, 30, tzinfo=UTC)

    ids = [event_id_at(moment, 0), event_id_at(moment, 1), event_id_at(moment + timedelta(milliseconds=1), 0)]

    assert ids == sorted(set(ids))
    assert event_id_at(datetime.now(UTC) - timedelta(seconds=1), 0) < new_event_id()
