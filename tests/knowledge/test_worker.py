import multiprocessing

import pytest

from groundwire.knowledge.worker import Worker, WorkerError
from made_files import locked_pdf, xlsx

WORKBOOK = xlsx(["Fare", "Fee"], ["Lite", 24])


@pytest.fixture(scope="module")
def worker():
    worker = Worker()
    yield worker
    worker.stop()


def test_a_worker_whose_process_left_starts_another(worker):
    worker.extract(".xlsx", WORKBOOK, 60)
    before = worker._process
    before.kill()
    before.join()

    assert worker.extract(".xlsx", WORKBOOK, 60).text.endswith("| Lite | 24 |")
    assert worker._process is not before


def test_a_stopped_worker_leaves_no_process(worker):
    worker.extract(".xlsx", WORKBOOK, 60)
    process = worker._process

    worker.stop()

    assert process not in multiprocessing.active_children()


@pytest.mark.parametrize(
    ("suffix", "data", "reason"),
    [(".pdf", locked_pdf(), "protected with a password"), (".xlsx", b"PK", "is broken or no .xlsx file")],
    ids=["password", "broken"],
)
def test_a_refusal_leaves_the_process_running(worker, suffix, data, reason):
    worker.extract(".xlsx", WORKBOOK, 60)
    running = worker._process

    with pytest.raises(WorkerError, match=reason):
        worker.extract(suffix, data, 60)

    assert worker._process is running
