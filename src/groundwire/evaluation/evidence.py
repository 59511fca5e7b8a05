"""Evidence that came with an answer, as the text that the check reads."""

from __future__ import annotations

import json

from groundwire.knowledge.structured import json_to_markdown


def evidence_text(value: object) -> str:
    """Return given evidence as text; JSON, as text or already parsed, is read as a JSON document would be."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return json_to_markdown(json.dumps(value))
    if value.lstrip()[:1] in ("{", "["):
        try:
            return json_to_markdown(value)
        except (ValueError, RecursionError):
            return value
    return value
