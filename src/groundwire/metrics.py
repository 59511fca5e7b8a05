"""Numbers for Prometheus. No label takes a value that a client can choose, so the number of series stays small."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from groundwire.domain import Event, Failure, Regeneration, Verdict
from groundwire.events.rows import is_selftest
from groundwire.verification.consultation import Consultation

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_CLIENT_LEFT = 499
# The steps that an answer waits for before its event is stored.
_ADDED = ("check", "regeneration")


@dataclass(frozen=True, slots=True)
class KnowledgeSize:
    """How much a collection holds at its current revision."""

    collection: str
    revision: int
    passages: int


class Metrics:
    """Everything that is counted, on a registry of its own."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Gauge("groundwire_build", "Always 1; the label tells the version.", ["version"], registry=self.registry).labels(
            version
        ).set(1)
        self._requests = self._counter("requests", "Requests by route and status.", "endpoint", "status")
        self._request_s = self._histogram("request_seconds", "Time from request to whole response.", _SLOW, "endpoint")
        self._upstream_requests = self._counter("upstream_requests", "Requests to upstreams.", "upstream", "status")
        self._upstream_s = self._histogram(
            "upstream_seconds", "Time until the upstream began to answer.", _SLOW, "upstream"
        )
        self._answers = self._counter("answers", "Checked answers.", "action", "label", "policy", "mode")
        self._claims = self._counter("claims", "Judged claims.", "label")
        self._failures = self._counter("failures", "Answers whose check failed, by kind.", "kind")
        self._check_s = self._histogram("check_seconds", "Time of the check of one answer.", _FAST)
        self._store_s = self._histogram("event_store_seconds", "Time until events were durable.", _FAST)
        self._added_s = self._histogram("added_seconds", "Check, rewording and storing together.", _FAST, "stream")
        self._held_s = self._histogram("held_seconds", "How long streamed text was held for its verdict.", _FAST)
        self._judge_requests = self._counter("judge_consultations", "Second opinions by outcome.", "outcome")
        self._judge_claims = self._counter("judge_claims", "Open claims by what became of them.", "fate")
        self._judge_tokens = self._counter("judge_tokens", "Tokens of second opinions.", "kind")
        self._judge_s = self._histogram("judge_seconds", "Time of one second opinion.", _FAST)
        self._regenerations = self._counter("regenerations", "Requests to upstreams to reword claims.")
        self._regeneration_tokens = self._counter("regeneration_tokens", "Tokens of rewording claims.", "kind")
        self._regeneration_s = self._histogram(
            "regeneration_seconds", "Time that rewording added to an answer, where it was tried.", _SLOW
        )

    def request(self, endpoint: str, status: int | None, seconds: float) -> None:
        """Count a request to us; `status` is None when the client left before it had one."""
        self._requests.labels(endpoint, str(status or _CLIENT_LEFT)).inc()
        self._request_s.labels(endpoint).observe(seconds)

    def upstream(self, name: str, status: str, seconds: float) -> None:
        """Count a request to an upstream; `status` is the HTTP status, `timeout` or `unreachable`."""
        self._upstream_requests.labels(name, status).inc()
        self._upstream_s.labels(name).observe(seconds)

    def stored(self, events: Sequence[Event], seconds: float) -> None:
        """Count answers with their claims, and how long storing their events took. The self test does not count."""
        counted = [event for event in events if not is_selftest(event)]
        for event in counted:
            self._count(event)
            check_s, regeneration_s = (event.report.timing_ms.get(step, 0.0) / 1e3 for step in _ADDED)
            self._check_s.observe(check_s)
            self._added_s.labels(str(event.is_stream).lower()).observe(check_s + regeneration_s + seconds)
        if counted:
            self._store_s.observe(seconds)

    def failed(self, kind: Failure) -> None:
        """Count a failure that no verdict tells of."""
        self._failures.labels(kind.value).inc()

    def judged(self, consultation: Consultation) -> None:
        """Count a second opinion, with its cost."""
        one = consultation
        self._judge_requests.labels(one.outcome).inc()
        fates = {"changed": one.changed, "unchanged": one.asked - one.changed, "not_asked": one.claims - one.asked}
        for fate, count in fates.items():
            self._judge_claims.labels(fate).inc(count)
        self._judge_tokens.labels("prompt").inc(one.prompt_tokens)
        self._judge_tokens.labels("completion").inc(one.completion_tokens)
        if one.asked:
            self._judge_s.observe(one.seconds)

    def held(self, seconds: float) -> None:
        """Note how long a piece of a stream was held."""
        self._held_s.observe(seconds)

    def watch_queue(self, size: Callable[[], int]) -> None:
        """Show how many events wait to be stored."""
        gauge = Gauge("groundwire_events_waiting", "Events that wait to be stored.", registry=self.registry)
        gauge.set_function(lambda: float(size()))

    def watch_knowledge(self, sizes: Callable[[], Sequence[KnowledgeSize]]) -> None:
        """Show what the knowledge base holds."""
        self.registry.register(_KnowledgeCollector(sizes))

    def render(self) -> bytes:
        """Return everything in the Prometheus text format, of CONTENT_TYPE."""
        return generate_latest(self.registry)

    def _count(self, event: Event) -> None:
        verdicts = event.report.verdicts
        self._answers.labels(event.action.value, event.report.label.value, event.policy, event.mode.value).inc()
        for verdict in verdicts:
            self._claims.labels(verdict.label.value).inc()
        for failure in _failures(verdicts):
            self.failed(failure)
        if event.report.regeneration:
            self._count_regeneration(event.report.regeneration, event.report.timing_ms)

    def _count_regeneration(self, spent: Regeneration, timing_ms: Mapping[str, float]) -> None:
        self._regenerations.inc(spent.count)
        self._regeneration_tokens.labels("prompt").inc(spent.prompt_tokens)
        self._regeneration_tokens.labels("completion").inc(spent.completion_tokens)
        self._regeneration_s.observe(timing_ms.get("regeneration", 0.0) / 1e3)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"groundwire_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"groundwire_{name}", text, labels, buckets=buckets, registry=self.registry)


def _failures(verdicts: Sequence[Verdict]) -> list[Failure]:
    return sorted({verdict.failure for verdict in verdicts if verdict.failure})


class _KnowledgeCollector(Collector):
    """Asks for the sizes when Prometheus does, so that a collection that is gone leaves no series behind."""

    def __init__(self, sizes: Callable[[], Sequence[KnowledgeSize]]) -> None:
        self._sizes = sizes

    def collect(self) -> Iterator[GaugeMetricFamily]:
        passages = GaugeMetricFamily(
            "groundwire_knowledge_passages", "Passages to check against.", None, ["collection"]
        )
        revision = GaugeMetricFamily("groundwire_knowledge_revision", "Revision in force.", None, ["collection"])
        for size in self._sizes():
            passages.add_metric([size.collection], size.passages)
            revision.add_metric([size.collection], size.revision)
        yield passages
        yield revision
