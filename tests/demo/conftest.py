import openai
import pytest

from fakes import running
from groundwire.demo.upstream import create_upstream


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
