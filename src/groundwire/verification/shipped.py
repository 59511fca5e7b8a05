"""The verifier that ships with the package: its rules, its network and its fitted decision."""

from __future__ import annotations

from pathlib import Path

from groundwire.models import VERIFIER
from groundwire.protocols import EncoderModel, Verifier
from groundwire.verification.decision import Decision
from groundwire.verification.entailment import OnnxEntailment
from groundwire.verification.evidence import EvidenceVerifier


def load_verifier(embedder: EncoderModel, *, folder: Path = VERIFIER, workers: int = 2) -> Verifier:
    """Return the shipped verifier, or that of another folder like its own; `workers` claims are read at once.

    Raises SettingsError and CheckError.
    """
    entailment = OnnxEntailment(folder, workers=workers)
    model = Decision.load(folder / "decision.npz")
    name = f"values+alignment+{entailment.name}+decision-{model.version}"
    return EvidenceVerifier(embedder, entailment, model, name=name)
