import subprocess
import sys

import pytest

from groundwire import __version__

HEAVY = ("fastapi", "sqlalchemy", "onnxruntime", "faiss", "numpy", "pydantic", "uvicorn")


@pytest.mark.parametrize("command", ["serve", "demo", "ingest", "check", "evaluate", "export", "doctor", "keys"])
def test_the_help_lists_every_command(groundwire, command):
    result = groundwire("--help")

    assert result.exit_code == 0
    assert command in result.stdout


@pytest.mark.parametrize("command", ["serve", "demo", "ingest", "check", "export", "doctor"])
def test_every_command_explains_itself(groundwire, command):
    result = groundwire(command, "--help")

    assert result.exit_code == 0
    assert f"groundwire {command}" in result.stdout.replace("root", "groundwire")


def test_the_version(groundwire):
    assert groundwire("--version").stdout == f"{__version__}\n"


def test_the_help_loads_nothing_heavy():
    code = f"import groundwire.cli.main, sys; print([name for name in {HEAVY} if name in sys.modules])"

    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_wrong_settings_name_the_key_and_end_with_2(groundwire, folder):
    (folder / "groundwire.yaml").write_text("server: {prot: 1}")

    result = groundwire("ingest")

    assert result.exit_code == 2
    assert "server.prot: unknown name" in result.stderr
