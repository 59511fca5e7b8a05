import pytest

from groundwire.domain import Claim, Evidence, Label, Question, Verdict
from groundwire.policy.rewording import Draft, request


@pytest.fixture
def rewording():
    """What the proxy asks of the model when it is to reword two claims."""
    quotes = [Evidence("d", 1, "D", quote, 0, len(quote)) for quote in ("You have 30 days.\nAsk us.", "It is 9 euros.")]
    verdicts = [Verdict(Claim("No.", 0, 3), Label.CONTRADICTED, 0.1, "no", (quote,)) for quote in quotes]
    return request([Draft(verdict) for verdict in verdicts], Question())


@pytest.fixture
def reworded():
    """What the model is to write for `rewording`."""
    return ["You have 30 days. Ask us.", "It is 9 euros."]
