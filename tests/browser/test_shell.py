"""What the frame does on every page."""

import pytest


@pytest.fixture
def page(tab, site):
    return tab(site.url, color_scheme="light")


def test_the_switch_to_dark_lasts(page):
    page.goto("/console/")
    page.get_by_role("button", name="Switch to light or dark").click()
    page.goto("/console/events")

    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_keyboard_skips_the_menu(page):
    page.goto("/console/events")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_times_are_in_the_zone_of_the_reader(tab, site):
    pages = [tab(site.url, timezone_id=zone, locale="en-GB") for zone in ("UTC", "Asia/Tokyo")]
    shown = []
    for page in pages:
        page.goto("/console/events")
        shown.append(page.locator(".events-time").first.inner_text())

    assert shown[0] != shown[1]


@pytest.mark.parametrize("path", ["/console/", "/console/events", "/console/connect", "/console/keys"])
def test_nothing_from_outside_is_loaded(page, site, path):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)

    assert asked
    assert [url for url in asked if not url.startswith(f"{site.url}/")] == []


def test_a_script_that_is_not_ours_does_not_run(browser, site):
    context = browser.new_context(base_url=site.url)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/console/")
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
        }"""
    )
    ran = page.evaluate("window.ran")
    context.close()

    assert ran is None
    assert any("Content Security Policy" in text for text in said)
