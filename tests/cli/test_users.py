import os
import pty
import subprocess
import sys

import pytest

from people import OTHER_PASSWORD, PASSWORD

GROUNDWIRE = [sys.executable, "-c", "from groundwire.cli.main import app; app()"]


@pytest.fixture
def add(groundwire):
    """Make a user and return the result."""

    def add(name="Ada", role="admin", password=PASSWORD):
        return groundwire("users", "add", name, "--role", role, "--password-stdin", stdin=f"{password}\n")

    return add


def test_a_user_is_made_and_listed_without_the_password(groundwire, add):
    made = add(role="analyst")

    listed = groundwire("users", "list").stdout
    assert (made.exit_code, made.stdout) == (0, listed)
    assert listed.startswith("analyst")
    assert listed.endswith("Ada\n")
    assert "not seen yet" in listed
    assert PASSWORD not in made.output + listed
    assert "argon2" not in made.output + listed


def test_a_disabled_user_says_so_until_enabled_again(groundwire, add):
    add()

    assert "disabled" in groundwire("users", "disable", "Ada").stdout
    assert "disabled" in groundwire("users", "list").stdout
    assert "disabled" not in groundwire("users", "enable", "Ada").stdout


def test_a_role_is_changed(groundwire, add):
    add(role="analyst")

    assert groundwire("users", "role", "Ada", "admin").stdout.startswith("admin")
    assert groundwire("users", "role", "Ada", "app").exit_code == 2


def test_a_password_is_changed(groundwire, add):
    add()

    changed = groundwire("users", "password", "Ada", "--password-stdin", stdin=OTHER_PASSWORD)

    assert changed.exit_code == 0
    assert OTHER_PASSWORD not in changed.output


def test_without_users_the_list_says_how_to_begin(groundwire):
    assert "groundwire users add NAME --role admin" in groundwire("users", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (["add", "Ada", "--role", "admin", "--password-stdin"], "short\n", 1, "choose one of at least 12"),
        (["add", "Ada", "--role", "admin", "--password-stdin"], "", 1, "has 0 characters"),
        (["add", "Ada", "--role", "app", "--password-stdin"], PASSWORD, 2, "analyst"),
        (["add", "Ada", "--password-stdin"], PASSWORD, 2, "--role"),
        (["add", "local", "--role", "admin", "--password-stdin"], PASSWORD, 1, "choose another"),
        (["add", "Ada", "--role", "admin"], PASSWORD, 1, "--password-stdin"),
        (["disable", "Bob"], None, 1, "No user 'Bob'."),
        (["password", "Bob", "--password-stdin"], PASSWORD, 1, "No user 'Bob'."),
    ],
    ids=["short", "nothing", "app", "no role", "reserved", "no terminal", "unknown", "unknown password"],
)
def test_mistakes_are_explained(groundwire, arguments, stdin, code, said):
    result = groundwire("users", *arguments, stdin=stdin)

    assert result.exit_code == code
    assert said in result.output
    assert "Ada\n" not in groundwire("users", "list").stdout


def test_a_name_that_is_taken_is_refused(add):
    add()

    again = add()

    assert again.exit_code == 1
    assert "There is a user 'Ada' already." in again.output


def test_a_terminal_is_asked_twice_until_the_password_will_do_and_shows_nothing_of_it(folder, groundwire):
    ours, theirs = pty.openpty()
    command = [*GROUNDWIRE, "users", "add", "Ada", "--role", "admin"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    typed = {"Password of Ada: ": ["short", PASSWORD, PASSWORD], "Again: ": [OTHER_PASSWORD, PASSWORD]}
    shown = ""
    while (piece := read(ours)) != "":
        shown += piece
        for prompt, answers in typed.items():
            if shown.endswith(prompt):
                os.write(ours, f"{answers.pop(0)}\n".encode())
    os.close(ours)

    assert process.wait(timeout=20) == 0
    assert "choose one of at least 12" in shown
    assert "The two are not alike." in shown
    assert [each for each in (PASSWORD, OTHER_PASSWORD, "short\r") if each in shown] == []
    assert "Ada" in groundwire("users", "list").stdout


def read(terminal):
    """Return what a terminal shows next; nothing when the other side has closed it."""
    try:
        return os.read(terminal, 4096).decode()
    except OSError:
        return ""
