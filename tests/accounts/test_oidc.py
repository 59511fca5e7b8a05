import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from groundwire.accounts.oidc import Provider, ProviderFailed, SingleSignOn
from groundwire.accounts.people import Admission
from groundwire.errors import AuthenticationFailed
from groundwire.keys.roles import Role
from identity_provider import CLIENT_ID, CLIENT_SECRET

HERE = "http://localhost:8080/console/sign-in/oidc/callback"


def sign_on_at(provider, **changes):
    parts = {"issuer": provider.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **changes}
    return SingleSignOn(Provider(**parts), Admission())


async def walked(sign_on):
    """Go to the provider as a browser does; returns the departure and the state and code that came back."""
    url, departure = await sign_on.depart(HERE, "/console/")
    async with httpx.AsyncClient() as browser:
        reply = await browser.get(url)
    target = reply.headers["location"]
    assert target.startswith(f"{HERE}?")
    returned = parse_qs(urlsplit(target).query)
    return departure, returned["state"][0], returned["code"][0]


async def arrived(sign_on):
    return await sign_on.arrive(*await walked(sign_on), HERE)


async def test_whoever_the_provider_vouches_for_arrives(provider):
    person = await arrived(sign_on_at(provider))

    assert (person.subject, person.name, person.role) == (f"{provider.url}|42", "ada@example.com", Role.ANALYST)


async def test_the_provider_is_asked_for_a_code_with_pkce_state_and_nonce(provider):
    url, departure = await sign_on_at(provider).depart(HERE, "/console/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    assert url.startswith(f"{provider.url}/authorize?")
    assert asked.pop("code_challenge") not in ("", departure.verifier)
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": HERE,
        "scope": "openid email profile",
        "state": departure.state,
        "nonce": departure.nonce,
        "code_challenge_method": "S256",
    }
    assert len({departure.state, departure.nonce, departure.verifier}) == 3


@pytest.mark.parametrize("methods", [("client_secret_basic",), ("client_secret_post", "client_secret_basic")], ids=str)
async def test_the_client_proves_who_it_is_in_the_way_that_the_provider_knows(provider, methods):
    provider.auth_methods = methods

    assert await arrived(sign_on_at(provider))


async def test_a_public_client_needs_no_secret(provider):
    provider.auth_methods = ("none",)

    assert await arrived(sign_on_at(provider, client_secret=""))


async def test_an_issuer_may_be_written_with_a_slash_at_its_end(provider):
    assert await arrived(sign_on_at(provider, issuer=f"{provider.url}/"))


async def test_a_foreign_state_is_refused_before_the_provider_is_asked(provider):
    sign_on = sign_on_at(provider)
    departure, _, code = await walked(sign_on)

    with pytest.raises(AuthenticationFailed, match="not begun in this browser"):
        await sign_on.arrive(departure, "of somebody else", code, HERE)
    assert provider.redeemed == []


async def test_a_code_counts_once(provider):
    sign_on = sign_on_at(provider)
    departure, state, code = await walked(sign_on)
    await sign_on.arrive(departure, state, code, HERE)

    with pytest.raises(ProviderFailed, match="status 400"):
        await sign_on.arrive(departure, state, code, HERE)


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(provider):
    sign_on = sign_on_at(provider)
    _, _, stolen = await walked(sign_on)
    departure, state, _ = await walked(sign_on)

    with pytest.raises(ProviderFailed):
        await sign_on.arrive(departure, state, stolen, HERE)


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"nonce": "another"}, "its claim 'nonce' is missing or wrong"),
        ({"nonce": None}, "its claim 'nonce' is missing or wrong"),
        ({"exp": NOW - 3_600, "iat": NOW - 7_200}, "it has expired"),
        ({"exp": None}, "its claim 'exp' is missing or wrong"),
        ({"aud": "another"}, "its claim 'aud' is missing or wrong"),
        ({"aud": [CLIENT_ID, "another"]}, "its claim 'azp' is missing or wrong"),
        ({"azp": "another"}, "its claim 'azp' is missing or wrong"),
        ({"iss": "https://evil.example"}, "its claim 'iss' is missing or wrong"),
        ({"sub": None}, "its claim 'sub' is missing or wrong"),
        ({"nbf": NOW + 3_600}, "its claim 'nbf' is missing or wrong"),
        ({"at_hash": "of another"}, "its claim 'at_hash' is missing or wrong"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(provider, claims, said):
    provider.claims = claims

    with pytest.raises(AuthenticationFailed, match=f"token was refused: {said}"):
        await arrived(sign_on_at(provider))


@pytest.mark.parametrize(
    ("fault", "said"),
    [("signature", "its signature is wrong"), ("unsigned", "it can't be read"), ("shared secret", "it can't be read")],
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(provider, fault, said):
    provider.faults = {fault}

    with pytest.raises(AuthenticationFailed, match=said):
        await arrived(sign_on_at(provider))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("issuer", "calls itself 'https://other.example'"),
        ("no json", "status 307"),
        ("token", r"can't be read \(id_token\)"),
    ],
)
async def test_a_provider_that_is_not_what_it_should_be_is_named(provider, fault, said):
    provider.faults = {fault}

    with pytest.raises(ProviderFailed, match=said):
        await arrived(sign_on_at(provider))


async def test_a_provider_that_is_down_is_named():
    down = SingleSignOn(Provider("http://127.0.0.1:9", CLIENT_ID), Admission())

    with pytest.raises(ProviderFailed, match="can't be reached"):
        await down.depart(HERE, "/console/")


async def test_a_wrong_secret_lets_nobody_in(provider):
    with pytest.raises(ProviderFailed, match="status 400"):
        await arrived(sign_on_at(provider, client_secret="wrong"))


async def test_nothing_secret_shows(provider, caplog):
    caplog.set_level("DEBUG")
    provider.claims = {"nonce": "another"}
    sign_on = sign_on_at(provider)
    departure, state, code = await walked(sign_on)
    with pytest.raises(AuthenticationFailed) as caught:
        await sign_on.arrive(departure, state, code, HERE)

    said = caplog.text + str(caught.value) + repr(sign_on._provider)
    assert [each for each in (departure.verifier, CLIENT_SECRET, "eyJ") if each in said] == []
