"""Evaluates a fitted ensemble of decision trees with NumPy alone, so that running it needs no training library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from groundwire.errors import CheckError

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TreeEnsemble:
    """Gradient-boosted trees for several classes, as arrays.

    All nodes of all trees lie in one list; a leaf has feature -1. `left` and `right` are node numbers, `roots` is
    (trees,), `classes` is (trees,) and says to which class a tree adds its leaf value; `baseline` is (classes,).
    A node goes left when its feature is at most the threshold (Friedman 2001, https://doi.org/10.1214/aos/1013203451).
    `temperature` divides the raw scores before the softmax (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
    """

    names: tuple[str, ...]
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    value: Floats
    roots: Ints
    classes: Ints
    baseline: Floats
    temperature: float

    def probabilities(self, features: Floats) -> Floats:
        """Return (n, classes) for an (n, features) array whose columns follow `names`; rows sum to 1."""
        scores = np.repeat(self.baseline[None, :], len(features), axis=0)
        nodes = np.repeat(self.roots[None, :], len(features), axis=0)
        rows = np.arange(len(features))[:, None]
        is_inner = self.feature[nodes] >= 0
        while is_inner.any():
            column = np.maximum(self.feature[nodes], 0)
            goes_left = features[rows, column] <= self.threshold[nodes]
            nodes = np.where(is_inner, np.where(goes_left, self.left[nodes], self.right[nodes]), nodes)
            is_inner = self.feature[nodes] >= 0
        leaves = self.value[nodes]
        for number in range(len(self.baseline)):
            scores[:, number] += leaves[:, self.classes == number].sum(axis=1)
        return _softmax(scores / self.temperature)

    def save(self, path: Path) -> None:
        """Write the ensemble as one compressed NumPy archive."""
        np.savez_compressed(
            path,
            names=np.array(self.names),
            feature=self.feature,
            threshold=self.threshold,
            left=self.left,
            right=self.right,
            value=self.value,
            roots=self.roots,
            classes=self.classes,
            baseline=self.baseline,
            temperature=np.float32(self.temperature),
        )

    @classmethod
    def load(cls, path: Path) -> TreeEnsemble:
        """Read an ensemble that `save` wrote; raises CheckError when the file is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as archive:
                parts = {name: archive[name] for name in archive.files}
            names = tuple(str(name) for name in parts.pop("names"))
            return cls(names=names, temperature=float(parts.pop("temperature")), **parts)
        except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError) as error:
            raise CheckError(
                f"The verifier model {path.name!r} can't be read: {error}. Reinstall groundwire."
            ) from error


def _softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)
