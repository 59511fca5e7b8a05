import httpx
import pytest

from groundwire.domain import Action, Label
from groundwire.events.identifiers import new_event_id
from hostile import PAYLOADS
from stored import sample

BLOCKED = "What can the Hub H2 do?"


@pytest.fixture
def page(tab, site):
    return tab(site.url)


def watching(page):
    """Open the overview and wait until it listens."""
    page.goto("/console/")
    page.get_by_text("Watching").wait_for()
    return page.locator("#live li")


def test_a_block_shows_at_once_and_leads_to_its_event(page, site):
    entries = watching(page)
    body = {"model": "demo", "messages": [{"role": "user", "content": BLOCKED}]}
    reply = httpx.post(f"{site.url}/v1/chat/completions", json=body, timeout=20).json()
    event_id = reply["grounding"]["event_id"]
    # The same question may have been asked by another test.
    entry = entries.filter(has=page.locator(f"a[href*='{event_id}']"))
    entry.wait_for()

    assert reply["grounding"]["action"] == "block"
    assert "block" in entry.inner_text()
    assert "now" in entry.locator("time").inner_text() or "ago" in entry.locator("time").inner_text()
    entry.get_by_role("link").click()
    page.wait_for_url(f"**/console/events/{event_id}*")


def test_what_comes_while_the_page_loads_is_not_missed(page, site):
    early = sample(Label.CONTRADICTED, action=Action.BLOCK, id=new_event_id(), model="early-bird")
    page.route("**/js/overview.js", lambda route: (site.store(early), route.continue_()))

    entries = watching(page)

    entries.locator(f'a[href="/console/events/{early.id}"]').wait_for()


def test_what_an_answer_says_is_never_run(page, site):
    entries = watching(page)
    evil = PAYLOADS[0]
    event = sample(Label.CONTRADICTED, action=Action.BLOCK, id=new_event_id(), model=evil, policy="default")
    site.store(event)
    entries.locator(f'a[href="/console/events/{event.id}"]').wait_for()
    page.goto("/console/?period=week")

    assert page.locator("main script, main img, main iframe").count() == 0


def test_the_periods_and_the_table_of_the_chart(page):
    page.goto("/console/")
    page.get_by_role("link", name="Last 30 days").click()
    page.get_by_text("Show as a table").click()

    assert page.url.endswith("period=month")
    assert page.get_by_role("row").filter(has_text="%").count() > 10
    assert page.get_by_role("img", name="Hallucination rate, last 30 days").is_visible()


def test_a_number_leads_to_its_events(page):
    page.goto("/console/?period=month")
    page.locator(".parts").get_by_role("link", name="gpt-4o-mini").click()

    assert page.get_by_label("Model").input_value() == "gpt-4o-mini"
    assert page.locator(".events li").count() > 0
    assert set(page.locator(".events .badge").all_inner_texts()) & {"contradicted", "unsupported"}
