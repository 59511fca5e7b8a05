"""From what was measured about a claim to its verdict: label, reason, evidence, corrections, words not carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundwire.documents.blocks import plain
from groundwire.domain import Claim, Correction, Evidence, Label, Strictness, Verdict
from groundwire.values import compare, describe, render_like
from groundwire.verification.binding import AGAINST, Binding, Bond
from groundwire.verification.cells import SAME
from groundwire.verification.features import Preparation
from groundwire.verification.polarity import opposites, polarity
from groundwire.verification.units import Reading
from groundwire.verification.words import Word

Span = tuple[int, int]
_MOST_EVIDENCE = 3
_QUOTED_CHARS = 160


def verdict(
    prepared: Preparation,
    nearest: Sequence[Reading],
    chances: Mapping[Label, float],
    wrong: Sequence[Span],
    limits: Strictness,
) -> Verdict:
    """Return the verdict on one claim.

    `nearest` are the chosen readings, the most telling first; `chances` holds the probability of each label; `wrong`
    are the spans of the claim's text that the model says no evidence carries.
    """
    label = limits.label_of(chances[Label.SUPPORTED], chances[Label.CONTRADICTED])
    if label is Label.CONTRADICTED and not nearest:
        label = Label.UNSUPPORTED
    against = [binding for binding in prepared.bindings if binding.bond in AGAINST]
    readings = _telling(prepared, nearest, against if label is Label.CONTRADICTED else ())
    claim = prepared.claim
    return Verdict(
        claim=claim,
        label=label,
        support=chances[Label.SUPPORTED],
        reason=_reason(prepared, label, against, readings, wrong),
        evidence=tuple(_evidence(prepared, reading) for reading in readings),
        corrections=tuple(_corrections(claim, against)) if label is Label.CONTRADICTED else (),
        spans=() if label is Label.SUPPORTED else tuple(_spans(prepared, against, wrong)),
        contradiction=chances[Label.CONTRADICTED],
    )


def _telling(prepared: Preparation, nearest: Sequence[Reading], against: Sequence[Binding]) -> list[Reading]:
    """The statements a person should read first: those with the deciding values, then the nearest ones."""
    deciding = [binding.unit.reading for binding in against if binding.unit and _is_decided(binding)]
    doubted = [binding.unit.reading for binding in against if binding.unit and not _is_decided(binding)]
    carrying = [binding.unit.reading for binding in prepared.bindings if binding.unit and binding.bond is Bond.EQUAL]
    ranked = [*deciding, *nearest[:1], *doubted, *nearest]
    if not against:
        # The nearest statement may be a sibling's; what holds the claim's values is what supports it.
        ranked = sorted([*nearest[:1], *carrying, *nearest], key=lambda reading: -_held(prepared, reading))
    unique = list({(one.passage.document_id, one.statement.start): one for one in ranked}.values())
    return unique[:_MOST_EVIDENCE]


def _held(prepared: Preparation, reading: Reading) -> int:
    """Return how many of the claim's values a statement holds."""
    values = [binding.value for binding in prepared.bindings]
    return sum(any(compare(mine, theirs) in SAME for theirs in reading.values) for mine in values)


def _evidence(prepared: Preparation, reading: Reading) -> Evidence:
    passage, statement = reading.passage, reading.statement
    similarity = next((hit.similarity for hit in prepared.hits if hit.passage.id == passage.id), 0.0)
    return Evidence(
        document_id=passage.document_id,
        version=passage.version,
        title=passage.title,
        quote=statement.text,
        start=statement.start,
        end=statement.end,
        source=passage.source,
        headings=passage.headings,
        url=passage.url,
        similarity=similarity,
    )


def _corrections(claim: Claim, against: Sequence[Binding]) -> list[Correction]:
    """A wrong correction is worse than none: without one, the claim is removed."""
    edits = []
    for binding in against:
        value, other = binding.value, binding.other
        if other is None or not binding.is_sure:
            continue
        replacement = render_like(other, value)
        if replacement != value.text:
            edits.append(Correction(claim.start + value.start, claim.start + value.end, replacement))
    return edits


def _spans(prepared: Preparation, against: Sequence[Binding], wrong: Sequence[Span]) -> list[Span]:
    """Offsets into the answer, apart and in order: wrong values, words the model marks, else words found nowhere."""
    base = prepared.claim.start
    found = [(binding.value.start, binding.value.end) for binding in against if _is_decided(binding)]
    found += [span for span in wrong if not any(span[0] < end and start < span[1] for start, end in found)]
    if not found:
        found = [(binding.value.start, binding.value.end) for binding in against]
    if not found:
        found = [(word.start, word.end) for word in _unseen(prepared)]
    return [(base + start, base + end) for start, end in sorted(found)]


def _reason(
    prepared: Preparation, label: Label, against: Sequence[Binding], readings: Sequence[Reading], wrong: Sequence[Span]
) -> str:
    if label is Label.SUPPORTED:
        return _supported_reason(prepared, readings)
    if label is Label.CONTRADICTED:
        return _contradicted_reason(prepared, against, readings)
    missing = [binding for binding in prepared.bindings if binding.bond is Bond.MISSING]
    if missing:
        return f"no document says {_listed([describe(binding.value) for binding in missing])} of this"
    if unseen := _unseen(prepared):
        return f"no document mentions {_listed([_text(prepared, word) for word in unseen])}"
    if wrong:
        return f"no document carries {_listed([prepared.claim.text[start:end] for start, end in wrong])}"
    return "no document settles this" + (f"; the nearest passage says {_quoted(readings[0])}" if readings else "")


def _supported_reason(prepared: Preparation, readings: Sequence[Reading]) -> str:
    derived = [binding.note for binding in prepared.bindings if binding.bond is Bond.DERIVED and binding.note]
    if derived:
        return f"follows from the documents: {derived[0]}"
    if any(binding.bond is Bond.RESTATED for binding in prepared.bindings):
        return "repeats what the user said"
    return f"document says {_quoted(readings[0])}" if readings else "carried by the conversation"


def _contradicted_reason(prepared: Preparation, against: Sequence[Binding], readings: Sequence[Reading]) -> str:
    told = [
        f"document says {_said(binding)}, answer says {describe(binding.value)}"
        for binding in against
        if _is_decided(binding)
    ]
    if told:
        return "; ".join(dict.fromkeys(told))
    claim = polarity(prepared.claim.text)
    for reading in readings:
        if pairs := opposites(claim, reading.polarity):
            mine, theirs = pairs[0]
            return f"document says {theirs!r}, answer says {mine!r}: {_quoted(reading)}"
    if readings and (claim.negations > 0) != (readings[0].polarity.negations > 0):
        turned = "denies what the document says" if claim.negations else "says what the document denies"
        return f"answer {turned}: {_quoted(readings[0])}"
    if against and readings:
        doubted = _listed([describe(binding.value) for binding in against])
        return f"document does not say {doubted}: {_quoted(readings[0])}"
    return f"document says otherwise: {_quoted(readings[0])}" if readings else "the documents say otherwise"


def _is_decided(binding: Binding) -> bool:
    return binding.is_sure or binding.is_named


def _said(binding: Binding) -> str:
    """What stands in the value's place: another value, or the word of a cell, such as "none"."""
    if binding.other:
        return describe(binding.other)
    return binding.unit.text.strip("*_ ") if binding.unit else "nothing"


def _unseen(prepared: Preparation) -> list[Word]:
    return [word for word in prepared.words if word.stem not in prepared.seen]


def _text(prepared: Preparation, word: Word) -> str:
    return prepared.claim.text[word.start : word.end]


def _listed(texts: Sequence[str]) -> str:
    shown = list(dict.fromkeys(repr(text) for text in texts))[:3]
    return " or ".join(shown)


def _quoted(reading: Reading) -> str:
    text = " ".join(plain(reading.rendered).split())
    return f'"{text}"' if len(text) <= _QUOTED_CHARS else f'"{text[:_QUOTED_CHARS].rsplit(" ", 1)[0]} …"'
