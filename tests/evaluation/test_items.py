import pytest

from groundwire.evaluation.bootstrap import Figure, Resampler
from groundwire.evaluation.items import Items, by_name

# Bad, flagged, score, answer: of three bad ones two are flagged, of three good ones one.
ROWS = [
    (True, True, 0.9, 0),
    (True, True, 0.8, 0),
    (True, False, 0.3, 1),
    (False, True, 0.6, 1),
    (False, False, 0.2, 2),
    (False, False, 0.1, 2),
]


def items(rows=ROWS):
    return Items.of(rows, Resampler(3, resamples=20))


def test_detection_by_hand():
    found = items().detection()
    values = [found.precision, found.recall, found.f1, found.balanced_accuracy, found.auc, found.clean_flagged]
    assert (found.n, found.bad) == (6, 3)
    assert [figure.value for figure in values] == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2 / 3, 8 / 9, 1 / 3])


def test_some_of_the_items():
    found = items().only([0, 4]).detection()
    assert (found.n, found.bad, found.f1.value, found.auc.value) == (2, 1, 1.0, 1.0)


def test_a_kind_and_its_retrieved_items():
    found = items().kind([0, 2, 3], [True, False, True])
    assert (found.n, found.bad) == (3, 2)
    assert [found.recall.value, found.recall_retrieved.value, found.false_alarms.value] == [0.5, 1.0, 1.0]
    assert items().kind([4]).recall == Figure()


def test_baselines_on_the_same_items():
    found = items().baselines([0.9, 0.8, 0.7, 0.1, 0.1, 0.1], [1, 1, 1, 2, 2, 2])
    assert [found[name].auc.value for name in ("word_overlap", "length", "always_bad")] == [1.0, 0.0, 0.5]
    assert found["always_bad"].f1.value == pytest.approx(2 / 3)
    assert found["always_bad"].balanced_accuracy.value == 0.5
    assert "always bad" in found["length"].chosen_on


def test_with_enough_items_thresholds_are_chosen_on_the_other_half():
    rows = [(place % 2 == 0, False, 0.0, place) for place in range(40)]
    scores = [float(is_bad) for is_bad, *_ in rows]
    found = Items.of(rows, Resampler(40, resamples=20)).baselines(scores, [1] * 40)
    assert found["word_overlap"].chosen_on == "the other half of the file"
    assert (found["word_overlap"].f1.value, found["word_overlap"].balanced_accuracy.value) == (1.0, 1.0)


def test_no_items_give_no_figures():
    found = items([]).detection()
    assert (found.n, found.f1, found.auc) == (0, Figure(), Figure())


def test_places_by_name():
    assert list(by_name(["b", "a", "b"]).items()) == [("a", [1]), ("b", [0, 2])]
