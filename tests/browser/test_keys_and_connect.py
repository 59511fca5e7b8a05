import contextlib
import io

import pytest


@pytest.fixture
def page(tab, own_site):
    page = tab(own_site.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def copied(page):
    return page.evaluate("navigator.clipboard.readText()")


def make_key(page, name, role):
    page.goto("/console/keys")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Role").select_option(role)
    page.get_by_role("button", name="Make a key").click()


def test_a_key_is_shown_once_opens_the_console_and_is_revoked(page):
    make_key(page, "Me", "admin")
    page.get_by_role("button", name="Copy the key").click()
    page.get_by_text("Copied.").wait_for()
    key = copied(page)
    page.get_by_role("link", name="Done").click()
    page.wait_for_url("**/console/sign-in*")
    page.get_by_label("Key of an analyst or admin").fill(key)
    page.get_by_role("button", name="Sign in with the key").click()
    page.wait_for_url("**/console/keys")

    assert key.startswith("gw_admin_")
    assert key not in page.content()
    make_key(page, "Web chat", "app")
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Revoke Web chat").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.get_by_text("Revoked keys (1)").wait_for()
    assert page.get_by_role("button", name="Revoke Web chat").count() == 0


def test_a_first_key_that_would_lock_the_admin_out_is_asked_about(page):
    make_key(page, "Web chat", "app")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    page.goto("/console/keys")
    assert page.get_by_text("No key is in use").is_visible()


def test_the_self_test_proves_every_step(page):
    page.goto("/console/connect")
    page.get_by_role("button", name="Run the self-test").click()
    page.get_by_text("It works.").wait_for()

    assert page.locator("#selftest-steps li").count() == 4
    assert page.locator("#selftest-steps .badge").all_inner_texts() == ["passed"] * 4


def test_the_program_that_is_copied_runs(page, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    page.goto("/console/connect?model=demo&metadata=segment:retail")
    page.get_by_role("button", name="Copy the program").click()
    page.get_by_text("Copied.").wait_for()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(copied(page), "copied.py", "exec"), {})

    assert said.getvalue().splitlines()[-1] in ("allow", "flag", "rewrite", "block")
    page.goto("/console/events?metadata=segment:retail")
    assert page.locator(".events li").count() == 1
