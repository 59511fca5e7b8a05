"""A round trip with a planted mistake: proves from the client's side that guard, knowledge base and log work."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from groundwire.api.authentication import requires
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import Services, ServicesOf, knowledge_sizes
from groundwire.domain import Action, Label, Mode, Question, Source, SourceDocument, Turn
from groundwire.errors import GroundwireError
from groundwire.events.rows import SELFTEST_ENDPOINT
from groundwire.keys.gate import Identity
from groundwire.keys.roles import Permission
from groundwire.policy.policy import Limits, Policy
from groundwire.proxy.answering import CheckContext, CheckedAnswer

logger = logging.getLogger(__name__)
router = APIRouter(prefix=PREFIX, tags=["check"], responses=ERRORS)
Caller = Annotated[Identity, Depends(requires(Permission.CHECK))]

TRUTH = "Returns are accepted within 14 days of delivery."
RIGHT = "Returns are accepted within 14 days of delivery."
WRONG = "Returns are accepted within 45 days of delivery."
_QUESTION = Question(
    (Turn("user", "How long can I return an order?"),), (SourceDocument("selftest", "Returns", TRUTH),)
)
# The planted document alone decides, whatever the configured policies and the knowledge base say.
_POLICY = Policy("selftest", sources=frozenset((Source.REQUEST_DOCUMENTS,)), limits=Limits(budget_s=10.0))


class Step(BaseModel):
    """One thing that was proved, or not: how long it took in milliseconds, and what was seen."""

    name: str
    ok: bool
    ms: float
    detail: str


class SelftestReply(BaseModel):
    """Whether every step went well, and each of them."""

    ok: bool
    steps: tuple[Step, ...]


class _Failed(Exception):
    """A step saw something else than it should have."""


@router.post("/selftest", response_model=SelftestReply)
async def selftest(services: ServicesOf, caller: Caller) -> Response:
    """Check a right and a wrong answer, and read back what was stored; nothing of it counts in the statistics."""
    trial = _Trial(services, caller)
    steps = [
        await _step("knowledge_base", trial.knowledge_base),
        await _step("guard_finds_a_mistake", trial.mistake),
        await _step("guard_accepts_the_truth", trial.truth),
        await _step("log", trial.log),
    ]
    reply = SelftestReply(ok=all(step.ok for step in steps), steps=tuple(steps))
    return json_response(reply.model_dump())


class _Trial:
    """The steps; each returns what it saw and raises when that is not as it should be."""

    def __init__(self, services: Services, caller: Identity) -> None:
        self._services = services
        self._caller = caller
        self._checked: list[CheckedAnswer] = []

    async def knowledge_base(self) -> str:
        self._services.knowledge.snapshot(self._services.answers.collections_of(_POLICY))
        sizes = knowledge_sizes(self._services.knowledge)
        count = sum(size.passages for size in sizes)
        if not count:
            raise _Failed("The knowledge base is empty; load documents.")
        return f"{count} passages in " + ", ".join(f"{size.collection}@{size.revision}" for size in sizes)

    async def mistake(self) -> str:
        checked = await self._check(WRONG)
        label, action = checked.report.label, checked.action
        if label is not Label.CONTRADICTED or checked.delivered == WRONG:
            raise _Failed(f"The planted mistake was found {label.value}, and the action was {action.value}.")
        return f"found {label.value}, action {action.value}: {checked.report.verdicts[0].reason}"

    async def truth(self) -> str:
        checked = await self._check(RIGHT)
        label, action = checked.report.label, checked.action
        if label is not Label.SUPPORTED or action is not Action.ALLOW:
            raise _Failed(f"The right answer was found {label.value}, and the action was {action.value}.")
        return f"found {label.value}, action {action.value}"

    async def log(self) -> str:
        if not self._checked:
            raise _Failed("There is nothing to read back, since no check came to its end.")
        for checked in self._checked:
            if checked.event_id is None:
                raise _Failed("The event could not be stored.")
            event = await self._services.events.get(checked.event_id)
            if event.report != checked.report:
                raise _Failed(f"The event {event.id} was not stored as it was.")
        return "stored and read back " + ", ".join(checked.event_id or "" for checked in self._checked)

    async def _check(self, answer: str) -> CheckedAnswer:
        context = CheckContext(
            policy=_POLICY,
            mode=Mode.ENFORCE,
            question=_QUESTION,
            endpoint=SELFTEST_ENDPOINT,
            collections=self._services.answers.collections_of(_POLICY),
            metadata={"selftest": "true"},
            key_id=self._caller.key_id,
        )
        checked = await self._services.answers.check(answer, context)
        self._checked.append(checked)
        return checked


async def _step(name: str, prove: Callable[[], Awaitable[str]]) -> Step:
    started = time.perf_counter()
    try:
        ok, detail = True, await prove()
    except _Failed as failure:
        ok, detail = False, str(failure)
    except GroundwireError as error:
        ok, detail = False, error.message
    except Exception:
        # A self test reports what is broken, whatever it is.
        logger.exception("The step %s of the self test broke", name)
        ok, detail = False, "It broke; the log has the details."
    return Step(name=name, ok=ok, ms=round((time.perf_counter() - started) * 1e3, 2), detail=detail)
