"""Every page, in light and dark and on a phone: pictures for people, and what axe-core finds wrong."""

import pytest

# A page of another area is added here: its name, and its path on the demo with seeded events.
PAGES = {
    "overview": "/console/",
    "overview-month": "/console/?period=month",
    "review": "/console/review",
    "review-next": "/console/review/next",
    "review-decisions": "/console/review/decisions",
    "review-cases": "/console/review/cases",
    "events": "/console/events",
    "events-filtered": "/console/events?q=refund&action=rewrite&since=2000-01-01",
    "events-none": "/console/events?model=nothing",
    "knowledge": "/console/knowledge",
    "knowledge-collection": "/console/knowledge/default",
    "knowledge-unused": "/console/knowledge/default?use=unused",
    "knowledge-document": "/console/knowledge/default/documents/returns-and-refunds.md?start=91&end=250#quote",
    "knowledge-search": "/console/knowledge/default/search?q=How+long+can+I+return+a+camera",
    "knowledge-revisions": "/console/knowledge/default/revisions",
    "knowledge-health": "/console/knowledge/default/health",
    "knowledge-delete": "/console/knowledge/default/delete/warranty.md",
    "policies": "/console/policies",
    "policies-policy": "/console/policies/default",
    "policies-edit": "/console/policies/default/edit",
    "policies-version": "/console/policies/default/versions/1",
    "policies-outcomes": "/console/policies/default/versions/1/outcomes?limit=50",
    "policies-calibration": "/console/policies/default/calibration",
    "playground": "/console/playground",
    "playground-chat": "/console/playground/chat",
    "connect": "/console/connect",
    "keys": "/console/keys",
}
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


def findings(page):
    """What axe-core calls serious or worse, with where it stands."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (each["id"], node["html"][:200], node.get("failureSummary", ""))
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_legible_and_accessible(tab, site, screenshots, name, look):
    page = tab(site.url, **LOOKS[look])
    page.goto(PAGES[name])
    page.wait_for_load_state("load")

    page.screenshot(path=screenshots / f"{name}-{look}.png", full_page=True)
    root = page.locator("html")
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") == 0, "The page scrolls sideways."
    assert findings(page) == []


def test_what_nobody_could_read_is_found(tab, site):
    page = tab(site.url)
    page.goto("/console/connect")
    page.evaluate("document.querySelector('#selftest').replaceChildren()")

    assert [name for name, *_ in findings(page)] == ["button-name"]
