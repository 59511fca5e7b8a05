import re
from pathlib import Path

import pytest
import typer

from groundwire.cli.output import fail, progress_bar, reported
from groundwire.errors import NotFound, SettingsError


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (SettingsError("no such key"), 2, "no such key"),
        (NotFound("no such thing"), 1, "no such thing"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_known_errors_become_a_message_and_an_exit_code(capsys, error, code, said):
    with pytest.raises(typer.Exit) as left, reported():
        raise error

    assert left.value.exit_code == code
    assert capsys.readouterr().err.strip() == said


def test_an_unexpected_error_shows_no_traceback_but_keeps_it(capsys):
    with pytest.raises(typer.Exit) as left, reported():
        raise ZeroDivisionError("secret figures")

    said = capsys.readouterr().err
    kept = Path(re.search(r"'(.+)'", said).group(1))
    assert left.value.exit_code == 1
    assert "Traceback" not in said
    assert "secret figures" not in said
    assert "ZeroDivisionError: secret figures" in kept.read_text()
    kept.unlink()


def test_leaving_passes_through():
    with pytest.raises(typer.Exit) as left, reported():
        fail("enough", 7)

    assert left.value.exit_code == 7


def test_the_bar_stays_silent_where_there_is_no_terminal(capsys):
    with progress_bar() as progress:
        progress(1, 2, "one")

    assert capsys.readouterr() == ("", "")
