"""The last step of the check: from the measured numbers of a claim to a calibrated probability of each label."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from groundwire.errors import CheckError

Floats = npt.NDArray[np.float32]

# How many standard deviations a number may lie off before it counts no further.
FURTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Decision:
    """Multinomial logistic regression over standardised numbers; running it needs NumPy alone.

    `names` are the (n) columns; `mean` and `scale` are (n,), `weights` is (labels, n), `baseline` is (labels,).
    `temperature` divides the scores before the softmax (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
    """

    names: tuple[str, ...]
    mean: Floats
    scale: Floats
    weights: Floats
    baseline: Floats
    temperature: float

    @property
    def version(self) -> str:
        """Eight hexadecimal characters that change whenever a fitted number does; stored with each event."""
        digest = hashlib.sha256("\n".join(self.names).encode())
        for array in (self.mean, self.scale, self.weights, self.baseline, np.array(self.temperature)):
            digest.update(np.ascontiguousarray(array, dtype=np.float32).tobytes())
        return digest.hexdigest()[:8]

    def probabilities(self, features: Floats) -> Floats:
        """Return (rows, labels) for a (rows, n) array whose columns follow `names`; rows sum to 1."""
        standard = np.clip((features - self.mean) / self.scale, -FURTHEST, FURTHEST)
        scores = (standard @ self.weights.T + self.baseline) / self.temperature
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the decision as one compressed NumPy archive."""
        np.savez_compressed(
            path,
            names=np.array(self.names),
            mean=self.mean,
            scale=self.scale,
            weights=self.weights,
            baseline=self.baseline,
            temperature=np.float32(self.temperature),
        )

    @classmethod
    def load(cls, path: Path) -> Decision:
        """Read a decision that `save` wrote; raises CheckError when the file is missing or damaged."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                parts = {name: archive[name] for name in archive.files}
            names = tuple(str(name) for name in parts.pop("names"))
            return cls(names=names, temperature=float(parts.pop("temperature")), **parts)
        except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError) as error:
            raise CheckError(f"The model {path.name!r} can't be read: {error}. Reinstall groundwire.") from error
