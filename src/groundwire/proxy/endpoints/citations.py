"""Evidence as annotations of the Responses API: each claim that a document carries is followed by its citation."""

from __future__ import annotations

from groundwire.domain import Label, Mode
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.jsontext import JsonObject


def file_citations(checked: CheckedAnswer, delivered: str) -> list[JsonObject]:
    """Return one `file_citation` for each claim of the delivered text that has evidence for it, in order.

    `index` is the character of the text where the claim ends. There are none unless the policy asks for them, and
    none in shadow mode, which changes nothing, or in JSON.
    """
    context = checked.context
    if not context.policy.citations or context.mode is not Mode.ENFORCE or context.is_structured:
        return []
    found: list[JsonObject] = []
    reached = 0
    for ruling in checked.rulings:
        verdict = ruling.verdict
        text = verdict.claim.text if ruling.mended is None else ruling.mended
        at = delivered.find(text, reached) if text else -1
        if at < 0:
            continue
        reached = at + len(text)
        if verdict.evidence and (verdict.label is Label.SUPPORTED or ruling.mended):
            evidence = verdict.evidence[0]
            name = {"file_id": evidence.document_id, "filename": evidence.title}
            found.append({"type": "file_citation", **name, "index": reached})
    return found
