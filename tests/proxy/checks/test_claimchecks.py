import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fakes import ScriptedVerifier
from groundwire.claims.splitting import split_answer
from groundwire.domain import Action, Label, Question
from groundwire.policy.policy import Limits, Policy
from groundwire.proxy.checks.claimchecks import ClaimChecks


class Judge:
    """Judges as the scripted verifier does, at most so many times."""

    revision = "docs@7"
    can_reconsider = False

    def __init__(self, times=100):
        self.question = Question()
        self.times = times
        self.hook = lambda: None

    def verify(self, claims):
        self.hook()
        if not self.times:
            raise RuntimeError("out of memory")
        self.times -= 1
        return ScriptedVerifier().verify(claims, [[]] * len(claims), self.question, None)


@pytest.fixture(scope="module")
def threads():
    with ThreadPoolExecutor(1) as threads:
        yield threads


def settled(judge, threads, text, policy=None):
    segments = [segment for segment in split_answer(text) if segment.claim]
    return asyncio.run(ClaimChecks(judge, policy or Policy(), threads).settle(segments))


def test_each_claim_has_its_ruling_in_order(threads):
    rulings = settled(Judge(), threads, "The fee is 5. It is wrong. It is perhaps 9.")

    assert [(ruling.action, ruling.mended) for ruling in rulings] == [
        (Action.ALLOW, None),
        (Action.REWRITE, "It is right."),
        (Action.FLAG, None),
    ]


def test_what_was_judged_before_the_check_broke_counts(threads):
    rulings = settled(Judge(times=1), threads, "The fee is 5. " * 20)

    labels = [ruling.verdict.label for ruling in rulings]
    assert labels == [Label.SUPPORTED] * 16 + [Label.UNVERIFIED] * 4


def test_what_takes_too_long_is_unverified(threads):
    judge, gate = Judge(), threading.Event()
    judge.hook = gate.wait
    found = settled(judge, threads, "The fee is 5.", Policy(limits=Limits(budget_s=0.01)))
    gate.set()

    [ruling] = found
    assert (ruling.verdict.label, ruling.verdict.reason) == (Label.UNVERIFIED, "the check took longer than 10 ms")
