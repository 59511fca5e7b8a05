from groundwire.console.charts import HEIGHT, LINE_HEIGHT, WIDTH, Point, trend
from groundwire.domain import Action, Label
from groundwire.events.statistics import HourCount, tally
from stored import NOON, hours_later


def point(hour, bad, good):
    counted = [
        HourCount(hours_later(hour), "", "", "", Action.FLAG, Label.UNSUPPORTED, bad, {}),
        HourCount(hours_later(hour), "", "", "", Action.ALLOW, Label.SUPPORTED, good, {}),
    ]
    return Point(hours_later(hour), tally(counted))


def test_the_line_goes_from_left_to_right_and_up_with_the_rate():
    chart = trend([point(0, 0, 10), point(1, 5, 5)])

    first, second = (tuple(map(float, spot.split())) for spot in chart.line.removeprefix("M").split("L"))
    assert first == (WIDTH / 4, LINE_HEIGHT)
    assert second[0] == 3 * WIDTH / 4
    assert 0 < second[1] < LINE_HEIGHT


def test_an_hour_without_answers_is_a_gap():
    chart = trend([point(0, 1, 9), point(1, 0, 0), point(2, 1, 9)])

    assert chart.line.count("M") == 2
    assert chart.band.count("Z") == 2
    assert chart.columns[1].bar_height == 0


def test_the_hour_with_the_most_answers_has_the_tallest_bar():
    columns = trend([point(0, 0, 100), point(1, 0, 50)]).columns

    assert columns[0].bar_height == 2 * columns[1].bar_height
    assert columns[0].bar_y + columns[0].bar_height == HEIGHT


def test_nothing_is_drawn_above_the_canvas():
    chart = trend([point(0, 1, 0), point(1, 0, 200)])

    assert chart.top == 1.0
    assert "-" not in chart.line + chart.band


def test_without_points_or_answers_there_is_a_chart_all_the_same():
    assert trend([]).line == ""
    assert trend([Point(NOON, tally([]))]).band == ""
