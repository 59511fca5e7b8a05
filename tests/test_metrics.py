from dataclasses import replace

import pytest

from groundwire.domain import Failure, Label, Regeneration
from groundwire.events.rows import SELFTEST_ENDPOINT
from groundwire.metrics import KnowledgeSize, Metrics
from groundwire.verification.consultation import Consultation
from stored import sample, verdict


@pytest.fixture
def metrics():
    return Metrics("1.2.3")


def value(metrics, name, **labels):
    return metrics.registry.get_sample_value(f"groundwire_{name}", labels)


def test_the_version_is_shown(metrics):
    assert value(metrics, "build", version="1.2.3") == 1


def test_an_answer_counts_with_its_claims_and_times(metrics):
    metrics.stored([sample(Label.SUPPORTED, Label.CONTRADICTED)], seconds=0.0075)
    answer = {"action": "rewrite", "label": "contradicted", "policy": "default", "mode": "enforce"}
    assert value(metrics, "answers_total", **answer) == 1
    assert value(metrics, "claims_total", label="supported") == 1
    assert value(metrics, "check_seconds_sum") == pytest.approx(0.0125)
    assert value(metrics, "event_store_seconds_sum") == pytest.approx(0.0075)
    assert value(metrics, "added_seconds_sum", stream="false") == pytest.approx(0.02)


def test_a_failure_counts_once_an_answer(metrics):
    failed = replace(verdict(Label.UNVERIFIED), failure=Failure.TIMEOUT)
    event = sample()
    metrics.stored([replace(event, report=replace(event.report, verdicts=(failed, failed)))], seconds=0.0)
    assert value(metrics, "failures_total", kind="timeout") == 1


def test_the_self_test_does_not_count(metrics):
    metrics.stored([sample(Label.CONTRADICTED, endpoint=SELFTEST_ENDPOINT)], seconds=1.0)
    assert value(metrics, "claims_total", label="contradicted") is None
    assert value(metrics, "event_store_seconds_count") == 0


def test_no_series_bears_what_a_client_wrote(metrics):
    metrics.stored([sample(Label.SUPPORTED, model="evil-model", metadata={"evil": "evil"})], seconds=0.0)
    assert b"evil" not in metrics.render()


def test_a_request_without_a_status_is_a_client_that_left(metrics):
    metrics.request("/v1/models", None, 0.1)
    assert value(metrics, "requests_total", endpoint="/v1/models", status="499") == 1


def test_the_knowledge_base_is_measured_when_asked(metrics):
    sizes = [KnowledgeSize("default", 3, 120), KnowledgeSize("faq", 1, 7)]
    metrics.watch_knowledge(lambda: sizes)
    assert value(metrics, "knowledge_passages", collection="default") == 120
    assert value(metrics, "knowledge_revision", collection="faq") == 1
    sizes.pop()
    assert value(metrics, "knowledge_passages", collection="faq") is None


def test_the_queue_is_measured_when_asked(metrics):
    waiting = []
    metrics.watch_queue(lambda: len(waiting))
    waiting.append("event")
    assert value(metrics, "events_waiting") == 1


def test_a_second_opinion_counts_with_its_cost(metrics):
    metrics.judged(Consultation("answered", 5, 4, 1, 300, 40, 0.5))
    metrics.judged(Consultation("over_budget", 2))
    assert value(metrics, "judge_consultations_total", outcome="answered") == 1
    assert value(metrics, "judge_consultations_total", outcome="over_budget") == 1
    fates = {"changed": 1, "unchanged": 3, "not_asked": 3}
    assert {fate: value(metrics, "judge_claims_total", fate=fate) for fate in fates} == fates
    assert value(metrics, "judge_tokens_total", kind="prompt") == 300
    assert value(metrics, "judge_tokens_total", kind="completion") == 40
    assert (value(metrics, "judge_seconds_count"), value(metrics, "judge_seconds_sum")) == (1, 0.5)


def test_held_text_is_timed(metrics):
    metrics.held(0.2)
    assert value(metrics, "held_seconds_count") == 1


def test_rewording_counts_with_its_cost(metrics):
    event = sample()
    spent = replace(event.report, regeneration=Regeneration(2, 300, 40), timing_ms={"check": 5.0, "regeneration": 700})

    metrics.stored([replace(event, report=spent), event], seconds=0.0)

    assert value(metrics, "regenerations_total") == 2
    assert value(metrics, "regeneration_tokens_total", kind="prompt") == 300
    assert value(metrics, "regeneration_tokens_total", kind="completion") == 40
    assert value(metrics, "regeneration_seconds_count") == 1
    assert value(metrics, "regeneration_seconds_sum") == 0.7
    assert value(metrics, "check_seconds_sum") == pytest.approx(0.0175)
