"""What a model once wrote for a claim, in place of asking it again."""

from __future__ import annotations

import json

from groundwire.domain import Report
from groundwire.protocols import Completion


class Remembered:
    """Answers like the model that once reworded claims of a report: with its words then, and none for other claims."""

    def __init__(self, report: Report) -> None:
        pairs = zip(report.verdicts, report.mended, strict=False)
        self._texts = {verdict.claim.text: text for verdict, text in pairs if text and text != verdict.corrected_text}

    @property
    def is_empty(self) -> bool:
        """Whether the model wrote nothing that was kept."""
        return not self._texts

    async def __call__(self, instructions: str, material: str) -> Completion:
        """Return the texts for the claims in the material, in the shape that a model is asked for."""
        asked = json.loads(material)["claims"]
        claims = [{"id": one["id"], "text": self._texts.get(one["text"], "")} for one in asked]
        return Completion(json.dumps({"claims": claims}))
