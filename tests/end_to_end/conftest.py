import pytest

from fakes import World, proxied


@pytest.fixture(scope="session")
def served():
    with proxied(World()) as wire:
        yield wire


@pytest.fixture
def wire(served):
    """A running proxy whose fakes are fresh."""
    served.world.reset()
    return served
