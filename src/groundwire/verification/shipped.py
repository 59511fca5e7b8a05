"""The verifier that ships with the package: its rules, its network and its fitted decision."""

from __future__ import annotations

from pathlib import Path

import groundwire.models
from groundwire.protocols import EncoderModel, Verifier
from groundwire.verification.decision import Decision
from groundwire.verification.entailment import OnnxEntailment
from groundwire.verification.evidence import EvidenceVerifier

FOLDER = Path(groundwire.models.__file__).parent / "verifier"


def load_verifier(embedder: EncoderModel, *, workers: int = 2) -> Verifier:
    """Return the shipped verifier; `workers` claims are read at once. Raises SettingsError and CheckError."""
    entailment = OnnxEntailment(FOLDER, workers=workers)
    model = Decision.load(FOLDER / "decision.npz")
    name = f"values+alignment+{entailment.name}"
    return EvidenceVerifier(embedder, entailment, model, name=name)
