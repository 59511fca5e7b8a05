import gzip
import json

import pytest

from groundwire.domain import Label, Turn
from groundwire.errors import SettingsError
from groundwire.evaluation.cases import Format, MarkedSpan, Quote
from groundwire.evaluation.formats import read_file
from labelled import ANSWER, GIVEN, KBQA, PAIR, RESPONSE, SOURCE, write

CLAIM = KBQA["claims"][0]


def only(tmp_path, record):
    """Return the one case of a file with this record."""
    (case,) = read_file(write(tmp_path / "a.jsonl", record)).cases
    return case


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (KBQA, Format.KNOWLEDGE_BASE),
        (GIVEN, Format.GIVEN_CONTEXT),
        (PAIR, Format.PAIRS),
    ],
)
def test_the_format_is_seen_from_the_fields(tmp_path, record, expected):
    assert read_file(write(tmp_path / "a.jsonl", record)).format is expected


def test_reads_answers_over_a_knowledge_base(tmp_path):
    case = only(tmp_path, KBQA)
    assert (case.id, case.knowledge_base, case.answer, case.is_bad) == ("a-1", "shop", ANSWER, True)
    assert case.question.turns == (Turn("user", "How long do refunds take?"),)
    assert [(claim.label, claim.kind, claim.is_bad) for claim in case.claims] == [
        (Label.CONTRADICTED, "numeric", True),
        (Label.SUPPORTED, "verbatim", False),
    ]
    assert case.claims[0].quotes == (Quote("refunds", "Refunds take 14 days."),)
    assert [ANSWER[claim.start : claim.end] for claim in case.claims] == [claim.text for claim in case.claims]


def test_reads_answers_with_their_evidence(tmp_path):
    case = only(tmp_path, GIVEN)
    assert (case.answer, case.is_bad, case.source, case.task) == (ANSWER, True, "Shop", "QA")
    assert [document.text for document in case.question.documents] == ["Refunds take 14 days."]
    assert case.question.turns == (Turn("user", "How long do refunds take?"),)
    assert case.spans == (MarkedSpan(13, 15, "Conflict"), MarkedSpan(22, 39, "Baseless"))
    assert case.kinds == ("Conflict", "Baseless")
    assert not case.is_one_claim


def test_reads_pairs_as_one_claim(tmp_path):
    case = only(tmp_path, PAIR)
    assert (case.answer, case.is_bad, case.kinds) == ("Refunds take 30 days.", True, ("contradiction",))
    assert [document.text for document in case.question.documents] == ["Refunds take 14 days."]
    assert case.is_one_claim


@pytest.mark.parametrize(
    ("label", "is_bad"),
    [
        ("entailment", False), ("supported", False), ("SUPPORTS", False), ("neutral", True), ("contradiction", True),
        ("refuted", True), ("nei", True), ("NOT ENOUGH INFO", True), ("not_entailment", True), ("not-entailment", True),
    ],
)  # fmt: skip
def test_a_pair_is_supported_or_not(tmp_path, label, is_bad):
    assert only(tmp_path, PAIR | {"label": label}).is_bad is is_bad


@pytest.mark.parametrize(("label", "is_bad"), [(0, False), (1, True), ("1", True), (True, True), (False, False)])
def test_labels_of_answers(tmp_path, label, is_bad):
    assert only(tmp_path, GIVEN | {"label": label}).is_bad is is_bad


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(GIVEN | {"label": 0, "spans": []}, (), id="a good answer has none"),
        pytest.param(GIVEN | {"spans": []}, None, id="a bad one where nobody marked any"),
        pytest.param(GIVEN | {"spans": [[0, 7]]}, (MarkedSpan(0, 7),), id="without a type"),
        pytest.param(GIVEN | {"spans": [{"start": 0, "end": 7, "type": "x"}]}, (MarkedSpan(0, 7, "x"),), id="objects"),
        pytest.param(GIVEN | {"spans": [[22, 99, "x"]]}, (MarkedSpan(22, 39, "x"),), id="past the end"),
    ],
)
def test_spans(tmp_path, record, expected):
    assert only(tmp_path, record).spans == expected


@pytest.mark.parametrize(
    ("context", "texts"),
    [
        pytest.param('{"name": "Shop", "open": true}', ["- name: Shop\n- open: yes"], id="JSON text"),
        pytest.param({"name": "Shop"}, ["- name: Shop"], id="object"),
        pytest.param(["One.", "Two."], ["One.", "Two."], id="several"),
        pytest.param("{not JSON", ["{not JSON"], id="looks like JSON"),
        pytest.param("  ", [], id="blank"),
        pytest.param(None, [], id="null"),
    ],
)
def test_contexts(tmp_path, context, texts):
    case = only(tmp_path, GIVEN | {"context": context})
    assert [document.text for document in case.question.documents] == texts


def test_an_answer_is_as_bad_as_its_claims_where_nothing_is_stated(tmp_path):
    unstated = {name: value for name, value in KBQA.items() if name != "answer_label"}
    assert only(tmp_path, unstated).is_bad
    assert not only(tmp_path, unstated | {"claims": KBQA["claims"][1:]}).is_bad


@pytest.mark.parametrize(
    "places", [{}, {"start": None, "end": None}, {"start": 3, "end": 9}], ids=["missing", "null", "wrong"]
)
def test_offsets_that_do_not_fit_are_found_anew(tmp_path, places):
    claim = {name: value for name, value in CLAIM.items() if name not in ("start", "end")} | places
    assert (only(tmp_path, KBQA | {"claims": [claim]}).claims[0].start) == 0


@pytest.mark.parametrize("missing", ["id", "turns", "claims"])
def test_what_may_be_missing(tmp_path, missing):
    assert only(tmp_path, {name: value for name, value in KBQA.items() if name != missing}).answer == ANSWER


def test_takes_the_first_of_a_gzipped_file(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(KBQA | {"id": n}) for n in range(5)).encode()))
    assert [case.id for case in read_file(path, 2).cases] == ["0", "1"]
    assert len(read_file(path).cases) == 5


def test_a_response_file_leads_to_its_folder(tmp_path):
    write(tmp_path / "source_info.jsonl", SOURCE)
    file = read_file(write(tmp_path / "response.jsonl", RESPONSE))
    assert file.format is Format.RAGTRUTH
    assert read_file(tmp_path).cases == file.cases


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        pytest.param([], "holds no record", id="empty"),
        pytest.param([{"a": 1}], "line 1: unknown format with the fields a.", id="unknown"),
        pytest.param([{}], "unknown format with the fields (none)", id="no fields"),
        pytest.param([{"doc_id": "d", "text": "t"}], "Pass the file with --documents NAME=FILE.", id="documents"),
        pytest.param([KBQA, GIVEN], "line 2: the records above have the fields kb, answer", id="mixed"),
        pytest.param([KBQA | {"answer": ["x"]}], "line 1: `answer` must be text", id="answer no text"),
        pytest.param([KBQA | {"claims": "x"}], "`claims` must be a list", id="claims no list"),
        pytest.param([KBQA | {"answer_label": 2}], "`answer_label` must be 0 (faithful) or 1", id="answer label"),
        pytest.param([KBQA | {"claims": [CLAIM | {"label": "bad"}]}], "unknown claim label 'bad'", id="claim label"),
        pytest.param([KBQA | {"claims": [CLAIM | {"text": "x y", "end": 99}]}], "is not in the answer", id="offsets"),
        pytest.param([GIVEN | {"label": None}], "`label` must be 0 (faithful) or 1", id="no label"),
        pytest.param([GIVEN | {"spans": [[99, 999, "x"]]}], "lies outside of the response", id="span outside"),
        pytest.param([GIVEN | {"spans": ["x"]}], "a span must be [start, end, type]", id="no span"),
        pytest.param([PAIR | {"label": "maybe"}], "unknown label 'maybe'. Known: contradict", id="pair label"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path, records, reason):
    path = write(tmp_path / "a.jsonl", *records)
    with pytest.raises(SettingsError) as caught:
        read_file(path)
    assert str(path) in caught.value.message
    assert reason in caught.value.message


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match="does not exist"):
        read_file(tmp_path / "gone.jsonl")
