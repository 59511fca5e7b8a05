import pytest

from fakes import World, proxied

pytest.register_assert_rewrite("client_contract", "responses_contract")


@pytest.fixture(scope="session")
def served():
    with proxied(World()) as wire:
        yield wire


@pytest.fixture
def wire(served):
    """A running proxy over the fakes, for what the demonstration model can't say."""
    served.world.reset()
    return served
