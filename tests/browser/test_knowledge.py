"""The knowledge base and the playground, from the upload to the blocked answer."""

import pytest

from hostile import PAYLOADS

GIFTS = """# Gift cards

Gift cards are valid for 2 years.

A gift card costs at least $10.

Gift cards are shipped within 3 days.
"""
WRONG = "Gift cards are valid for 5 years. A gift card costs at least $50. Gift cards are shipped within 9 days."
DROP = """files => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
  document.getElementById("upload").dispatchEvent(new DragEvent("drop", options));
}"""


@pytest.fixture
def page(tab, site):
    return tab(site.url)


@pytest.fixture
def unreliable(browser, site):
    """A page whose requests may fail, about which the browser complains."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def collection(request):
    """The page of a new collection, opened: `collection(page)` returns its name; it goes when the test is over."""
    name = request.node.name.partition("[")[0].removeprefix("test_")[:50]
    opened = []

    def collection(page):
        opened.append(page)
        page.goto("/console/knowledge")
        page.get_by_label("New collection").fill(name)
        page.get_by_role("button", name="Create").click()
        page.wait_for_url(f"**/console/knowledge/{name}")
        return name

    yield collection
    for page in opened:
        page.request.delete(f"/api/v1/collections/{name}")


def choose(page, button, files):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files(files)


def file(name, text):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": text.encode()}


def row(page, name):
    return page.locator(".upload").filter(has_text=name)


def put(page, collection, name, text):
    reply = page.request.put(f"/api/v1/collections/{collection}/documents/{name}", data={"text": text})
    assert reply.ok


def test_what_is_uploaded_is_found_and_blocks_a_wrong_answer(page, collection):
    name = collection(page)
    choose(page, "Choose files", [file("gift-cards.md", GIFTS), file("tool.exe", "MZ"), file("empty.md", "")])
    row(page, "gift-cards.md").get_by_text("added", exact=True).wait_for()
    assert "Files like this are not read" in row(page, "tool.exe").inner_text()
    assert "'empty.md' is empty" in row(page, "empty.md").first.inner_text()
    page.get_by_role("link", name="Show the documents").click()
    page.get_by_role("link", name="Gift cards").wait_for()
    assert page.locator("#failed").get_by_role("rowheader", name="empty.md").is_visible()

    page.get_by_role("navigation", name="Pages of this collection").get_by_role("link", name="Search").click()
    page.get_by_label("Claim or question").fill("How long is a gift card valid?")
    page.keyboard.press("Enter")
    page.locator(".hits mark").first.wait_for()
    assert "Gift cards are valid for 2 years." in page.locator(".hits").inner_text()

    page.goto("/console/playground")
    page.get_by_label("Answer", exact=True).fill(WRONG)
    page.get_by_text("Policy, collections").click()
    page.get_by_label(name, exact=True).check()
    page.keyboard.press("Control+Enter")
    page.locator("#outcome .claim-card").nth(2).wait_for()
    assert page.locator("#outcome .outcome-head .badge").all_inner_texts() == ["block", "contradicted"]
    assert page.locator("#outcome a.claim--contradicted").count() == 3
    assert "I can't confirm that from our documents." in page.locator(".delivered").inner_text()

    page.locator("#outcome a.claim").first.click()
    page.locator("#claim-1:target .evidence a").first.click()
    page.locator("mark#quote").wait_for()
    assert page.locator("mark#quote").inner_text().startswith("Gift cards are valid for 2 years")
    assert page.locator("mark#quote").evaluate("mark => mark.getBoundingClientRect().top < innerHeight")


def test_files_that_are_dropped_become_one_revision(page, collection):
    name = collection(page)
    page.evaluate(DROP, [[f"doc-{number}.md", f"Rule {number} holds."] for number in range(3)])
    page.get_by_text("3 added or updated").wait_for()
    revisions = page.request.get(f"/api/v1/collections/{name}/revisions").json()["revisions"]
    assert [(each["number"], each["documents"]) for each in revisions] == [(1, 3)]


def test_a_folder_keeps_its_paths_and_leaves_hidden_files_out(page, collection, tmp_path):
    name = collection(page)
    (tmp_path / "plans" / "2026").mkdir(parents=True)
    (tmp_path / "plans" / "2026" / "plus.md").write_text("Plus costs $18.")
    (tmp_path / "plans" / ".notes.md").write_text("Secret.")
    choose(page, "Choose a folder", tmp_path / "plans")
    page.get_by_text("1 added or updated").wait_for()
    documents = page.request.get(f"/api/v1/collections/{name}/documents").json()["documents"]
    assert [each["document_id"] for each in documents] == ["plans/2026/plus.md"]


def test_too_large_a_file_is_refused_before_it_is_sent(page, collection, tmp_path):
    collection(page)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    with (tmp_path / "huge.pdf").open("wb") as huge:
        huge.truncate(500 * 1_000_000)
    choose(page, "Choose files", tmp_path / "huge.pdf")
    row(page, "huge.pdf").get_by_text("at most 100 MB can be uploaded").wait_for()
    assert sent == []


def test_a_lost_connection_is_told_and_the_file_can_be_sent_again(unreliable, collection):
    collection(unreliable)
    unreliable.context.set_offline(True)
    choose(unreliable, "Choose files", [file("fees.md", "Lite costs $24.")])
    row(unreliable, "fees.md").get_by_text("The connection was lost").wait_for()
    unreliable.context.set_offline(False)
    unreliable.get_by_role("button", name="Try again").click()
    row(unreliable, "fees.md").get_by_text("added", exact=True).wait_for()


def test_a_revision_is_restored_after_a_look_at_what_will_change(page, collection):
    name = collection(page)
    put(page, name, "fees.md", "Lite costs $24.")
    put(page, name, "fees.md", "Lite costs $25.")
    page.goto(f"/console/knowledge/{name}/revisions")
    page.get_by_role("link", name="Restore revision 1").click()
    changed = page.locator(".change")
    assert [line.strip() for line in changed.locator("mark").all_inner_texts()] == ["25", "24"]

    page.get_by_role("button", name="Restore it").click()

    page.get_by_text("Revision 1 is in force again, as revision 3.").wait_for()
    read = page.request.get(f"/api/v1/collections/{name}/documents/fees.md").json()
    assert (read["version"], read["text"]) == (1, "Lite costs $24.")


def test_a_chat_goes_through_the_proxy_and_shows_the_check(page):
    page.goto("/console/playground/chat")
    page.get_by_role("button", name="How long can I return a new camera?").click()
    page.locator(".turn .outcome-head").wait_for()
    assert "within 30 days of delivery" in page.locator(".turn--assistant .answer").inner_text()
    assert page.locator(".turn .badge").first.inner_text() == "rewrite"
    page.get_by_label("Message").fill("How much is the Plus plan?")
    page.keyboard.press("Enter")
    page.locator(".turn .outcome-head").nth(1).wait_for()
    answer = page.locator(".turn--assistant").nth(1)
    assert answer.locator("a.claim--supported").count() == 2
    answer.locator("a.claim").first.click()
    answer.locator(".claim-card").first.wait_for()


def test_a_known_mistake_is_one_click_away(page):
    page.goto("/console/playground")
    page.get_by_role("button", name="What can the Hub H2 do?").click()
    page.locator("#outcome .claim-card").nth(3).wait_for()
    assert page.locator("#outcome .badge").first.inner_text() == "block"


def test_a_check_that_can_not_be_had_is_told(unreliable):
    unreliable.goto("/console/playground")
    unreliable.route("**/api/v1/check", lambda route: route.abort())
    unreliable.get_by_label("Answer", exact=True).fill("The fee is $5.")
    unreliable.get_by_role("button", name="Check", exact=True).click()
    unreliable.get_by_text("The server can't be reached.").wait_for()


def test_an_answer_that_asserts_nothing_has_no_claims(page):
    page.goto("/console/playground")
    page.get_by_label("Answer", exact=True).fill("Hello 🎉! How can I help?")
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Nothing in this answer asserts what could be checked.").wait_for()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_was_planted_runs(page, collection, payload):
    name, planted = collection(page), payload.replace("/", "_") + ".md"
    page.evaluate(
        DROP, [[planted, f"# {payload}\n\nGift cards {payload} are valid for 2 years."], [f"{planted}.exe", "MZ"]]
    )
    page.locator(".upload.is-added").wait_for()
    for path in ("", "/search?q=gift+cards", "/revisions", "/health"):
        page.goto(f"/console/knowledge/{name}{path}")
        assert page.evaluate("window.planted") is None
    page.goto("/console/playground")
    page.get_by_label("Question").fill(payload)
    page.get_by_label("Answer", exact=True).fill(f"Gift cards {payload} are valid for 5 years. {payload}")
    page.get_by_text("Policy, collections").click()
    page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator("#outcome .outcome-head").wait_for()
    assert page.evaluate("window.planted") is None
