"""What streams lose on their way: Groundwire beside the direct call, a naive relay and, where it is installed, LiteLLM.

    python benchmarks/streaming.py [--streams 1 8 32] [--rounds 5] [--passages 10000] [--litellm PATH]

All are asked in turn in the same run, against the same mock upstream: a token of four characters every 5 ms, the first
after 50 ms. PATH is the `litellm` program of an environment of its own; `make test-litellm` makes one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latency import CHAT, serving
from load import Run, Target, percentile_of, run
from mock_upstream import FIRST_S, ITL_S, TOKEN_CHARS
from servers import free_port, running, wait_for

HERE = Path(__file__).parent
_KEY = "sk-bench"
BODY = CHAT | {"stream": True}


@dataclass(frozen=True)
class Peer:
    """One way to the upstream; `url` is its base."""

    name: str
    url: str

    @property
    def target(self) -> Target:
        """What every stream asks."""
        return Target(f"{self.url}/chat/completions", BODY, {"authorization": f"Bearer {_KEY}"})


async def compare(peers: Sequence[Peer], streams: Sequence[int], rounds: int) -> None:
    """Print a row for each peer and number of streams; the peers take turns, so that they share the machine's moods."""
    print(
        "| streams | by way of | first text ms p50 | p95 | end ms p50 | p95 | added to first text | added at the end |"
    )
    print("|---|---|---|---|---|---|---|---|")
    held = []
    for connections in streams:
        found = await _in_turn(peers, connections, rounds)
        direct = found[peers[0].name]
        for name, runs in found.items():
            print(f"| {connections} | {name} | {_row(runs, direct)} |", flush=True)
        held.append((connections, _holding(found["groundwire"], direct)))
    print("\n| streams | text after its claim is complete, ms p50 | p95 | end after the last claim, ms p50 | p95 |")
    print("|---|---|---|---|---|")
    for connections, figures in held:
        print(f"| {connections} | {figures} |")


async def _in_turn(peers: Sequence[Peer], connections: int, rounds: int) -> Mapping[str, list[Run]]:
    found: dict[str, list[Run]] = {peer.name: [] for peer in peers}
    for _ in range(rounds):
        for peer in peers:
            found[peer.name].append(await run(peer.target, count=connections, connections=connections))
            if found[peer.name][-1].errors:
                raise SystemExit(f"{peer.name}: {found[peer.name][-1].errors} of {connections} streams were errors")
    return found


def _row(runs: Sequence[Run], direct: Sequence[Run]) -> str:
    firsts, ends = _times(runs)
    base_firsts, base_ends = _times(direct)
    added = [
        percentile_of(firsts, 50) - percentile_of(base_firsts, 50),
        percentile_of(ends, 50) - percentile_of(base_ends, 50),
    ]
    figures = [percentile_of(values, place) for values in (firsts, ends) for place in (50, 95)]
    return " | ".join(f"{figure:.1f}" for figure in (*figures, *added))


def _times(runs: Sequence[Run]) -> tuple[list[float], list[float]]:
    """Return when the first text and the end came, in milliseconds."""
    timings = [timing for one in runs for timing in one.timings]
    return [timing.pieces[0][0] * 1e3 for timing in timings], [timing.total_s * 1e3 for timing in timings]


def _holding(runs: Sequence[Run], direct: Sequence[Run]) -> str:
    """How long text waits once its claim is complete, and the end once the last one is."""
    late_s = percentile_of([each.total_s - _sent_s(len(each.text)) for one in direct for each in one.timings], 50)
    firsts, ends = [], []
    for each in (timing for one in runs for timing in one.timings):
        claims = _grounding(each.body.splitlines())["claims"]
        # A sentence has ended when the first letter of the next one has come.
        firsts.append((each.pieces[0][0] - _sent_s(claims[0]["end"] + 2) - late_s) * 1e3)
        ends.append((each.total_s - _sent_s(claims[-1]["end"]) - late_s) * 1e3)
    figures = [percentile_of(values, place) for values in (firsts, ends) for place in (50, 95)]
    return " | ".join(f"{figure:.1f}" for figure in figures)


def _sent_s(chars: int) -> float:
    """Return when the upstream has sent so many characters, in seconds after the request."""
    return FIRST_S + ITL_S * (-(-chars // TOKEN_CHARS) - 1)


def _grounding(lines: Sequence[bytes]) -> dict[str, Any]:
    """Return the object that the last chunk of a stream carries."""
    line = next(line for line in reversed(lines) if b'"grounding"' in line)
    found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))["grounding"]
    return found


@contextlib.contextmanager
def naive(upstream: str) -> Iterator[Peer]:
    """Run the naive relay."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(HERE), "--port", str(port), "--log-level", "error"]
    with running([*command, "naive_proxy:app"], {"UPSTREAM": upstream}):
        wait_for(f"http://127.0.0.1:{port}/")
        yield Peer("naive relay", f"http://127.0.0.1:{port}/v1")


@contextlib.contextmanager
def litellm(program: Path, upstream: str, work: Path) -> Iterator[Peer]:
    """Run LiteLLM's proxy without any guardrail."""
    port, config = free_port(), work / "litellm.json"
    models = [
        {"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": upstream, "api_key": "sk-mock"}}
        for name in (str(BODY["model"]),)
    ]
    # YAML reads JSON.
    config.write_text(json.dumps({"model_list": models, "general_settings": {"master_key": _KEY}}), encoding="utf-8")
    command = [str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"]
    environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION"}
    with running(command, environment):
        wait_for(f"http://127.0.0.1:{port}/health/liveliness")
        yield Peer("LiteLLM", f"http://127.0.0.1:{port}/v1")


def main() -> None:
    """Start what is compared, and compare it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--work", type=Path, default=Path(".benchmark"))
    parser.add_argument("--litellm", type=Path, help="the program of LiteLLM's proxy")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        bench = stack.enter_context(serving(arguments.passages, arguments.work, 1.0))
        peers = [
            Peer("direct", bench.direct),
            Peer("groundwire", bench.proxy),
            stack.enter_context(naive(bench.direct)),
        ]
        if arguments.litellm:
            peers.append(stack.enter_context(litellm(arguments.litellm, bench.direct, arguments.work)))
        asyncio.run(_compared(peers, arguments.streams, arguments.rounds))


async def _compared(peers: Sequence[Peer], streams: Sequence[int], rounds: int) -> None:
    # Connections and caches are warm before anything counts.
    for peer in peers:
        await run(peer.target, count=40, connections=4)
    await compare(peers, streams, rounds)


if __name__ == "__main__":
    main()
