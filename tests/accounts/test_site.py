import pytest

from groundwire.accounts.site import Site
from groundwire.errors import PermissionDenied

PUBLIC = Site("https://guard.example")


@pytest.mark.parametrize(
    ("site", "scheme", "name"),
    [
        (Site(), "http", "groundwire_session"),
        (Site(), "https", "__Host-groundwire_session"),
        (PUBLIC, "http", "__Host-groundwire_session"),
        (Site("http://guard.example"), "http", "groundwire_session"),
    ],
    ids=["plain", "tls", "tls before a proxy", "plain before a proxy"],
)
def test_by_https_the_cookie_is_bound_to_its_host(site, scheme, name):
    assert site.cookie_name(scheme) == name
    assert site.is_secure(scheme) == name.startswith("__Host-")


def test_the_base_is_the_public_url_or_else_where_the_request_came():
    assert PUBLIC.base_url("http", "127.0.0.1:8080") == "https://guard.example"
    assert Site().base_url("http", "localhost:8080") == "http://localhost:8080"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "none"},
        {"host": "guard.example", "origin": "https://guard.example"},
        {"host": "GUARD.example:8080", "origin": "http://guard.example:8080"},
        {"host": "10.0.0.1", "origin": "https://guard.example"},
    ],
    ids=str,
)
def test_own_pages_may_post(headers):
    PUBLIC.require_own_page(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "host": "guard.example", "origin": "https://guard.example"},
        {"sec-fetch-site": "sideways"},
        {"host": "guard.example", "origin": "https://evil.example"},
        {"host": "guard.example", "origin": "https://guard.example.evil.example"},
        {"host": "guard.example", "origin": "http://guard.example:81"},
        {"host": "guard.example", "origin": "https://evil@guard.example"},
        {"host": "guard.example", "origin": "null"},
        {"origin": "null"},
        {"host": "", "origin": "http://["},
    ],
    ids=str,
)
def test_pages_elsewhere_may_not(headers):
    with pytest.raises(PermissionDenied, match=r"server\.public_url"):
        PUBLIC.require_own_page(headers)
