import pytest

from groundwire.policy.policy import policy_from
from groundwire.policy.versions import Author, VersionState
from groundwire.settings import PolicySettings

URL = "/console/policies/default"
STRICT = "actions: {contradicted: block}\n"


@pytest.fixture(autouse=True)
def noted(services):
    services.versions.note_file({"default": PolicySettings()})
    services.policies.replace({"default": policy_from("default", PolicySettings())})


@pytest.fixture
def state(services):
    return lambda: services.versions.history("default").state


@pytest.fixture
def send(client, state):
    """Send the editor's form; returns the reply."""

    async def sent(path="edit", **fields):
        return await client.post(f"{URL}/{path}", data={"seen": state()} | fields, follow_redirects=False)

    return sent


@pytest.fixture
async def answered(client):
    for answer in ("It is fine.", "It is wrong."):
        await client.post("/api/v1/check", json={"answer": answer, "question": "Is it?"})


async def test_the_editor_has_the_settings_in_force_and_says_what_they_mean(read):
    page = await read(f"{URL}/edit")
    assert "contradicted: rewrite" in page.text
    assert "A claim with at least this much support is supported." in page.text


async def test_a_preview_shows_what_would_have_become_of_the_answers(send, answered, services):
    reply = await send(text=STRICT, note="stricter", deed="preview")

    assert reply.status_code == 200
    assert "1</strong> of 2 answers come out differently" in reply.text
    assert "contradicted: block" in reply.text
    assert 'value="stricter"' in reply.text
    assert len(services.versions.history("default").versions) == 1


@pytest.mark.parametrize(("deed", "expected"), [("draft", VersionState.DRAFT), ("shadow", VersionState.SHADOW)])
async def test_a_proposal_is_kept(send, client, services, deed, expected):
    reply = await send(text=STRICT, note=" stricter ", deed=deed)

    assert reply.headers["location"] == f"{URL}?done={deed}#version-2"
    version = services.versions.history("default").versions[0]
    assert (version.state, version.author, version.note) == (expected, "local", "stricter")
    assert "Nothing acts differently" in (await client.get(f"{URL}?done={deed}")).text.replace("nothing", "Nothing")


@pytest.mark.parametrize("deed", ["preview", "draft", "shadow"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("thresholds: {support: 7}", "<code>thresholds.support</code>"),
        ("colour: red", "unknown name; known are actions"),
        ("mode: [", "not valid YAML"),
        ("x" * 150_000, "longer than 100000 characters"),
    ],
)
async def test_a_policy_that_does_not_parse_is_explained_and_not_lost(send, services, deed, text, says):
    reply = await send(text=text, note="my note", deed=deed)

    assert reply.status_code == 400
    assert says in reply.text
    assert "nothing was changed" in reply.text
    assert text.splitlines()[0][:50] in reply.text
    assert 'value="my note"' in reply.text
    assert len(services.versions.history("default").versions) == 1


async def test_line_ends_of_a_browser_are_no_change(send, services):
    await send(text="mode: shadow\r\ncitations: true\r\n", deed="draft")
    assert services.versions.history("default").versions[0].settings == PolicySettings(mode="shadow", citations=True)


async def test_whoever_was_slower_is_told_and_keeps_the_text(send, services, state):
    before = state()
    await services.desk.propose("default", PolicySettings(citations=True), Author("Ada"), before)

    reply = await send(text=STRICT, deed="draft", seen=before)

    assert reply.status_code == 409
    assert "was changed meanwhile (version 2, draft by Ada" in reply.text
    assert "contradicted: block" in reply.text
    assert f'name="seen" value="{state()}"' in reply.text
    assert len(services.versions.history("default").versions) == 2


async def test_a_second_version_in_shadow_is_refused_in_words(send, services, state):
    await services.desk.propose("default", PolicySettings(citations=True), Author("Ada"), state(), tries=True)
    reply = await send(text=STRICT, deed="shadow")

    assert reply.status_code == 409
    assert "Version 2 of policy &#39;default&#39; is in shadow; withdraw it first" in reply.text


async def test_a_decision_is_asked_for_and_then_made(read, send, services, state):
    await send(text=STRICT, deed="draft")
    asked = await read(f"{URL}/versions/2/apply")
    assert "Apply version 2?" in asked.text
    assert "<mark>block</mark>" in asked.markup
    assert services.policies.find("default").label_actions["contradicted"] == "rewrite"

    reply = await send("versions/2/apply")
    assert reply.headers["location"] == f"{URL}?done=apply"
    assert services.policies.find("default").label_actions["contradicted"] == "block"
    page = await read(f"{URL}?done=apply")
    assert "The version is in force now" in page.text
    assert "from the console: version 2, applied by local" in page.text


async def test_the_settings_file_can_be_returned_to(read, send, services):
    await send(text=STRICT, deed="draft")
    await send("versions/2/apply")
    assert "Return to the settings file?" in (await read(f"{URL}/versions/2/withdraw")).text

    await send("versions/2/withdraw")
    assert services.policies.find("default").label_actions["contradicted"] == "rewrite"
    assert "from the settings file" in (await read(URL)).text


async def test_an_older_version_is_restored(read, send, services):
    for text in (STRICT, "citations: true"):
        await send(text=text, deed="draft")
    for number in (2, 3):
        await send(f"versions/{number}/apply")
    assert "Restore version 2?" in (await read(f"{URL}/versions/2/apply")).text

    await send("versions/2/apply")
    assert services.versions.history("default").applied.number == 4


async def test_a_decision_on_something_that_changed_is_asked_again(send, services, state):
    await send(text=STRICT, deed="draft")
    before = state()
    await send(text="citations: true", deed="draft")

    reply = await send("versions/2/apply", seen=before)

    assert reply.status_code == 409
    assert "was changed meanwhile" in reply.text
    assert "Apply version 2?" in reply.text
    assert services.policies.console == {}


async def test_an_unknown_deed_is_no_page(send):
    assert (await send("versions/1/explode")).status_code == 404


async def test_an_impossible_name_is_refused(client):
    reply = await client.post("/console/policies/a%20b/edit", data={"text": "", "seen": "", "deed": "draft"})
    assert reply.status_code == 400
    assert "name a policy" in reply.text
