from datetime import UTC, datetime, timedelta, timezone

import pytest

from groundwire.console.rendering import (
    day,
    environment,
    excerpt,
    grouped,
    interval,
    iso,
    local,
    moment,
    percent,
    points,
    query,
    web_url,
)
from groundwire.events.statistics import share_of

EVENING = datetime(2025, 3, 14, 1, 30, tzinfo=timezone(timedelta(hours=2)))


def test_times_are_told_in_utc():
    assert iso(EVENING) == "2025-03-13T23:30:00.000Z"
    assert moment(EVENING) == "13 Mar 2025, 23:30 UTC"


def test_shares_come_with_their_interval():
    assert (percent(0.1234), percent(None)) == ("12.3 %", "–")
    assert (interval(share_of(1, 10)), interval(share_of(0, 0))) == ("1.8 – 40.4 %", "–")


def test_large_counts_are_legible():
    assert grouped(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Short.", "Short."), ("a\n\n b", "a b"), ("One two, three", "One two …"), ("x" * 20, "x" * 10 + " …")],
)
def test_long_texts_are_cut_at_a_word(text, expected):
    assert excerpt(text, 10) == expected


def test_filters_become_a_readable_url():
    assert query([("action", "block"), ("action", "flag"), ("q", "a&b")]) == "?action=block&action=flag&q=a%26b"
    assert query([]) == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil", "http://[", "", None])
def test_only_web_pages_are_linked(url):
    assert web_url(url) is None


def test_a_web_page_is_linked():
    assert web_url("https://example.com/a") == "https://example.com/a"


def test_data_is_escaped():
    template = environment().from_string("<p title='{{ it }}'>{{ it }}</p>")

    assert "<script" not in template.render(it="'><script>alert(1)</script>")


def test_a_name_that_is_not_there_is_an_error():
    with pytest.raises(Exception, match="undefined"):
        environment().from_string("{{ nothing }}").render()


def test_every_template_can_be_read():
    names = environment().list_templates()
    for name in names:
        environment().get_template(name)

    assert "policies/edit.html" in names


def test_now_is_told_too():
    assert moment(datetime(2025, 3, 4, 5, 6, tzinfo=UTC)) == "4 Mar 2025, 05:06 UTC"


def test_differences_have_a_sign():
    assert [points(value) for value in (0.012, -0.012, 0.0, None)] == ["+1.2 points", "−1.2 points", "±0.0 points", "–"]


def test_a_day_is_one_in_utc():
    assert day(EVENING) == "13 Mar"


def test_a_field_for_times_holds_utc():
    assert local(EVENING) == "2025-03-13T23:30"
