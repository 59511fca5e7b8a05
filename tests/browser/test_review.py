import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from groundwire.domain import Action, Claim, Label, Question, Report, Turn, Verdict
from groundwire.keys.roles import Role
from groundwire.review.approval import APPROVED_ANSWERS
from groundwire.review.filters import ReviewFilter
from groundwire.settings import Settings
from groundwire.wiring import opened_cases, opened_keys, opened_reviews
from hostile import PAYLOADS
from stored import sample

SELECT = """words => {
  const answer = document.getElementById("answer"), start = answer.textContent.indexOf(words);
  const walker = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT), points = [];
  let place = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const [which, wanted] of [start, start + words.length].entries()) {
      if (place <= wanted && wanted <= place + node.length) points[which] ??= [node, wanted - place];
    }
    place += node.length;
  }
  getSelection().setBaseAndExtent(...points[0], ...points[1]);
}"""
ODD = "Refunds 🎉 take\r\n30 days.\rShipping is\n\nfree 🚚 of charge."


def finished(coroutine):
    """Run a coroutine to its end in a thread of its own, for the browser's driver keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture
def settings(own_site):
    """What leads to the server's data."""
    return Settings.model_validate({"data_dir": own_site.data_dir})


@pytest.fixture
def visit(own_site, tab):
    """Open a page."""

    def visit(path):
        page = tab(own_site.url)
        page.goto(path)
        return page

    return visit


@pytest.fixture
def said(settings):
    """What people said so far, oldest first."""

    def said():
        async def read():
            async with opened_reviews(settings) as reviews:
                return await reviews.all(ReviewFilter(includes_undone=True))

        return finished(read())

    return said


@pytest.fixture
def signed_in(own_site, settings, browser):
    """Open a page as ada or bob; the browser may complain of refused requests."""

    async def make():
        async with opened_keys(settings) as keys:
            return {name: (await keys.create(Role.ANALYST, name)).key for name in ("ada", "bob")}

    # Before the first request, for a server looks for new keys every few seconds only.
    made, contexts = finished(make()), []

    def signed_in(name, path):
        contexts.append(browser.new_context(base_url=own_site.url))
        page = contexts[-1].new_page()
        page.goto(path)
        page.locator("details:has(#key)").evaluate("fold => (fold.open = true)")
        page.locator("#key").fill(made[name])
        page.locator("#key").press("Enter")
        page.wait_for_url(f"**{path}")
        return page

    yield signed_in
    for context in contexts:
        context.close()


def contradicted(number):
    question = Question((Turn("user", f"Question {number}?"),))
    return sample(Label.CONTRADICTED, Label.SUPPORTED, question=question)


def press(page, key):
    """Press a key and wait until the next answer is there."""
    before = shown(page)
    page.keyboard.press(key)
    page.wait_for_function("id => document.getElementById('event')?.dataset.event !== id", arg=before)


def shown(page):
    return page.locator("#event").get_attribute("data-event")


def test_ten_answers_are_reviewed_by_keyboard_alone(own_site, visit, said):
    stored = [contradicted(number) for number in range(10)]
    own_site.store(*stored)
    page = visit("/console/review")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Start reviewing":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/events/*")
    page.wait_for_load_state("networkidle")

    press(page, "1")
    press(page, "f")
    press(page, "z")
    assert page.locator("#spoken").text_content().startswith("Taken back.")
    press(page, "2")
    page.keyboard.press("3")
    page.wait_for_function("getSelection().toString() === 'Refunds take 30 days.'")
    press(page, "Enter")
    for key in ("4", "r", "2", "u", "1"):
        press(page, key)
    page.keyboard.press("j")
    page.keyboard.press("Shift+Digit2")
    page.get_by_text("on claim 2").wait_for()
    for key in ("1", "1"):
        press(page, key)
    page.wait_for_url("**/console/review")
    assert page.get_by_text("Nothing waits for a review").is_visible()

    standing = [review for review in said() if review.is_standing]
    assert {review.event_id for review in standing} == {event.id for event in stored}
    assert [review.decision.judgement.value for review in standing] == [
        *("right", "false_alarm", "missed", "unsure", "right", "false_alarm", "unsure", "right"),
        *("false_alarm", "right", "right"),
    ]
    assert [review.decision.position for review in standing if review.decision.position is not None] == [1]
    assert [review.decision.span for review in standing if review.decision.span] == [(0, 21)]


def test_a_skipped_answer_waits_for_others(own_site, visit, said):
    first, second = contradicted(1), contradicted(2)
    own_site.store(first, second)
    page = visit("/console/review/next")
    assert shown(page) == second.id
    press(page, "n")
    assert shown(page) == first.id
    press(page, "1")
    page.wait_for_url("**/console/review")
    assert page.get_by_role("link", name="Question 2?").is_visible()
    assert [review.event_id for review in said()] == [first.id]


def test_of_two_who_decide_at_once_the_second_may_keep_both(own_site, signed_in, said):
    event = contradicted(1)
    own_site.store(event)
    pages = [signed_in(name, f"/console/events/{event.id}") for name in ("ada", "bob")]
    pages[0].keyboard.press("1")
    pages[0].get_by_text("by ada").wait_for()
    pages[1].keyboard.press("2")
    dialog = pages[1].get_by_role("dialog")
    dialog.get_by_text("Already decided by 'ada'").wait_for()
    dialog.get_by_role("button", name="Keep both").focus()
    pages[1].keyboard.press("Enter")
    pages[1].get_by_text("by bob").wait_for()
    assert [(one.reviewer, one.decision.judgement.value) for one in said()] == [
        ("ada", "right"),
        ("bob", "false_alarm"),
    ]


@pytest.mark.parametrize("words", ["Refunds 🎉", "30 days", "Shipping", "free 🚚 of", "charge."])
def test_selected_words_are_kept_by_their_exact_place(own_site, visit, said, words):
    verdicts = (
        Verdict(Claim("", 0, ODD.find("Ship")), Label.CONTRADICTED, 0.1, "", spans=((18, 20),)),
        Verdict(Claim("", ODD.find("Ship"), len(ODD)), Label.SUPPORTED, 0.9, ""),
    )
    event = sample(report=Report(ODD, verdicts), delivered=ODD, action=Action.FLAG)
    own_site.store(event)
    page = visit(f"/console/events/{event.id}")
    assert page.locator("#answer").text_content() == ODD
    page.evaluate(SELECT, words)
    page.keyboard.press("m")
    page.get_by_text("by local").wait_for()
    [review] = said()
    start, end = review.decision.span
    assert ODD[start:end] == words


def test_what_is_said_beside_a_judgement_is_kept_and_done(own_site, settings, visit, said):
    event = contradicted(1)
    own_site.store(event)
    page = visit(f"/console/events/{event.id}")
    page.keyboard.press("e")
    page.keyboard.type("Refunds take 14 days, 1 2 3.")
    page.keyboard.press("Escape")
    page.locator("#passage-words").fill("returns and refunds")
    page.keyboard.press("Enter")
    page.locator("#passages input").first.check()
    page.get_by_label("wrong").check()
    page.get_by_label("Note").fill("seen")
    page.locator("[name=approve]").check()
    page.locator("[name=save_case]").check()
    page.get_by_role("button", name="1 Right").click()
    page.locator("#history").get_by_text("Regression case").wait_for()

    [review] = said()
    decision = review.decision
    assert (decision.corrected, decision.note, decision.document_issue) == (
        "Refunds take 14 days, 1 2 3.",
        "seen",
        "wrong",
    )
    assert (decision.evidence.document_id, decision.evidence.collection) == ("returns-and-refunds.md", "default")
    assert review.approved_document_id == f"{review.id}.md"

    async def cases():
        async with opened_cases(settings) as store:
            return [case.event_id for case in await store.all()]

    assert finished(cases()) == [event.id]
    reply = page.request.get(f"/api/v1/collections/{APPROVED_ANSWERS}/search?q=refunds")
    assert "1 2 3" in reply.json()["hits"][0]["text"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_was_planted_runs(own_site, visit, payload):
    verdict = Verdict(Claim(payload, 0, len(payload), payload), Label.CONTRADICTED, 0.1, payload)
    question = Question((Turn("user", payload),))
    event = sample(
        report=Report(payload, (verdict,)), question=question, delivered=f"{payload}!", action=Action.REWRITE
    )
    event = replace(event, metadata={payload: payload})
    own_site.store(event)
    page = visit(f"/console/events/{event.id}?review=1")
    page.keyboard.press("j")
    page.get_by_text("Check it again").click()
    page.locator("#replayed > *").first.wait_for()
    for path in ("/console/review", "/console/review/decisions"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.planted") is None
