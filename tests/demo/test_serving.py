import contextlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from groundwire.demo.answers import ANSWERS
from groundwire.demo.serving import demo_settings, sample_documents, served_upstream, tour, upstream_listener
from groundwire.knowledge.conversion import SUFFIXES

ACTIONS = [known.action.value for known in ANSWERS]


def snippet(text, first, last):
    """Return the lines of the tour from one that begins so to one that begins so."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(first))
    end = next(place for place, line in enumerate(lines) if place > start and line.strip().startswith(last))
    return "\n".join(lines[start : end + 1])


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_printed_curl_command_shows_all_four_actions(demo_url):
    command = snippet(tour(demo_url, Path("data")), "for question", "done")

    printed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout

    assert [json.loads(line)["grounding"]["action"] for line in printed.splitlines()] == ACTIONS


def test_the_printed_program_shows_all_four_actions(demo_url):
    program = snippet(tour(demo_url, Path("data")), "from openai", 'print("    "')

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(program, {})

    shown = [line.split(" | ")[0] for line in printed.getvalue().splitlines() if not line.startswith(" ")]
    assert shown == ACTIONS


def test_other_commands_are_led_to_the_data_of_the_demo():
    assert "GROUNDWIRE_DATA_DIR='my data/demo'" in tour("http://127.0.0.1:1", Path("my data/demo"))


def test_the_sample_documents_come_in_several_formats():
    suffixes = {path.suffix for path in sample_documents().iterdir()}

    assert {".md", ".pdf", ".docx", ".csv"} <= suffixes <= SUFFIXES


def test_a_settings_file_does_not_change_the_demo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "groundwire.yaml").write_text("policies: {}")
    monkeypatch.setenv("GROUNDWIRE_DATA_DIR", "elsewhere")

    settings = demo_settings("http://127.0.0.1:1/v1", {("server", "port"): 9})

    assert settings.server.port == 9
    assert settings.upstreams[0].base_url == "http://127.0.0.1:1/v1"
    assert settings.knowledge_base.path == sample_documents()
    assert settings.data_dir.as_posix() == "elsewhere/demo"


async def test_the_model_server_runs_beside_another_server():
    with upstream_listener() as (listener, url):
        async with served_upstream(listener), httpx.AsyncClient() as client:
            reply = await client.get(f"{url}/models")

    assert reply.status_code == 200
