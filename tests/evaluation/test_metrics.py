import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

from groundwire.evaluation.metrics import (
    auc,
    balanced_accuracy,
    calibration_error,
    f1,
    false_alarms,
    precision,
    recall,
    share,
)

NAN = math.nan
# Ten items: of four bad ones three are flagged, of six good ones two.
BAD = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
FLAGGED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]


def flags(values):
    return np.array(values, dtype=bool)


def once(items):
    return np.ones((1, len(items)))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [(precision, 3 / 5), (recall, 3 / 4), (f1, 6 / 9), (false_alarms, 2 / 6), (balanced_accuracy, (3 / 4 + 4 / 6) / 2)],
)
def test_counts_by_hand(measure, expected):
    assert measure(once(BAD), flags(BAD), flags(FLAGGED)) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("measure", "bad", "flagged", "expected"),
    [
        pytest.param(precision, [1, 0], [0, 0], NAN, id="precision of nothing flagged"),
        pytest.param(recall, [0, 0], [1, 0], NAN, id="recall of nothing bad"),
        pytest.param(f1, [0, 0], [0, 0], NAN, id="f1 of nothing at all"),
        pytest.param(f1, [1, 0], [0, 0], 0.0, id="f1 of nothing flagged"),
        pytest.param(f1, [0, 0], [1, 0], 0.0, id="f1 of nothing bad"),
        pytest.param(false_alarms, [1, 1], [1, 0], NAN, id="false alarms without good ones"),
        pytest.param(balanced_accuracy, [1, 1], [1, 0], NAN, id="balanced accuracy without good ones"),
    ],
)
def test_what_is_not_defined_is_nan(measure, bad, flagged, expected):
    assert measure(once(bad), flags(bad), flags(flagged)) == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize(
    ("bad", "scores", "expected"),
    [
        pytest.param([1, 0], [0.9, 0.1], 1.0, id="right order"),
        pytest.param([1, 0], [0.1, 0.9], 0.0, id="wrong order"),
        pytest.param([1, 0], [0.4, 0.4], 0.5, id="a tie is half"),
        pytest.param([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1], 3 / 4, id="one pair of four is wrong"),
        pytest.param([1, 1, 0, 0, 0], [3, 1, 1, 1, 0], (3 + 0.5 + 0.5 + 1) / 6, id="ties among more"),
        pytest.param([1, 1], [0.9, 0.1], NAN, id="nothing good"),
        pytest.param([0], [0.9], NAN, id="nothing bad"),
        pytest.param([], [], NAN, id="nothing"),
    ],
)
def test_auc_by_hand(bad, scores, expected):
    assert auc(once(bad), flags(bad), scores) == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize(
    ("happened", "probabilities", "expected"),
    [
        pytest.param([1, 0], [1.0, 0.0], 0.0, id="sure and right"),
        pytest.param([0, 1], [1.0, 0.0], 1.0, id="sure and wrong"),
        pytest.param([1, 0], [0.5, 0.5], 0.0, id="half of the halves"),
        # Bins of 1/15: .81 and .85 share one, .05 has its own; |.83 - .5| * 2/3 + |.05 - 0| * 1/3.
        pytest.param([1, 0, 0], [0.81, 0.85, 0.05], 0.33 * 2 / 3 + 0.05 / 3, id="two bins"),
        pytest.param([], [], NAN, id="nothing"),
    ],
)
def test_calibration_error_by_hand(happened, probabilities, expected):
    found = calibration_error(once(happened), flags(happened), probabilities)
    assert found == pytest.approx([expected], nan_ok=True)


def test_share_divides_sums():
    assert share(np.array([[1.0, 1.0], [3.0, 0.0]]), [1, 4], [2, 8]) == pytest.approx([5 / 10, 3 / 6])


ITEMS = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 5)), min_size=2, max_size=30)


def arrays(items):
    bad, flagged, scores = zip(*items, strict=True)
    return flags(bad), flags(flagged), np.array(scores, dtype=float)


@given(ITEMS.filter(lambda items: len({bad for bad, _, _ in items}) == 2))
def test_agrees_with_scikit_learn(items):
    bad, flagged, scores = arrays(items)
    theirs = [
        precision_score(bad, flagged, zero_division=np.nan),
        recall_score(bad, flagged),
        f1_score(bad, flagged),
        balanced_accuracy_score(bad, flagged),
        roc_auc_score(bad, scores),
    ]
    ours = [measure(once(bad), bad, flagged)[0] for measure in (precision, recall, f1, balanced_accuracy)]
    assert [*ours, auc(once(bad), bad, scores)[0]] == pytest.approx(theirs, nan_ok=True)


@given(ITEMS, st.data())
def test_a_weight_is_worth_as_many_items(items, data):
    counts = data.draw(st.lists(st.integers(0, 3), min_size=len(items), max_size=len(items)))
    weights = np.array([counts, [1] * len(items)], dtype=float)
    repeated = [item for item, count in zip(items, counts, strict=True) for _ in range(count)]
    for measure in MEASURES:
        weighted = measure(weights, *arrays(items))
        expected = measure(once(repeated), *arrays(repeated))[0] if repeated else NAN
        assert weighted[0] == pytest.approx(expected, nan_ok=True)
        assert weighted[1] == pytest.approx(measure(once(items), *arrays(items))[0], nan_ok=True)


MEASURES = [
    lambda weights, bad, flagged, scores: f1(weights, bad, flagged),
    lambda weights, bad, flagged, scores: balanced_accuracy(weights, bad, flagged),
    lambda weights, bad, flagged, scores: auc(weights, bad, scores),
    lambda weights, bad, flagged, scores: calibration_error(weights, bad, scores / 5),
]


@given(ITEMS)
def test_auc_depends_on_the_order_alone(items):
    bad, _, scores = arrays(items)
    plain = auc(once(bad), bad, scores)
    assert auc(once(bad), bad, scores**3 - 7) == pytest.approx(plain, nan_ok=True)
    assert auc(once(bad), bad, -scores) == pytest.approx(1 - plain, nan_ok=True)
