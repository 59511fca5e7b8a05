from datetime import UTC, datetime, timedelta

import pytest

from groundwire.console.eventfilters import SEARCHED, read_choice
from groundwire.domain import Action
from groundwire.errors import BadRequest

NOW = datetime(2025, 3, 14, 12, 30, tzinfo=UTC)


def choice(*pairs):
    return read_choice(pairs, NOW)


def test_empty_fields_of_a_form_ask_for_nothing():
    found = choice(("q", " "), ("model", ""), ("since", ""))

    assert found.pairs == []
    assert (found.wanted.text, found.wanted.models, found.wanted.since) == ("", (), None)


def test_several_values_widen_the_choice():
    found = choice(("action", "flag"), ("action", "block"), ("cursor", "abc"))

    assert found.wanted.actions == (Action.FLAG, Action.BLOCK)
    assert found.pairs == [("action", "flag"), ("action", "block")]
    assert found.following("x")[-1] == ("cursor", "x")


@pytest.mark.parametrize("pair", [("q", "refund"), ("metadata", "segment:retail")])
def test_a_search_without_a_time_is_one_of_the_last_days(pair):
    found = choice(pair)

    assert found.wanted.since == found.searched_since == NOW - SEARCHED
    assert ("since", found.searched_since.isoformat()) in found.exported("csv")


def test_a_search_until_a_time_is_one_of_the_days_before_it():
    found = choice(("q", "refund"), ("until", "2025-03-01"))

    assert found.wanted.since == datetime(2025, 3, 1, tzinfo=UTC) - SEARCHED


def test_a_search_since_a_time_is_as_wide_as_that():
    found = choice(("q", "refund"), ("since", "2025-01-01"))

    assert (found.wanted.since, found.searched_since) == (datetime(2025, 1, 1, tzinfo=UTC), None)


def test_other_filters_look_at_everything():
    found = choice(("action", "block"))

    assert (found.wanted.since, found.is_detailed) == (None, False)
    assert found.exported("jsonl") == [("action", "block"), ("format", "jsonl")]


def test_a_folded_part_shows_when_it_is_used():
    assert choice(("model", "gpt-4o")).is_detailed


@pytest.mark.parametrize(
    "pair",
    [
        ("action", "explode"),
        ("since", "yesterday"),
        ("limit", "9999"),
        ("metadata", "nothing"),
        ("colour", "red"),
        ("q", "x" * 501),
    ],
)
def test_what_can_not_be_understood_is_named(pair):
    with pytest.raises(BadRequest) as caught:
        choice(pair)

    assert caught.value.param == pair[0]


def test_a_search_before_all_time_is_refused():
    with pytest.raises(BadRequest, match="too early"):
        choice(("q", "x"), ("until", "0001-01-02"))


def test_a_week_is_searched():
    assert timedelta(days=7) == SEARCHED
