"""What installers and images rely on: the lock file, the make targets, the container."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
PINNED = dict(re.findall(r"^([\w.-]+)==([\w.+!-]+)", LOCK, re.MULTILINE))


@pytest.mark.parametrize("line", PROJECT["dependencies"])
def test_the_lock_pins_what_the_package_asks_for(line):
    wanted = Requirement(line)

    assert wanted.specifier.contains(PINNED[canonicalize_name(wanted.name)]), "Run `make lock`."


def test_the_lock_names_a_digest_for_every_package_and_no_place():
    entries = re.split(r"\n(?=[\w.-]+==)", LOCK)[1:]

    assert len(entries) == len(PINNED)
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK


@pytest.mark.parametrize("target", ["run", "serve", "test", "check", "format", "docs"])
def test_every_make_target_exists(target):
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_the_image_runs_without_rights_and_is_watched():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(place for place, line in enumerate(lines) if line.startswith("FROM")) :]

    assert "USER groundwire" in last_stage
    assert any(line.startswith("HEALTHCHECK") for line in last_stage)
    assert 'CMD ["groundwire", "serve"]' in last_stage
