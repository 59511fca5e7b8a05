import pytest

from groundwire.errors import PermissionDenied, SettingsError
from groundwire.keys.local import is_loopback, require_keys_or_loopback, require_local

LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST", "localhost."]
OPEN = ["0.0.0.0", "::", "192.168.1.5", "", "example.com", "localhost.example.com", "127.0.0.1.example.com"]


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_is_known(host):
    assert is_loopback(host)
    require_keys_or_loopback(host, has_keys=False)


@pytest.mark.parametrize("host", OPEN, ids=repr)
def test_an_address_that_others_reach_needs_keys(host):
    require_keys_or_loopback(host, has_keys=True)
    with pytest.raises(SettingsError, match="groundwire keys create --role admin"):
        require_keys_or_loopback(host, has_keys=False)


def test_an_address_before_a_proxy_that_others_reach_needs_keys():
    require_keys_or_loopback("127.0.0.1", has_keys=False, public_url="http://localhost:9000")
    require_keys_or_loopback("127.0.0.1", has_keys=True, public_url="https://guard.example")
    with pytest.raises(SettingsError, match=r"server\.public_url is 'https://guard\.example'"):
        require_keys_or_loopback("127.0.0.1", has_keys=False, public_url="https://guard.example")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "localhost:8080"},
        {"host": "127.0.0.1"},
        {"host": "[::1]:8080", "origin": "http://localhost:3000"},
    ],
    ids=str,
)
def test_requests_from_this_machine_pass(headers):
    require_local(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:8080"},
        {"host": "[::1"},
        {"host": "localhost@evil.example"},
        {"host": "localhost", "origin": "https://evil.example"},
        {"host": "localhost", "origin": "null"},
        {"host": "localhost", "origin": "http://["},
    ],
    ids=str,
)
def test_requests_that_a_page_elsewhere_makes_are_refused(headers):
    with pytest.raises(PermissionDenied, match="Without keys"):
        require_local(headers)
