import re

import pytest


def created(groundwire, *arguments):
    result = groundwire("keys", "create", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.strip(), re.search(r"key_\w+", result.stderr).group()


def test_a_new_key_alone_is_on_standard_output(groundwire):
    key, _ = created(groundwire, "--role", "app", "--name", "shop")

    assert re.fullmatch(r"gw_app_\w{40}", key)


def test_keys_are_listed_without_the_key(groundwire):
    key, key_id = created(groundwire, "--role", "analyst", "--name", "Ada")

    listed = groundwire("keys", "list").stdout

    assert key_id in listed
    assert "analyst" in listed
    assert "Ada" in listed
    assert key not in listed


def test_a_revoked_key_says_so(groundwire):
    _, key_id = created(groundwire, "--role", "admin")

    assert "revoked" in groundwire("keys", "revoke", key_id).stdout
    assert "revoked" in groundwire("keys", "list").stdout


def test_without_keys_the_list_says_what_that_means(groundwire):
    assert groundwire("keys", "list").stdout == "There are no keys: only this machine is served.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["revoke", "key_unknown"], 1, "No key 'key_unknown'."),
        (["create"], 2, "--role"),
        (["create", "--role", "king"], 2, "analyst"),
    ],
)
def test_mistakes_are_explained(groundwire, arguments, code, said):
    result = groundwire("keys", *arguments)

    assert result.exit_code == code
    assert said in result.output
