import openai
import pytest

from fakes import running
from groundwire.demo.upstream import create_upstream
from groundwire.domain import Claim, Evidence, Label, Question, Verdict
from groundwire.policy.rewording import Draft, request


@pytest.fixture(scope="session")
def model_url():
    """The demonstration model, running without a proxy before it; ends in `/v1`."""
    with running(create_upstream(pace_s=0)) as url:
        yield f"{url}/v1"


@pytest.fixture
def client(model_url):
    """The real client of the model itself."""
    with openai.OpenAI(base_url=model_url, api_key="none", max_retries=0) as client:
        yield client


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
