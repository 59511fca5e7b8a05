import re

import pytest

from groundwire import errors
from groundwire.errors import (
    CheckError,
    EventStoreError,
    GroundwireError,
    GuardUnavailable,
    UpstreamError,
    UpstreamTimeout,
)

# What an SDK would take as a reason to try again by itself: only failures of a server may have it.
RETRIED = {408, 409, 429} | set(range(500, 600))
INTERNAL = (GroundwireError, errors.SettingsError, CheckError, EventStoreError)


def every_error(base=GroundwireError):
    """Return the errors of the tree; what other modules derive from them for themselves is theirs."""
    kinds = [kind for kind in base.__subclasses__() if kind.__module__ == errors.__name__]
    return [base, *(found for kind in kinds for found in every_error(kind))]


@pytest.mark.parametrize("kind", every_error())
def test_an_error_says_what_happened_and_where(kind):
    error = kind("The fee is missing.", param="fee")

    assert (str(error), error.message, error.param) == ("The fee is missing.", "The fee is missing.", "fee")
    assert kind("The fee is missing.").param is None


@pytest.mark.parametrize("kind", [kind for kind in every_error() if kind not in INTERNAL])
def test_the_tree_in_the_documentation_knows_each_error_with_its_status(kind):
    tree = errors.__doc__.partition("\n\n")[2]
    [line] = [line for line in tree.splitlines() if re.search(rf"\b{kind.__name__}\b", line)]

    assert str(kind.status) in line


def test_every_code_says_one_thing():
    codes = [kind.code for kind in every_error()]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", every_error())
def test_only_a_server_s_failure_invites_another_try(kind):
    # Signing in is no call of an SDK, and may well be tried again later.
    is_server_s = kind.type in {"server_error", "upstream_error"} or kind in {errors.Conflict, errors.TooManyAttempts}

    assert (kind.status in RETRIED) == is_server_s


def test_an_outage_says_when_to_come_back():
    assert GuardUnavailable.retry_after_s > 0


def test_a_timeout_is_a_failure_of_the_upstream():
    assert issubclass(UpstreamTimeout, UpstreamError)
