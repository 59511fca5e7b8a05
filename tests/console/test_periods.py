from datetime import UTC, datetime

import pytest

from groundwire.console.periods import Span, Step, period_of, step_of
from groundwire.errors import BadRequest

NOW = datetime(2025, 3, 14, 12, 30, tzinfo=UTC)


def at(day, month=3):
    return datetime(2025, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "since", "until", "before"),
    [
        (Span.TODAY, at(14), at(15), at(13)),
        (Span.YESTERDAY, at(13), at(14), at(12)),
        (Span.WEEK, at(8), at(15), at(1)),
        (Span.MONTH, at(13, 2), at(15), at(14, 1)),
    ],
)
def test_a_period_is_compared_with_the_one_of_the_same_length_before(span, since, until, before):
    period = period_of(span, NOW)

    assert (period.since, period.until, period.before) == (since, until, before)
    assert period.until - period.since == period.since - period.before


def test_a_period_is_divided_into_days_or_hours():
    week = period_of(Span.WEEK, NOW)

    assert len(week.buckets(Step.DAY)) == 7
    assert len(week.buckets(Step.HOUR)) == 7 * 24
    assert week.buckets(Step.DAY)[-1] == at(14)


def test_a_month_is_not_divided_by_hour():
    month = period_of(Span.MONTH, NOW)

    assert step_of(month, None) is Step.DAY
    with pytest.raises(BadRequest, match="Last 30 days can't be divided by hour"):
        step_of(month, Step.HOUR)
