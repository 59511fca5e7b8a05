import gzip

import pytest

from groundwire.domain import Turn
from groundwire.errors import SettingsError
from groundwire.evaluation.cases import MarkedSpan
from groundwire.evaluation.ragtruth import read_ragtruth
from labelled import ANSWER, RESPONSE, SOURCE, write


def folder(tmp_path, responses, *sources):
    write(tmp_path / "response.jsonl", *responses)
    write(tmp_path / "source_info.jsonl", *sources)
    return tmp_path


def test_reads_an_answer_with_its_source(tmp_path):
    (case,) = read_ragtruth(folder(tmp_path, [RESPONSE], SOURCE))
    assert (case.id, case.answer, case.is_bad, case.task, case.source) == ("1", ANSWER, True, "QA", "RAGTruth")
    assert case.spans == (MarkedSpan(13, 15, "Evident Conflict"),)
    assert case.question.turns == (Turn("user", "How long?"),)
    assert case.question.documents[0].text == "passage 1:Refunds take 14 days.\n\n"


def test_an_answer_without_labels_is_good(tmp_path):
    (case,) = read_ragtruth(folder(tmp_path, [RESPONSE | {"labels": []}], SOURCE))
    assert (case.is_bad, case.spans, case.kinds) == (False, (), ())


@pytest.mark.parametrize(
    ("task", "info", "text"),
    [
        ("Summary", "A man was charged.", "A man was charged."),
        ("Data2txt", {"name": "Subway", "stars": 3.0, "wifi": None}, "- name: Subway\n- stars: 3.0"),
    ],
)
def test_other_tasks_ask_nothing(tmp_path, task, info, text):
    (case,) = read_ragtruth(folder(tmp_path, [RESPONSE], SOURCE | {"task_type": task, "source_info": info}))
    assert (case.task, case.question.turns, case.question.documents[0].text) == (task, (), text)


def test_only_the_test_split_is_read_where_there_is_one(tmp_path):
    responses = [RESPONSE | {"id": "a", "split": "train"}, RESPONSE | {"id": "b"}]
    assert [case.id for case in read_ragtruth(folder(tmp_path, responses, SOURCE))] == ["b"]
    assert [case.id for case in read_ragtruth(folder(tmp_path, responses[:1], SOURCE))] == ["a"]


def test_reads_gzipped_files(tmp_path):
    for name in ("response.jsonl", "source_info.jsonl"):
        data = folder(tmp_path, [RESPONSE], SOURCE).joinpath(name).read_bytes()
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(data))
    (tmp_path / "response.jsonl").unlink()
    (tmp_path / "source_info.jsonl").unlink()
    assert len(list(read_ragtruth(tmp_path))) == 1


@pytest.mark.parametrize(
    ("response", "source", "reason"),
    [
        pytest.param({"source_id": "s9"}, {}, "line 1: no source 's9' in source_info.jsonl.", id="no source"),
        pytest.param({}, {"source_info": ""}, "`source_info` is empty", id="empty source"),
        pytest.param({"labels": [{"start": 50, "end": 99}]}, {}, "50:99 lies outside of the response", id="label"),
        pytest.param({"labels": [{"start": 0}]}, {}, "a label needs `start` and `end`", id="half a label"),
        pytest.param({"response": None}, {}, "`response` must be text", id="no response"),
    ],
)
def test_says_what_is_wrong(tmp_path, response, source, reason):
    with pytest.raises(SettingsError) as caught:
        list(read_ragtruth(folder(tmp_path, [RESPONSE | response], SOURCE | source)))
    assert reason in caught.value.message


def test_a_folder_without_the_files(tmp_path):
    with pytest.raises(SettingsError, match=r"has no response\.jsonl"):
        list(read_ragtruth(tmp_path))
