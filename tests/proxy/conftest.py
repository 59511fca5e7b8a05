import threading

import pytest

from fakes import Scripted, Stall, World, proxied


@pytest.fixture(scope="session")
def served():
    with proxied(World()) as wire:
        yield wire


@pytest.fixture
def wire(served):
    """A running proxy whose fakes are fresh."""
    served.world.reset()
    return served


@pytest.fixture
def stalled(wire):
    """The upstream takes a request and does not answer it."""
    stall = Stall()
    wire.upstream.will(Scripted([stall, b"{}"]))
    yield stall
    stall.release()


@pytest.fixture
def release_verifier(wire):
    """The verifier hangs until this is set, at the latest when the test is over."""
    wire.verifier.gate = threading.Event()
    yield wire.verifier.gate
    wire.verifier.gate.set()
