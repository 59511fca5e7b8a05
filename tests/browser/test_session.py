"""A session ends while somebody writes: nothing is lost, and after signing in again it goes on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from groundwire.domain import Label, Question, Turn
from groundwire.keys.roles import Role
from groundwire.settings import Settings
from groundwire.wiring import opened_keys
from stored import sample


@pytest.fixture
def key(own_site):
    """The key of an admin, made before the server is first asked."""

    async def make():
        async with opened_keys(Settings.model_validate({"data_dir": own_site.data_dir})) as keys:
            return (await keys.create(Role.ADMIN, "ada")).key

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make()).result()


@pytest.fixture
def context(own_site, browser):
    """A browser that may complain of refused requests."""
    context = browser.new_context(base_url=own_site.url)
    yield context
    context.close()


def sign_in(page, path, key):
    page.goto(path)
    page.locator("details:has(#key)").evaluate("fold => (fold.open = true)")
    page.locator("#key").fill(key)
    page.locator("#key").press("Enter")
    page.wait_for_url(f"**{path}")


def sign_in_elsewhere(page, key):
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    opened.value.locator("details:has(#key)").evaluate("fold => (fold.open = true)")
    opened.value.locator("#key").fill(key)
    opened.value.locator("#key").press("Enter")
    opened.value.wait_for_url("**/console/account")


def test_a_review_outlives_its_session(own_site, context, key):
    event = sample(Label.CONTRADICTED, Label.SUPPORTED, question=Question((Turn("user", "How long?"),)))
    own_site.store(event)
    page = context.new_page()
    sign_in(page, f"/console/events/{event.id}", key)
    page.keyboard.press("e")
    page.keyboard.type("Refunds take 14 days.")
    page.keyboard.press("Escape")
    context.clear_cookies()

    page.keyboard.press("1")

    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.locator("#corrected")).to_have_value("Refunds take 14 days.")
    sign_in_elsewhere(page, key)
    page.bring_to_front()
    page.keyboard.press("1")
    expect(page.locator("#history")).to_contain_text("Should have said: Refunds take 14 days.")
    expect(page.get_by_text("Your session has ended.")).not_to_be_visible()


def test_a_policy_outlives_its_session(context, key):
    page = context.new_page()
    sign_in(page, "/console/policies/default/edit", key)
    page.get_by_label("Why").fill("Less patching")
    context.clear_cookies()

    page.get_by_role("button", name="Save as draft").click()

    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.get_by_label("Why")).to_have_value("Less patching")
    sign_in_elsewhere(page, key)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("The proposal is kept as a draft.")).to_be_visible()
