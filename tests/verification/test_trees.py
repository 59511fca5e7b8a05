import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.errors import CheckError
from groundwire.verification.trees import TreeEnsemble


def ints(*numbers):
    return np.array(numbers, np.int32)


def floats(*numbers):
    return np.array(numbers, np.float32)


def two_trees(temperature=1.0):
    """For class 1: +2 where x > 3, else -1; for class 0: +1 where y > 0 and x > 5, +0.5 where y > 0, else 0."""
    return TreeEnsemble(
        names=("x", "y"),
        feature=ints(0, -1, -1, 1, -1, 0, -1, -1),
        threshold=floats(3, 0, 0, 0, 0, 5, 0, 0),
        left=ints(1, 0, 0, 4, 0, 6, 0, 0),
        right=ints(2, 0, 0, 5, 0, 7, 0, 0),
        value=floats(0, -1, 2, 0, 0, 0, 0.5, 1),
        roots=ints(0, 3),
        classes=ints(1, 0),
        baseline=floats(0.1, 0.2, -0.3),
        temperature=temperature,
    )


def by_hand(x, y, temperature=1.0):
    scores = np.array([0.1 + (0 if y <= 0 else 1 if x > 5 else 0.5), 0.2 + (2 if x > 3 else -1), -0.3]) / temperature
    return np.exp(scores) / np.exp(scores).sum()


@given(
    st.lists(st.tuples(st.floats(-10, 10, width=32), st.floats(-10, 10, width=32)), min_size=1, max_size=20),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_probabilities_are_the_softmax_of_the_leaves(rows, temperature):
    found = two_trees(temperature).probabilities(np.array(rows, np.float32))

    np.testing.assert_allclose(found, [by_hand(x, y, temperature) for x, y in rows], atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_a_value_on_the_threshold_goes_left():
    found = two_trees().probabilities(floats(3, 0).reshape(1, 2))

    np.testing.assert_allclose(found[0], by_hand(3, 0), atol=1e-6)


def test_a_saved_ensemble_reads_the_same(tmp_path):
    ensemble = two_trees(1.7)
    ensemble.save(tmp_path / "decision.npz")
    loaded = TreeEnsemble.load(tmp_path / "decision.npz")
    rows = np.random.default_rng(3).normal(size=(50, 2)).astype(np.float32) * 5

    assert loaded.names == ("x", "y")
    np.testing.assert_allclose(loaded.probabilities(rows), ensemble.probabilities(rows))


@pytest.mark.parametrize("content", [None, b"no archive"], ids=["missing", "damaged"])
def test_an_unreadable_model_says_what_to_do(tmp_path, content):
    path = tmp_path / "decision.npz"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CheckError, match=r"decision\.npz.*Reinstall"):
        TreeEnsemble.load(path)


def test_a_model_without_its_parts_is_unreadable(tmp_path):
    np.savez(tmp_path / "decision.npz", names=np.array(["x"]))

    with pytest.raises(CheckError, match="can't be read"):
        TreeEnsemble.load(tmp_path / "decision.npz")
