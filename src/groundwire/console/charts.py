"""The geometry of charts. Templates draw them as SVG; the numbers here are places on a canvas of fixed size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groundwire.events.statistics import Tally

WIDTH, HEIGHT = 600, 180
# The line has the upper part, the bars that tell how many answers there were the lower one.
LINE_HEIGHT, BAR_TOP = 126, 140
_TOPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
_HEADROOM = 1.3


@dataclass(frozen=True, slots=True)
class Point:
    """The numbers of one hour or day."""

    moment: datetime
    tally: Tally


@dataclass(frozen=True, slots=True)
class Column:
    """The place of a point: `x` and `width` of its part of the canvas, `bar_y` and `bar_height` of its bar."""

    point: Point
    x: float
    width: float
    bar_y: float
    bar_height: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A line with the band of its 95 % interval over bars; `top` is the share at the upper edge.

    `line`, `dots` and `band` are SVG paths; hours or days without judged answers leave a gap.
    """

    columns: Sequence[Column]
    line: str
    dots: str
    band: str
    top: float


def trend(points: Sequence[Point]) -> Trend:
    """Return the chart of these points, which follow each other in time."""
    width = WIDTH / max(1, len(points))
    top = _top([point.tally.hallucination_rate.share or 0.0 for point in points])
    most = max((point.tally.answers for point in points), default=0) or 1
    columns = [_column(point, place * width, width, point.tally.answers / most) for place, point in enumerate(points)]
    runs = _runs(columns)
    line = " ".join(_path([_spot(column, _share(column), top) for column in run]) for run in runs)
    dots = " ".join(f"M{_spot(column, _share(column), top)}h0" for run in runs for column in run)
    return Trend(columns, line, dots, " ".join(_band(run, top) for run in runs), top)


def _column(point: Point, x: float, width: float, part: float) -> Column:
    height = (HEIGHT - BAR_TOP) * part
    return Column(point, round(x, 2), round(width, 2), round(HEIGHT - height, 2), round(height, 2))


def _top(shares: Sequence[float]) -> float:
    highest = max(shares, default=0.0) * _HEADROOM
    return next((top for top in _TOPS if top >= highest), 1.0)


def _runs(columns: Sequence[Column]) -> list[list[Column]]:
    """Stretches without a gap."""
    runs: list[list[Column]] = [[]]
    for column in columns:
        if column.point.tally.hallucination_rate.share is None:
            runs.append([])
        else:
            runs[-1].append(column)
    return [run for run in runs if run]


def _share(column: Column) -> float:
    return column.point.tally.hallucination_rate.share or 0.0


def _spot(column: Column, share: float, top: float) -> str:
    x = column.x + column.width / 2
    y = LINE_HEIGHT * (1 - min(share, top) / top)
    return f"{x:.1f} {y:.1f}"


def _band(run: Sequence[Column], top: float) -> str:
    upper = [_spot(column, column.point.tally.hallucination_rate.high, top) for column in run]
    lower = [_spot(column, column.point.tally.hallucination_rate.low, top) for column in reversed(run)]
    return _path([*upper, *lower]) + "Z"


def _path(spots: Sequence[str]) -> str:
    return "M" + "L".join(spots)
