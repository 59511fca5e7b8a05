import os

import pytest
from typer.testing import CliRunner

from groundwire.cli.main import app


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty working folder, and no settings from the environment."""
    for name in [name for name in os.environ if name.startswith("GROUNDWIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def groundwire():
    """Run the command line in this process."""

    def run(*arguments, stdin=None):
        return CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)

    return run


@pytest.fixture
def documents(folder):
    """A folder of two documents at the place where it is looked for."""
    (folder / "knowledge_base").mkdir()
    (folder / "knowledge_base/returns.md").write_text("# Returns\n\nGoods can be returned within 14 days.\n")
    (folder / "knowledge_base/fees.md").write_text("# Fees\n\nThe monthly fee is $5.\n")
    return folder / "knowledge_base"
