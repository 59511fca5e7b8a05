"""What the proxy adds: every figure next to the direct call to the same upstream in the same run.

    python benchmarks/latency.py [--passages 10000] [--work FOLDER] [--only NAME …] [--scale 1.0]

Starts a mock upstream and `groundwire serve` over made-up handbooks and prints Markdown tables. FOLDER keeps the
ingested handbooks for the next run; it is `.benchmark` by default.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus import answers, rules, write_documents
from load import Run, Target, percentile_of, run
from servers import free_port, running, wait_for

HERE = Path(__file__).parent
# The answers of the one model are about any passage, those of the other about a few that come up again and again.
ANY, POPULAR = "any-passage", "popular-passages"
CHAT: dict[str, object] = {"model": POPULAR, "messages": [{"role": "user", "content": "What does it cost?"}]}
EMBED: dict[str, object] = {"model": ANY, "input": "What does it cost?"}
POPULAR_RULES = 60


@dataclass(frozen=True)
class Bench:
    """The two servers under test; `scale` multiplies how many requests are sent."""

    direct: str
    proxy: str
    process: int
    scale: float

    def count(self, usual: int) -> int:
        """Return how many requests to send where usually so many are."""
        return max(4, round(usual * self.scale))

    async def pair(self, path: str, body: dict[str, object], count: int, connections: int) -> tuple[Run, Run]:
        """Send the same requests to the upstream itself and through the proxy."""
        sent = self.count(count)
        direct = await run(Target(self.direct + path, body), count=sent, connections=connections)
        through = await run(Target(self.proxy + path, body), count=sent, connections=connections)
        if through.errors or direct.errors:
            raise SystemExit(f"{path}: {through.errors} of {len(through.timings)} replies were errors")
        return direct, through


async def unguarded(bench: Bench) -> None:
    """A route that is passed on unchecked."""
    print("| unguarded, connections | direct p50 ms | added p50 ms | added p95 ms | direct req/s | req/s |")
    print("|---|---|---|---|---|---|")
    for connections in (1, 8, 32):
        direct, through = await bench.pair("/embeddings", EMBED, 6_000, connections)
        rates = f"{direct.rate:,.0f} | {through.rate:,.0f}"
        print(f"| {connections} | {direct.ms(50):.2f} | {_added(direct, through)} | {rates} |")


async def checked(bench: Bench) -> None:
    """A plain answer of six claims, each of another passage."""
    print("| 6 claims about | connections | direct p50 ms | added p50 ms | added p95 ms | checked answers/s |")
    print("|---|---|---|---|---|---|")
    for model in (ANY, POPULAR):
        for connections in (1, 8, 32):
            direct, through = await bench.pair("/chat/completions", CHAT | {"model": model}, 200, connections)
            figures = f"{direct.ms(50):.2f} | {_added(direct, through)} | {through.rate:,.1f}"
            print(f"| {model} | {connections} | {figures} |")
    _show_actions(through)


async def loop(bench: Bench) -> None:
    """Whether the event loop stays free: a trivial request every 10 ms, alone and while eight clients get answers."""
    print("| `/healthz` every 10 ms | p50 ms | p99 ms | longest ms |")
    print("|---|---|---|---|")
    url = bench.proxy.removesuffix("/v1") + "/healthz"
    idle = await _probe(url, asyncio.sleep(bench.count(200) / 100))
    busy = await _probe(
        url, run(Target(bench.proxy + "/chat/completions", CHAT), count=bench.count(200), connections=8)
    )
    for name, times in (("idle", idle), ("8 clients with checked answers", busy)):
        print(f"| {name} | {percentile_of(times, 50):.1f} | {percentile_of(times, 99):.1f} | {max(times):.1f} |")


async def memory(bench: Bench) -> None:
    """Peak memory of the server so far."""
    status = await asyncio.to_thread(Path(f"/proc/{bench.process}/status").read_text, "utf-8")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    print(f"Peak memory: {int(peak.split()[1]) / 1024:.0f} MB")


SCENARIOS: dict[str, Callable[[Bench], Awaitable[None]]] = {
    "unguarded": unguarded,
    "checked": checked,
    "loop": loop,
    "memory": memory,
}


def _added(direct: Run, through: Run) -> str:
    return " | ".join(f"{through.ms(place) - direct.ms(place):.2f}" for place in (50, 95))


def _show_actions(replies: Run) -> None:
    found: dict[str, int] = {}
    for timing in replies.timings:
        action = str(json.loads(timing.body)["grounding"]["action"])
        found[action] = found.get(action, 0) + 1
    print(f"\nActions: {', '.join(f'{name} {count}' for name, count in sorted(found.items()))}")


async def _probe(url: str, work: Awaitable[object]) -> list[float]:
    working = asyncio.ensure_future(work)
    times = []
    while not working.done():
        times += [timing.total_s * 1e3 for timing in (await run(Target(url), count=1)).timings]
        await asyncio.sleep(0.01)
    await working
    return times


@contextlib.contextmanager
def serving(passages: int, work: Path, scale: float) -> Iterator[Bench]:
    """Start both servers; prints how long the proxy took to its first checked answer."""
    made = rules(passages)
    documents = work / f"handbooks-{passages}"
    if not documents.exists():
        write_documents(made, documents)
    texts = work / "answers.json"
    written = {ANY: list(answers(made, 500)), POPULAR: list(answers(made[:POPULAR_RULES], 500))}
    texts.write_text(json.dumps(written), encoding="utf-8")
    mock_port, port = free_port(), free_port()
    with running([sys.executable, str(HERE / "mock_upstream.py"), str(mock_port), str(texts)]):
        wait_for(f"http://127.0.0.1:{mock_port}/")
        environment = {
            "GROUNDWIRE_UPSTREAM_URL": f"http://127.0.0.1:{mock_port}/v1",
            "GROUNDWIRE_PORT": str(port),
            "GROUNDWIRE_DATA_DIR": str(work / f"data-{passages}"),
            "GROUNDWIRE_KNOWLEDGE_BASE": str(documents),
            "GROUNDWIRE_SERVER__LOG_LEVEL": "error",
        }
        command = [str(Path(sys.executable).parent / "groundwire"), "serve"]
        started = time.perf_counter()
        with running(command, environment) as proxy:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            ready_s = time.perf_counter() - started
            bench = Bench(f"http://127.0.0.1:{mock_port}/v1", f"http://127.0.0.1:{port}/v1", proxy.pid, scale)
            first = asyncio.run(run(Target(bench.proxy + "/chat/completions", CHAT), count=1))
            answered_s = time.perf_counter() - started
            status = first.timings[0].status
            print(f"Ready after {ready_s:.1f} s, first checked answer after {answered_s:.1f} s (status {status})\n")
            yield bench


def main() -> None:
    """Run the scenarios that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--work", type=Path, default=Path(".benchmark"))
    parser.add_argument("--only", nargs="*", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--scale", type=float, default=1.0, help="share of the usual number of requests")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    with serving(arguments.passages, arguments.work, arguments.scale) as bench:
        for name in arguments.only:
            asyncio.run(_settled(SCENARIOS[name], bench))
            print(flush=True)


async def _settled(scenario: Callable[[Bench], Awaitable[None]], bench: Bench) -> None:
    # Connections and caches are warm before anything counts.
    await run(Target(bench.proxy + "/chat/completions", CHAT), count=40, connections=4)
    await scenario(bench)


if __name__ == "__main__":
    main()
