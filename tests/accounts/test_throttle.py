import pytest

from groundwire.accounts.throttle import Throttle
from groundwire.errors import TooManyAttempts

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def throttle(clock):
    return Throttle(clock=clock)


def fail(throttle, times, name="ada", address=HOME):
    for _ in range(times):
        throttle.attempt(name, address)


def waits(throttle, name="ada", address=HOME):
    """Return how many seconds one must wait; 0 where an attempt was let through."""
    try:
        throttle.attempt(name, address)
    except TooManyAttempts as error:
        return error.retry_after_s
    return 0


def test_a_few_failures_cost_nothing(throttle):
    fail(throttle, 5)


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(throttle, clock):
    fail(throttle, 5)
    waited = []
    for _ in range(12):
        waited.append(waits(throttle))
        clock.now += waited[-1]
        assert waits(throttle) == 0

    assert waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_the_message_says_how_long(throttle):
    fail(throttle, 5)

    with pytest.raises(TooManyAttempts, match="Try again in 1 seconds"):
        throttle.attempt("ada", HOME)


def test_attempts_that_come_too_early_do_not_lengthen_the_wait(throttle, clock):
    fail(throttle, 5)
    assert [waits(throttle) for _ in range(10)] == [1] * 10
    clock.now += 1

    assert waits(throttle) == 0


def test_failures_elsewhere_do_not_lock_the_owner_out(throttle):
    fail(throttle, 5, address=ELSEWHERE)

    assert waits(throttle, address=ELSEWHERE) == 1
    assert waits(throttle, address=HOME) == 0


def test_one_address_can_not_try_many_names(throttle):
    for number in range(20):
        throttle.attempt(f"user{number}", ELSEWHERE)

    assert waits(throttle, name="ada", address=ELSEWHERE) == 1


def test_many_addresses_can_not_try_one_name_for_free_but_never_lock_it_for_long(throttle, clock):
    waited = []
    for number in range(300):
        address = f"10.0.{number // 250}.{number % 250}"
        waited.append(waits(throttle, address=address))
        clock.now += waited[-1]
        if waited[-1]:
            waits(throttle, address=address)

    assert sum(1 for wait in waited[:50] if wait) == 0
    assert max(waited) == 30


def test_one_network_of_ipv6_counts_as_one_address(throttle):
    for number in range(20):
        throttle.attempt(f"user{number}", f"2001:db8:1:2::{number:x}")

    assert waits(throttle, address="2001:db8:1:2:ffff::1") == 1
    assert waits(throttle, address="2001:db8:1:3::1") == 0


def test_a_success_forgives_the_name_from_there(throttle):
    fail(throttle, 5)
    throttle.succeed("ada", HOME)

    fail(throttle, 5)


def test_successes_of_ones_own_do_not_hide_failures_at_other_names(throttle):
    for number in range(20):
        throttle.attempt(f"user{number}", HOME)
        if number < 19:
            throttle.attempt("mallory", HOME)
            throttle.succeed("mallory", HOME)

    assert waits(throttle, name="ada") == 1


def test_an_hour_later_everything_is_forgotten(throttle, clock):
    fail(throttle, 5)
    clock.now += 3_600

    fail(throttle, 5)


def test_keys_count_by_address_alone(throttle):
    for number in range(60):
        throttle.attempt("", f"10.0.0.{number}")


def test_the_memory_is_bounded(clock):
    throttle = Throttle(clock=clock, most=100)
    for number in range(1_000):
        throttle.attempt(f"user{number}", f"10.0.{number // 250}.{number % 250}")

    assert len(throttle._failures) <= 100
