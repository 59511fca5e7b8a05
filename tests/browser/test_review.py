import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from fakes import running
from groundwire.domain import Action, Claim, Label, Question, Report, Turn, Verdict
from groundwire.keys.roles import Role
from groundwire.review.approval import APPROVED_ANSWERS
from groundwire.review.filters import ReviewFilter
from groundwire.settings import Settings
from groundwire.wiring import assemble, opened_cases, opened_events, opened_keys, opened_reviews
from hostile import PAYLOADS
from stored import sample

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium is not installed")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
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


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "refunds.md").write_text("# Refunds\n\nRefunds take 14 days.\n")
    return Settings.model_validate({"data_dir": tmp_path / "data", "knowledge_base": {"path": folder, "watch": False}})


@pytest.fixture
def server(settings):
    """A server with all its real parts; its URL."""
    assembly = assemble(settings)
    assembly.documents.sync()
    with running(assembly.app) as url:
        yield url


@pytest.fixture
def store(settings):
    """Store events; returns them."""

    def store(*events):
        async def append():
            async with opened_events(settings) as kept:
                await kept.append(events)

        finished(append())
        return events

    return store


@pytest.fixture
def said(settings):
    """What people said so far, oldest first: who, what, and whether it stands."""

    def said():
        async def read():
            async with opened_reviews(settings) as reviews:
                return await reviews.all(ReviewFilter(includes_undone=True))

        return finished(read())

    return said


@pytest.fixture
def visit(browser, server):
    """Open pages as one person; complains about everything that the browser complains about."""
    troubles, contexts = [], []

    def visit(path, key=None):
        context = browser.new_context(base_url=server)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        if key:
            page.goto("/console/sign-in")
            page.locator("details:has(#key)").evaluate("fold => (fold.open = true)")
            page.get_by_label("Key").fill(key)
            page.get_by_label("Key").press("Enter")
            page.wait_for_url("**/console/")
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not [trouble for trouble in troubles if "409" not in trouble]


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


def test_ten_answers_are_reviewed_by_keyboard_alone(visit, store, said):
    stored = store(*(contradicted(number) for number in range(10)))
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


def test_a_skipped_answer_waits_for_others(visit, store, said):
    first, second = store(contradicted(1), contradicted(2))
    page = visit("/console/review/next")
    assert shown(page) == second.id
    press(page, "n")
    assert shown(page) == first.id
    press(page, "1")
    page.wait_for_url("**/console/review")
    assert page.get_by_role("link", name="Question 2?").is_visible()
    assert [review.event_id for review in said()] == [first.id]


def test_of_two_who_decide_at_once_the_second_may_keep_both(settings, visit, store, said):
    async def make():
        async with opened_keys(settings) as keys:
            return [(await keys.create(Role.ANALYST, name)).key for name in ("ada", "bob")]

    (event,) = store(contradicted(1))
    pages = [visit(f"/console/events/{event.id}", key) for key in finished(make())]
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
def test_selected_words_are_kept_by_their_exact_place(visit, store, said, words):
    verdicts = (
        Verdict(Claim("", 0, ODD.find("Ship")), Label.CONTRADICTED, 0.1, "", spans=((18, 20),)),
        Verdict(Claim("", ODD.find("Ship"), len(ODD)), Label.SUPPORTED, 0.9, ""),
    )
    (event,) = store(sample(report=Report(ODD, verdicts), delivered=ODD, action=Action.FLAG))
    page = visit(f"/console/events/{event.id}")
    assert page.locator("#answer").text_content() == ODD
    page.evaluate(SELECT, words)
    page.keyboard.press("m")
    page.get_by_text("by local").wait_for()
    [review] = said()
    start, end = review.decision.span
    assert ODD[start:end] == words


def test_what_is_said_beside_a_judgement_is_kept_and_done(settings, visit, store, said):
    (event,) = store(contradicted(1))
    page = visit(f"/console/events/{event.id}")
    page.keyboard.press("e")
    page.keyboard.type("Refunds take 14 days, 1 2 3.")
    page.keyboard.press("Escape")
    page.locator("#passage-words").fill("refunds")
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
    assert (decision.evidence.document_id, decision.evidence.collection) == ("refunds.md", "default")
    assert review.approved_document_id == f"{review.id}.md"

    async def cases():
        async with opened_cases(settings) as store:
            return [case.event_id for case in await store.all()]

    assert finished(cases()) == [event.id]
    reply = page.request.get(f"/api/v1/collections/{APPROVED_ANSWERS}/search?q=refunds")
    assert "1 2 3" in reply.json()["hits"][0]["text"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_was_planted_runs(visit, store, payload):
    verdict = Verdict(Claim(payload, 0, len(payload), payload), Label.CONTRADICTED, 0.1, payload)
    question = Question((Turn("user", payload),))
    event = sample(
        report=Report(payload, (verdict,)), question=question, delivered=f"{payload}!", action=Action.REWRITE
    )
    (event,) = store(replace(event, metadata={payload: payload}))
    page = visit(f"/console/events/{event.id}?review=1")
    page.keyboard.press("j")
    page.get_by_text("Check it again").click()
    page.locator("#replayed > *").first.wait_for()
    for path in ("/console/review", "/console/review/decisions"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.planted") is None
