"""An admin changes a policy: checked while typing, previewed, tried in shadow, applied and taken back."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from demonstrated import demonstrated
from groundwire.demo.answers import ANSWERS
from groundwire.domain import Action

ASKED = [known.question for known in ANSWERS]
BLOCKED = next(known for known in ANSWERS if known.action is Action.REWRITE)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A demo of its own, whose policy is changed; every question was asked once."""
    with demonstrated(tmp_path_factory.mktemp("policies")) as url:
        for question in ASKED:
            ask(url, question)
        yield url


def ask(url, question):
    body = {"model": "demo", "messages": [{"role": "user", "content": question}]}
    return httpx.post(f"{url}/v1/chat/completions", json=body, timeout=20).json()["grounding"]["action"]


def test_what_is_typed_before_the_script_has_come_is_looked_at_too(tab, shop):
    page, held = tab(shop), []
    page.route("**/policies.js*", lambda route: held.append(route))
    with page.expect_request("**/policies.js*"):
        page.goto("/console/policies/default/edit", wait_until="commit")
    editor = page.get_by_label("Settings, as in groundwire.yaml")
    editor.fill(editor.input_value().replace("contradicted: rewrite", "contradicted: explode"))

    held[0].continue_()

    expect(page.locator("#validity")).to_contain_text("actions.contradicted")


def test_a_policy_is_previewed_tried_and_applied(tab, shop, screenshots):
    page = tab(shop)
    page.goto("/console/policies")
    page.get_by_role("link", name="default", exact=True).click()
    page.get_by_role("link", name="Edit").click()
    editor = page.get_by_label("Settings, as in groundwire.yaml")
    settings = editor.input_value()

    editor.fill(settings.replace("contradicted: rewrite", "contradicted: explode"))
    expect(page.locator("#validity")).to_contain_text("actions.contradicted")

    editor.fill(settings.replace("contradicted: rewrite", "contradicted: block"))
    expect(page.locator("#validity")).to_have_text("What is left out has its default.")
    page.get_by_label("Why").fill("No patched answers")
    editor.press("Control+Enter")
    preview = page.get_by_role("region", name="What would have happened")
    expect(preview).to_contain_text(re.compile(r"\d of \d answers come out differently"))
    page.screenshot(path=screenshots / "policies-preview.png", full_page=True)
    with page.expect_popup() as opened:
        page.get_by_role("link", name=BLOCKED.question).first.click()
    expect(opened.value).to_have_url(re.compile("/console/events/evt_"))

    page.get_by_role("button", name="Put in shadow").click()
    expect(page.get_by_role("heading", name="Version 2 is in shadow")).to_be_visible()
    page.screenshot(path=screenshots / "policies-shadow.png", full_page=True)
    assert ask(shop, BLOCKED.question) == "rewrite"
    page.get_by_role("link", name="See its outcomes").click()
    expect(page.locator(".preview-sum")).to_contain_text("1 of 1 answers come out differently")

    page.get_by_role("link", name="Apply").click()
    page.screenshot(path=screenshots / "policies-apply.png", full_page=True)
    page.get_by_role("button", name="Apply it").click()
    expect(page.get_by_text("The version is in force now")).to_be_visible()
    assert ask(shop, BLOCKED.question) == "block"

    page.get_by_role("link", name="Return to the settings file").click()
    page.get_by_role("button", name="Return to the file").click()
    expect(page.get_by_text("from the settings file")).to_be_visible()
    assert ask(shop, BLOCKED.question) == "rewrite"


@pytest.fixture
def refused_tab(browser, shop):
    """Open a tab in which a form may be refused, which the browser calls a failure."""
    contexts = []

    def open_tab(**options):
        contexts.append(browser.new_context(base_url=shop, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_tab
    for context in contexts:
        context.close()


def test_two_admins_at_once_do_not_overwrite_each_other(refused_tab):
    first, second = refused_tab(), refused_tab()
    for page in (first, second):
        page.goto("/console/policies/default/edit")
        page.get_by_label("Settings, as in groundwire.yaml").fill("citations: true")
    first.get_by_role("button", name="Save as draft").click()
    expect(first.get_by_text("The proposal is kept as a draft")).to_be_visible()

    second.get_by_role("button", name="Save as draft").click()

    expect(second.get_by_role("alert")).to_contain_text("was changed meanwhile")
    expect(second.get_by_label("Settings, as in groundwire.yaml")).to_have_value("citations: true")


def test_everything_works_without_scripts(refused_tab):
    page = refused_tab(java_script_enabled=False)
    page.goto("/console/policies/default/edit")
    page.get_by_label("Settings, as in groundwire.yaml").fill("thresholds: {support: 7}")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("thresholds.support: Input should be less than or equal to 1")

    page.get_by_label("Settings, as in groundwire.yaml").fill("thresholds: {support: 0.99}")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview-sum")).to_contain_text("answers come out differently")
