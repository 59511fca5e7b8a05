from concurrent.futures import ThreadPoolExecutor

import pytest

from groundwire.verification.rations import Patience, TokenBudget


class Clock:
    """A clock that a test sets."""

    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_budget_is_spent_once(clock):
    budget = TokenBudget(100, clock)

    assert budget.reserve(70)
    assert budget.reserve(40) is None
    assert budget.left == 30


def test_what_was_set_aside_and_not_spent_comes_back(clock):
    budget = TokenBudget(100, clock)
    spending = budget.reserve(100)
    spending.tokens = 20

    assert budget.left == 80


def test_more_may_be_spent_than_was_set_aside_but_never_less_than_nothing_is_left(clock):
    budget = TokenBudget(100, clock)
    budget.reserve(100).tokens = 130

    assert budget.left == 0


def test_what_was_spent_an_hour_ago_counts_no_more(clock):
    budget = TokenBudget(100, clock)
    budget.reserve(60)
    clock.now += 1_800
    budget.reserve(40)

    clock.now += 1_799
    assert budget.left == 0
    clock.now += 1
    assert budget.left == 60


def test_many_threads_spend_no_more_than_there_is():
    budget = TokenBudget(1_000)
    with ThreadPoolExecutor(8) as threads:
        spent = list(threads.map(lambda _: budget.reserve(7), range(400)))

    assert sum(one is not None for one in spent) == 1_000 // 7


def test_three_failures_in_a_row_bring_a_rest(clock):
    patience = Patience(clock)
    rests = []
    for is_failure in (True, True, False, True, True, True):
        patience.note(is_failure=is_failure)
        rests.append(patience.is_resting)

    assert rests == [False] * 5 + [True]


def test_after_a_rest_one_more_failure_brings_the_next(clock):
    patience = Patience(clock)
    for _ in range(3):
        patience.note(is_failure=True)
    clock.now += 30
    assert not patience.is_resting

    patience.note(is_failure=True)

    assert patience.is_resting


def test_a_success_after_a_rest_ends_the_failures(clock):
    patience = Patience(clock)
    for _ in range(3):
        patience.note(is_failure=True)
    clock.now += 30
    patience.note(is_failure=False)
    patience.note(is_failure=True)

    assert not patience.is_resting
