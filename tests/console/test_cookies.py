import pytest
from fastapi import Request, Response

from groundwire.accounts.oidc import Departure
from groundwire.accounts.site import Site
from groundwire.console.cookies import SignInCookies

DEPARTURE = Departure(state="s", nonce="n", verifier="v", next="/console/events")


def cookies_of(cookie="", scheme="http", site=None):
    scope = {"type": "http", "scheme": scheme, "server": ("localhost", 80), "path": "/", "query_string": b""}
    return SignInCookies(Request({**scope, "headers": [(b"cookie", cookie.encode())]}), site or Site())


def kept(write, **options):
    response = Response()
    write(cookies_of(**options), response)
    return response.headers["set-cookie"]


def test_no_script_reads_the_cookie_and_no_page_elsewhere_sends_it():
    cookie = kept(lambda cookies, response: cookies.keep_token(response, "t"))

    assert cookie == "groundwire_session=t; HttpOnly; Path=/; SameSite=lax"


@pytest.mark.parametrize(
    "options", [{"scheme": "https"}, {"site": Site("https://guard.example")}], ids=["tls", "tls before a proxy"]
)
def test_by_https_it_is_bound_to_https_and_to_the_host(options):
    cookie = kept(lambda cookies, response: cookies.keep_token(response, "t"), **options)

    assert cookie == "__Host-groundwire_session=t; HttpOnly; Path=/; SameSite=lax; Secure"


def test_by_https_a_cookie_that_a_neighbour_may_have_planted_is_not_read():
    planted = "groundwire_session=planted"

    assert cookies_of(planted).token == "planted"
    assert cookies_of(planted, scheme="https").token == ""
    assert cookies_of(f"{planted}; __Host-groundwire_session=own", scheme="https").token == "own"


def test_forgetting_removes_the_cookie():
    assert "Max-Age=0" in kept(lambda cookies, response: cookies.forget_token(response))
    assert "Max-Age=0" in kept(lambda cookies, response: cookies.forget_departure(response))


def test_a_departure_is_kept_for_ten_minutes():
    cookie = kept(lambda cookies, response: cookies.keep_departure(response, DEPARTURE))

    assert "Max-Age=600" in cookie
    assert cookies_of(cookie.partition(";")[0]).departure == DEPARTURE


@pytest.mark.parametrize("value", ["", "!", "e30=", "AAAA", "bnVsbA=="])
def test_a_cookie_that_was_tampered_with_is_no_departure(value):
    assert cookies_of(f"groundwire_sign_in={value}").departure is None
