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
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import answers, rules, write_documents
from load import Run, Target, percentile_of, run
from mock_upstream import FIRST_S, ITL_S, TOKEN_CHARS

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


async def streamed(bench: Bench) -> None:
    """The same answers as streams: a token each 5 ms, the first after 50 ms."""
    print("| streams at once | text after its claim is complete, ms p50 | p95 | added at the end ms p50 | p95 |")
    print("|---|---|---|---|---|")
    for connections in (1, 8, 32):
        direct, through = await bench.pair("/chat/completions", CHAT | {"stream": True}, 12 * connections, connections)
        late_s = percentile_of([each.total_s - _sent_s(len(each.text)) for each in direct.timings], 50)
        firsts, ends = [], []
        for each in through.timings:
            claims = _grounding(each.body.splitlines())["claims"]
            # A sentence has ended when the first letter of the next one has come.
            firsts.append((each.pieces[0][0] - _sent_s(claims[0]["end"] + 2) - late_s) * 1e3)
            ends.append((each.total_s - _sent_s(claims[-1]["end"]) - late_s) * 1e3)
        figures = [percentile_of(values, place) for values in (firsts, ends) for place in (50, 95)]
        print(f"| {connections} | {' | '.join(f'{figure:.1f}' for figure in figures)} |")


def _sent_s(chars: int) -> float:
    """Return when the upstream has sent so many characters, in seconds after the request."""
    return FIRST_S + ITL_S * (-(-chars // TOKEN_CHARS) - 1)


def _grounding(lines: Sequence[bytes]) -> dict[str, Any]:
    """Return the object that the last chunk of a stream carries."""
    line = next(line for line in reversed(lines) if b'"grounding"' in line)
    found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))["grounding"]
    return found


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
    "streamed": streamed,
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
    mock_port, port = _free_port(), _free_port()
    with _process([sys.executable, str(HERE / "mock_upstream.py"), str(mock_port), str(texts)], {}):
        _wait_for(f"http://127.0.0.1:{mock_port}/")
        environment = {
            "GROUNDWIRE_UPSTREAM_URL": f"http://127.0.0.1:{mock_port}/v1",
            "GROUNDWIRE_PORT": str(port),
            "GROUNDWIRE_DATA_DIR": str(work / f"data-{passages}"),
            "GROUNDWIRE_KNOWLEDGE_BASE": str(documents),
            "GROUNDWIRE_SERVER__LOG_LEVEL": "error",
        }
        command = [str(Path(sys.executable).parent / "groundwire"), "serve"]
        started = time.perf_counter()
        with _process(command, environment) as proxy:
            _wait_for(f"http://127.0.0.1:{port}/readyz")
            ready_s = time.perf_counter() - started
            bench = Bench(f"http://127.0.0.1:{mock_port}/v1", f"http://127.0.0.1:{port}/v1", proxy.pid, scale)
            first = asyncio.run(run(Target(bench.proxy + "/chat/completions", CHAT), count=1))
            answered_s = time.perf_counter() - started
            status = first.timings[0].status
            print(f"Ready after {ready_s:.1f} s, first checked answer after {answered_s:.1f} s (status {status})\n")
            yield bench


@contextlib.contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    return port


def _wait_for(url: str, patience_s: float = 900.0) -> None:
    until = time.perf_counter() + patience_s
    while time.perf_counter() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise SystemExit(f"{url} did not answer within {patience_s:g} s")


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
