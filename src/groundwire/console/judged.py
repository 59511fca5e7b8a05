"""What the page of an event shows: its claims with their evidence, and what was delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from groundwire.console.answers import Changed, Piece, changes_between, deciding_words, pieces_of
from groundwire.console.texts import Run
from groundwire.domain import Action, Event, Evidence, Label, Mode, Source, ToolCall, Verdict
from groundwire.knowledge.surroundings import Surroundings, surroundings
from groundwire.storage.database import Database

# More than a person reads on one page; the rest is in the export.
_MOST_EVIDENCE = 100
_AROUND_CHARACTERS = 120
_WORST_FIRST = (Label.CONTRADICTED, Label.UNSUPPORTED, Label.UNVERIFIED, Label.SUPPORTED)


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """A piece of evidence: its words in parts, each with whether it decides, and what stands around them.

    `link` leads to the very place in the console; empty for what is not in the knowledge base.
    """

    evidence: Evidence
    parts: Sequence[tuple[str, bool]]
    around: Surroundings | None
    link: str

    @property
    def quoted(self) -> list[Run]:
        """The quote, marked."""
        return [Run(text, is_marked=True, is_decisive=decides) for text, decides in self.parts]

    @property
    def surrounded(self) -> list[Run]:
        """The quote, marked, with what stands around it."""
        before, after = (self.around.before, self.around.after) if self.around else ("", "")
        return [Run(before.lstrip("\n"), is_around=True), *self.quoted, Run(after.rstrip(), is_around=True)]


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim with its verdict; `number` counts from 1, `mended` is what stands in its place, None where it stays."""

    number: int
    verdict: Verdict
    evidence: tuple[ShownEvidence, ...]
    mended: str | None


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A tool call, its arguments in pieces."""

    call: ToolCall
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer in pieces, the tool calls beside it, its claims, and the position of the worst one (None: no claim).

    `changes` tell what the client got instead of the upstream's words; empty where it got these, and where the answer
    was blocked, for then it got the policy's message. `is_mended`: what is said to stand in the place of claims was
    delivered.
    """

    pieces: Sequence[Piece]
    calls: Sequence[ShownCall]
    claims: Sequence[ShownClaim]
    worst: int | None
    changes: Sequence[Changed]
    is_blocked: bool
    is_mended: bool


def shown_answer(event: Event, database: Database) -> ShownAnswer:
    """Return an event's answer as its page shows it; reads a few words around each piece of evidence."""
    report = event.report
    verdicts = list(enumerate(report.verdicts))
    is_blocked = event.action is Action.BLOCK and event.mode is Mode.ENFORCE
    wrote = "\n".join(filter(None, (report.answer, *(f"{call.name}({call.arguments})" for call in report.calls))))
    is_changed = event.delivered not in (wrote, report.answer) and not is_blocked
    return ShownAnswer(
        pieces=pieces_of(report.answer, [each for each in verdicts if not each[1].claim.target]),
        calls=[ShownCall(call, pieces_of(call.arguments, _on(call, verdicts))) for call in report.calls],
        claims=list(_claims(event, database)),
        worst=min((place for place, _ in verdicts), key=lambda place: _badness(report.verdicts[place]), default=None),
        changes=changes_between(wrote, event.delivered) if is_changed else (),
        is_blocked=is_blocked,
        is_mended=event.action is Action.REWRITE and event.mode is Mode.ENFORCE,
    )


def _badness(verdict: Verdict) -> tuple[int, float]:
    return _WORST_FIRST.index(verdict.label), verdict.support


def _on(call: ToolCall, verdicts: Sequence[tuple[int, Verdict]]) -> list[tuple[int, Verdict]]:
    return [each for each in verdicts if each[1].claim.target and each[1].claim.target.startswith(call.target)]


def _claims(event: Event, database: Database) -> Iterator[ShownClaim]:
    around = _around(event, database)
    mended = event.report.mended
    for place, verdict in enumerate(event.report.verdicts):
        evidence = tuple(_evidence(event, verdict, each, around.get(each)) for each in verdict.evidence)
        yield ShownClaim(place + 1, verdict, evidence, mended[place] if place < len(mended) else None)


def _evidence(event: Event, verdict: Verdict, evidence: Evidence, around: Surroundings | None) -> ShownEvidence:
    link = document_link(evidence, event.collections) if evidence.source is Source.KNOWLEDGE_BASE else ""
    return ShownEvidence(evidence, deciding_words(evidence.quote, verdict), around, link)


def document_link(evidence: Evidence, collections: Sequence[str]) -> str:
    """Return where the console shows these words in their document."""
    place = {"version": evidence.version, "start": evidence.start, "end": evidence.end}
    query = urlencode({"in": ",".join(collections), **place})
    return f"/console/documents/{quote(evidence.document_id, errors='replace')}?{query}#quote"


def _around(event: Event, database: Database) -> Mapping[Evidence, Surroundings]:
    cited = dict.fromkeys(evidence for verdict in event.report.verdicts for evidence in verdict.evidence)
    stored = [evidence for evidence in cited if evidence.source is Source.KNOWLEDGE_BASE][:_MOST_EVIDENCE]
    found = dict(zip(stored, surroundings(database, event.collections, stored, _AROUND_CHARACTERS), strict=True))
    return {evidence: around for evidence, around in found.items() if around} | dict(_around_sent(event, cited))


def _around_sent(event: Event, cited: Mapping[Evidence, None]) -> Iterator[tuple[Evidence, Surroundings]]:
    """What stands around words of documents that came with the request."""
    texts = {document.id: document.text for document in event.question.documents}
    for evidence in cited:
        text = texts.get(evidence.document_id, "")
        if evidence.source is not Source.KNOWLEDGE_BASE and text[evidence.start : evidence.end] == evidence.quote:
            first = max(evidence.start - _AROUND_CHARACTERS, 0)
            after = text[evidence.end : evidence.end + _AROUND_CHARACTERS]
            yield evidence, Surroundings(text[first : evidence.start], after, "")
