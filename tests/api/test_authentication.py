import pytest

from groundwire.keys.roles import Role

ROUTES = {
    ("GET", "/api/v1/events"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/events/export"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/events/evt_1"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/events/evt_1/reviews"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/events/evt_1/reviews"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/reviews/queue"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/reviews/next"): {Role.ANALYST, Role.ADMIN},
    ("PUT", "/api/v1/reviews/leases/evt_1"): {Role.ANALYST, Role.ADMIN},
    ("DELETE", "/api/v1/reviews/leases/evt_1"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/reviews/export"): {Role.ANALYST, Role.ADMIN},
    ("DELETE", "/api/v1/reviews/rev_1"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/reviews/rev_1/approve"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/regression-cases"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/regression-cases"): {Role.ANALYST, Role.ADMIN},
    ("DELETE", "/api/v1/regression-cases/case_1"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/events/evt_1/replay"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/policies"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/policies/validate"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/policies/shop"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/policies/shop/preview"): {Role.ADMIN},
    ("GET", "/api/v1/policies/shop/versions"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/policies/shop/versions"): {Role.ADMIN},
    ("GET", "/api/v1/policies/shop/versions/1"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/policies/shop/versions/1/shadow"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/policies/shop/versions/1/shadow"): {Role.ADMIN},
    ("POST", "/api/v1/policies/shop/versions/1/apply"): {Role.ADMIN},
    ("POST", "/api/v1/policies/shop/versions/1/withdraw"): {Role.ADMIN},
    ("GET", "/api/v1/policies/shop/calibration"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/policies/shop/calibration"): {Role.ADMIN},
    ("GET", "/api/v1/stats"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/metrics"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/check"): {Role.APP, Role.ADMIN},
    ("POST", "/beta/litellm_basic_guardrail_api"): {Role.APP, Role.ADMIN},
    ("POST", "/api/v1/selftest"): {Role.APP, Role.ADMIN},
    ("GET", "/api/v1/keys"): {Role.ADMIN},
    ("POST", "/api/v1/keys"): {Role.ADMIN},
    ("DELETE", "/api/v1/keys/key_1"): {Role.ADMIN},
    ("GET", "/api/v1/collections"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/collections"): {Role.ADMIN},
    ("DELETE", "/api/v1/collections/faq"): {Role.ADMIN},
    ("GET", "/api/v1/collections/faq/documents"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/collections/faq/documents"): {Role.ADMIN},
    ("GET", "/api/v1/collections/faq/documents/doc"): {Role.ANALYST, Role.ADMIN},
    ("PUT", "/api/v1/collections/faq/documents/doc"): {Role.ADMIN},
    ("DELETE", "/api/v1/collections/faq/documents/doc"): {Role.ADMIN},
    ("GET", "/api/v1/collections/faq/revisions"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/collections/faq/revisions/1/diff"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/collections/faq/revisions/1/diff/doc"): {Role.ANALYST, Role.ADMIN},
    ("POST", "/api/v1/collections/faq/revisions/1/restore"): {Role.ADMIN},
    ("GET", "/api/v1/collections/faq/uses"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/collections/faq/search"): {Role.ANALYST, Role.ADMIN},
    ("GET", "/api/v1/collections/faq/health"): {Role.ANALYST, Role.ADMIN},
}
PARTS = {
    "evt_1": "event_id",
    "rev_1": "review_id",
    "case_1": "case_id",
    "key_1": "key_id",
    "faq": "collection",
    "doc": "document_id",
    "shop": "name",
    "1": "number",
}
OPEN = {"/healthz", "/readyz"}
# Its replies have no end, so its own tests ask who may listen.
ENDLESS = {"/api/v1/events/live"}


def test_every_route_is_in_this_table(client, app):
    paths = app.openapi()["paths"]
    known = {
        "/".join(f"{{{PARTS[part]}}}" if part in PARTS else part for part in path.split("/")) for _, path in ROUTES
    }
    assert set(paths) == known | OPEN | ENDLESS


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_a_route_opens_to_its_roles_alone(client, headers_of, route):
    opened = set()
    for role in Role:
        reply = await client.request(*route, json={"answer": "Hi."}, headers=await headers_of(role))
        assert reply.status_code != 401
        if reply.status_code != 403:
            opened.add(role)
    assert opened == ROUTES[route]


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_with_keys_no_route_opens_without_one(client, headers_of, route):
    await headers_of(Role.ADMIN)
    reply = await client.request(*route, json={"answer": "Hi."})
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert reply.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_without_keys_a_page_elsewhere_opens_nothing(client, route):
    reply = await client.request(*route, json={"answer": "Hi."}, headers={"origin": "https://evil.example"})
    assert reply.status_code == 403


async def test_the_documentation_says_that_a_key_is_needed(app):
    assert app.openapi()["paths"]["/api/v1/stats"]["get"]["security"] == [{"HTTPBearer": []}]
