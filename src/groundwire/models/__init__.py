"""The weights that ship with Groundwire; each folder has its licence and a model card."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
EMBEDDER = FOLDER / "embedder"
VERIFIER = FOLDER / "verifier"
