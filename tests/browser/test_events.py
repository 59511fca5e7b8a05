import json

import pytest


@pytest.fixture
def page(tab, site):
    page = tab(site.url, accept_downloads=True)
    page.goto("/console/events")
    return page


def test_filters_are_part_of_the_address(page):
    page.get_by_role("checkbox", name="block", exact=True).check(force=True)
    page.get_by_role("button", name="Filter").click()

    assert "action=block" in page.url
    badges = page.locator(".events-badges .badge:first-child").all_inner_texts()
    assert set(badges) == {"block"}
    page.reload()
    assert page.get_by_role("checkbox", name="block", exact=True).is_checked()


def test_a_text_is_found_and_the_filter_cleared(page):
    page.get_by_role("searchbox").fill("showroom in portland")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Search everything").click()

    answers = page.locator(".events-answer").all_inner_texts()
    assert answers
    assert all("showroom in Portland" in answer for answer in answers)
    page.get_by_role("link", name="Clear").click()
    assert page.locator(".events li").count() == 50


def test_older_events_are_a_page_further(page):
    first = page.locator(".events a").evaluate_all("links => links.map(link => link.href)")
    page.get_by_role("link", name="Older").click()
    page.get_by_role("link", name="Newest").wait_for()
    second = page.locator(".events a").evaluate_all("links => links.map(link => link.href)")

    assert not set(first) & set(second)


def test_an_export_holds_what_is_shown(page):
    page.goto("/console/events?action=block&since=2000-01-01")
    shown = page.locator(".events li").count()
    with page.expect_download() as download:
        page.get_by_role("link", name="JSONL").click()
    lines = [json.loads(line) for line in download.value.path().read_text().splitlines()]

    assert len(lines) >= shown > 0
    assert {line["action"] for line in lines} == {"block"}
