from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.errors import CheckError
from groundwire.verification.decision import Decision


def floats(*numbers):
    return np.array(numbers, np.float32)


def decision(temperature=1.0):
    return Decision(
        names=("x", "y"),
        mean=floats(1, 0),
        scale=floats(2, 1),
        weights=np.array([[1, 0], [0, 1], [-1, -1]], np.float32),
        baseline=floats(0.5, 0, 0),
        temperature=temperature,
    )


def by_hand(x, y, temperature=1.0):
    x, y = np.clip((x - 1) / 2, -4, 4), np.clip(y, -4, 4)
    scores = np.array([x + 0.5, y, -x - y]) / temperature
    return np.exp(scores) / np.exp(scores).sum()


@given(
    st.lists(st.tuples(st.floats(-100, 100, width=32), st.floats(-100, 100, width=32)), min_size=1, max_size=20),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_probabilities_are_the_softmax_of_the_scores(rows, temperature):
    found = decision(temperature).probabilities(np.array(rows, np.float32))

    np.testing.assert_allclose(found, [by_hand(x, y, temperature) for x, y in rows], atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_a_saved_decision_reads_the_same(tmp_path):
    decision(1.7).save(tmp_path / "decision.npz")
    loaded = Decision.load(tmp_path / "decision.npz")
    rows = np.random.default_rng(3).normal(size=(50, 2)).astype(np.float32) * 5

    assert loaded.names == ("x", "y")
    np.testing.assert_allclose(loaded.probabilities(rows), decision(1.7).probabilities(rows))


@pytest.mark.parametrize(
    "content", [None, b"", b"no archive", b"PK\x03\x04 cut"], ids=["missing", "empty", "no", "cut"]
)
def test_an_unreadable_model_says_what_to_do(tmp_path, content):
    path = tmp_path / "decision.npz"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CheckError, match="Reinstall groundwire"):
        Decision.load(path)


def test_the_version_changes_with_every_fitted_number(tmp_path):
    usual = decision(1.7)
    usual.save(tmp_path / "decision.npz")
    others = [
        replace(usual, baseline=floats(0.5, 0, 0.1)),
        replace(usual, temperature=1.1),
        replace(usual, names=("x", "z")),
    ]

    assert Decision.load(tmp_path / "decision.npz").version == usual.version
    assert len({usual.version, *(other.version for other in others)}) == 4
