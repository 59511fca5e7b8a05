from groundwire.console.curvechart import HEIGHT, WIDTH, precision_recall
from groundwire.domain import Strictness
from groundwire.review.calibration import calibrate
from settled import POLICY, VERIFIER, claims


def chart(made, target=0.9):
    return precision_recall(calibrate(made, policy=POLICY, verifier=VERIFIER, strictness=Strictness(), target=target))


def test_the_curve_leads_through_each_distinct_point_once():
    found = chart(claims(errors=[0.1] * 60, right=[0.45] * 30))

    # All errors are found by the first threshold that objects; the precision falls where false alarms come in.
    assert found.line == f"M{WIDTH}.0 0.0L{WIDTH}.0 {HEIGHT / 3}"
    assert found.band.count("L") == 3
    assert found.band.endswith("Z")


def test_the_thresholds_of_interest_have_their_places():
    found = chart(claims(errors=[0.1] * 60, right=[0.45] * 30))

    assert (found.present.x, found.present.y) == (WIDTH, HEIGHT / 3)
    assert (found.chosen.x, found.chosen.y) == (WIDTH, 0)
    assert found.target_y == 30.0


def test_without_labels_there_is_nothing_to_draw():
    found = chart([])

    assert (found.line, found.band, found.present, found.chosen) == ("", "", None, None)
