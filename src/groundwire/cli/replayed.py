"""What a replay found, as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from groundwire.events.codec import to_plain
from groundwire.replay.outcomes import ClaimChange, Replay
from groundwire.replay.service import Preview
from groundwire.replay.traffic import Summary

_SHOWN_CHARS = 100


def as_json(found: Preview) -> str:
    """Return everything that was found as one JSON object."""
    return json.dumps(to_plain(found), indent=2, ensure_ascii=True)


def as_text(found: Preview) -> str:
    """Return the flips, what could not be replayed, and the numbers."""
    lines = [line for replay in found.flips for line in _flip(replay)]
    lines += [line for replay in found.failures for line in _failure(replay)]
    listed = len(found.flips)
    if found.summary.flipped > listed:
        lines += [f"… and {found.summary.flipped - listed} more answers that flip", ""]
    return "\n".join([*lines, *_numbers(found.summary)])


def _flip(replay: Replay) -> Iterator[str]:
    before, after = replay.before, replay.after
    assert after is not None
    moved = f"{before.action.value} → {after.action.value}" if before.action != after.action else before.action.value
    yield f"{replay.event_id}  {replay.created_at:%Y-%m-%d %H:%M}  {moved}"
    yield from (line for claim in replay.flips for line in _claim(claim))
    yield from (f"    {note}" for note in replay.notes)
    if before.delivered != after.delivered:
        yield f"    delivered before: {_shown(before.delivered)}"
        yield f"    delivered now:    {_shown(after.delivered)}"
    yield ""


def _claim(claim: ClaimChange) -> Iterator[str]:
    assert claim.before is not None
    assert claim.after is not None
    yield f"    {claim.before.value} → {claim.after.value}: {_shown(claim.text)}"
    yield f"        {claim.why}"


def _failure(replay: Replay) -> Iterator[str]:
    assert replay.refusal is not None
    yield f"{replay.event_id}  {replay.created_at:%Y-%m-%d %H:%M}  not replayed: {replay.refusal.reason}"
    yield ""


def _numbers(summary: Summary) -> Iterator[str]:
    yield f"{summary.replayed} of {summary.matching} answers replayed, {summary.verified} of them verified anew"
    if summary.failed:
        reasons = ", ".join(f"{count} {obstacle.value}" for obstacle, count in summary.obstacles.items())
        yield f"{summary.failed} could not be replayed: {reasons}"
    if summary.left_out:
        yield f"{summary.left_out} older ones were left out"
    yield f"{summary.flipped} answers flip, {summary.flipped_claims} of {summary.claims} verdicts"
    for move in summary.moves:
        if move.before is not move.after:
            yield f"    {move.before.value:>8} → {move.after.value:<8} {move.events}"
    for label in summary.label_moves:
        yield f"    {label.before.value:>12} → {label.after.value:<12} {label.claims} claims"


def _shown(text: str) -> str:
    line = " ".join(text.split()).encode("utf-8", "replace").decode()
    return line if len(line) <= _SHOWN_CHARS else f"{line[:_SHOWN_CHARS]}…"
