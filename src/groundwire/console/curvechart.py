"""Curves as paths of SVG, drawn by the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundwire.review.calibration import Calibration
from groundwire.review.curves import Point

WIDTH, HEIGHT = 600, 300


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a chart in its coordinates, from the top left."""

    x: float
    y: float
    point: Point


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """The precision over the recall: a line, the band of its 95 % intervals, and the thresholds of interest.

    Both axes run from 0 to 1; `band` is empty where there is no line.
    """

    line: str
    band: str
    target_y: float
    present: Dot | None
    chosen: Dot | None


def precision_recall(found: Calibration) -> PrecisionRecall:
    """Return the chart of a calibration."""
    points = _distinct(point for point in found.curve if point.precision.share is not None)
    upper = [(_x(point), _y(point.precision.high)) for point in points]
    lower = [(_x(point), _y(point.precision.low)) for point in points]
    return PrecisionRecall(
        line=_path([(_x(point), _y(point.precision.share or 0.0)) for point in points]),
        band=f"{_path([*upper, *reversed(lower)])}Z" if points else "",
        target_y=_y(found.target),
        present=_dot(found.present),
        chosen=_dot(found.fit.point) if found.fit else None,
    )


def _distinct(points: Iterable[Point]) -> list[Point]:
    """Thresholds between which no claim lies come to the same."""
    found: list[Point] = []
    for point in points:
        if not found or (found[-1].precision, found[-1].recall) != (point.precision, point.recall):
            found.append(point)
    return found


def _dot(point: Point) -> Dot | None:
    if point.precision.share is None:
        return None
    return Dot(_x(point), _y(point.precision.share), point)


def _x(point: Point) -> float:
    return round(WIDTH * (point.recall.share or 0.0), 1)


def _y(share: float) -> float:
    return round(HEIGHT * (1.0 - share), 1)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(places))
