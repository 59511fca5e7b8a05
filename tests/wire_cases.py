"""What a client sees in each case, on every endpoint: the tests assert it, and the documentation prints it."""

from dataclasses import dataclass

from groundwire.policy.policy import BLOCKED_MESSAGE

FIRST = "The fee is 5."
# What comes out, as the documentation says it.
TEXTS = {
    "as the upstream wrote it": "{answer}",
    "corrected": f"{FIRST} It is right.",
    "the policy's message": BLOCKED_MESSAGE,
    "what was released, then the policy's message": f"{FIRST}\n\n{BLOCKED_MESSAGE}",
    "none": "",
}


@dataclass(frozen=True)
class Case:
    """One row: what happens, and what the client gets. `claim` follows a supported one in the answer."""

    name: str
    is_stream: bool
    status: int
    text: str
    finish: str
    response: str
    action: str
    claim: str = "It is wrong."
    policy: str = "default"
    is_down: bool = False
    block_status: int = 200

    @property
    def answer(self) -> str:
        return f"{FIRST} {self.claim}"

    @property
    def delivered(self) -> str:
        return TEXTS[self.text].format(answer=self.answer)


def _both(name, whole, stream, **options):
    return [Case(name, is_stream, *row, **options) for is_stream, row in ((False, whole), (True, stream))]


_AS_IT_WAS = (200, "as the upstream wrote it", "stop", "completed")
_CORRECTED = (200, "corrected", "stop", "completed", "rewrite")
_MESSAGE = (200, "the policy's message", "content_filter", "incomplete", "block")
_CUT = (200, "what was released, then the policy's message", "content_filter", "incomplete", "block")

CASES = [
    *_both("allow", (*_AS_IT_WAS, "allow"), (*_AS_IT_WAS, "allow"), claim="So is 6."),
    *_both("flag", (*_AS_IT_WAS, "flag"), (*_AS_IT_WAS, "flag"), claim="It is perhaps 9."),
    *_both("rewrite", _CORRECTED, _CORRECTED),
    *_both("block", _MESSAGE, _CUT, policy="strict"),
    *_both("block, `block_status: 400`", (400, "none", "-", "-", "block"), _CUT, policy="strict", block_status=400),
    *_both("shadow", (*_AS_IT_WAS, "rewrite"), (*_AS_IT_WAS, "rewrite"), policy="shadow"),
    *_both("guard fails, policy open", (*_AS_IT_WAS, "flag"), (*_AS_IT_WAS, "flag"), policy="open", is_down=True),
    *_both("guard fails, policy closed", (503, "none", "-", "-", "-"), _MESSAGE, is_down=True),
]


def table():
    """Return the rows as a Markdown table."""
    head = "| case | stream | status | text | `finish_reason` | response `status` | `grounding.action` |"
    rows = [head, "|---|---|---|---|---|---|---|"]
    for case in CASES:
        ends = [f"`{end}`" if end != "-" else "" for end in (case.finish, case.response, case.action)]
        cells = [case.name, "yes" if case.is_stream else "no", str(case.status), case.text, *ends]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(row.replace("|  |", "| |").replace("|  |", "| |") for row in rows)
