import gzip
import json

import pytest

from groundwire.errors import SettingsError
from groundwire.evaluation.cases import Format, LabelledFile
from groundwire.evaluation.documents import ingest, needed, parse_sources, read_documents
from labelled import case, write
from libraries import open_library

FEES = {"doc_id": "shop:fees", "title": "Fees", "text": "# Fees\n\nThe monthly fee is $5."}
HOURS = {"doc_id": "shop:hours", "title": "Hours", "text": "The shop opens at nine."}


@pytest.fixture
def library(database, tmp_path):
    return open_library(database, tmp_path / "indexes")


def answers(*names):
    return LabelledFile("a.jsonl", Format.KNOWLEDGE_BASE, tuple(case("x", knowledge_base=name) for name in names))


def test_sources_by_name(tmp_path):
    one, other = write(tmp_path / "a.jsonl", FEES), write(tmp_path / "b=c.jsonl", HOURS)
    found = parse_sources([f"shop={one}", f"bank={tmp_path}", f"shop={other}"])
    assert found == {"shop": [one, other], "bank": [tmp_path]}


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("docs.jsonl", "takes NAME=FILE_OR_FOLDER, got 'docs.jsonl'"),
        ("=docs.jsonl", "takes NAME=FILE_OR_FOLDER"),
        ("shop=", "takes NAME=FILE_OR_FOLDER"),
        ("shop=gone.jsonl", "--documents shop=gone.jsonl: 'gone.jsonl' does not exist"),
    ],
)
def test_sources_that_are_none(argument, reason):
    with pytest.raises(SettingsError) as caught:
        parse_sources([argument])
    assert reason in caught.value.message


def test_only_what_answers_rest_on_is_needed():
    assert needed([answers("shop", "bank", "shop"), answers("")], {"shop": [], "bank": [], "club": []}) == [
        "bank",
        "shop",
    ]


def test_all_missing_knowledge_bases_are_told_at_once():
    with pytest.raises(SettingsError) as caught:
        needed([answers("shop", "bank", "club")], {"bank": []})
    assert caught.value.message.splitlines() == [
        "a.jsonl, line 1: no documents for the knowledge base 'shop'. Add --documents shop=FILE_OR_FOLDER.",
        "a.jsonl, line 1: no documents for the knowledge base 'club'. Add --documents club=FILE_OR_FOLDER.",
    ]


def test_each_knowledge_base_is_a_collection_of_its_own(library, tmp_path):
    sources = {"Shop & Co": [write(tmp_path / "a.jsonl", FEES)], "bank": [write(tmp_path / "b.jsonl", HOURS)]}
    collections = ingest(["Shop & Co", "bank"], sources, library.ingestor, warn=pytest.fail)
    assert library.find("monthly fee", collections["Shop & Co"]) == ["shop:fees"]
    assert library.find("monthly fee", collections["bank"]) == ["shop:hours"]


def test_titles_and_texts_are_taken_as_they_are(library, tmp_path):
    path = tmp_path / "docs.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(FEES).encode()))
    collection = ingest(["shop"], {"shop": [path]}, library.ingestor, warn=pytest.fail)["shop"]
    document, text = library.store.document(collection, "shop:fees")
    assert (document.title, text) == ("Fees", FEES["text"])


def test_a_folder_and_single_documents_will_do(library, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/fees.md").write_text("The monthly fee is $5.")
    (tmp_path / "hours.txt").write_text("The shop opens at nine.")
    sources = {"shop": [tmp_path / "docs", tmp_path / "hours.txt"]}
    collection = ingest(["shop"], sources, library.ingestor, warn=pytest.fail)["shop"]
    assert sorted(one.document_id for one in library.store.documents(collection)) == ["fees.md", "hours.txt"]


def test_many_documents_show_progress(library, tmp_path):
    path = write(tmp_path / "a.jsonl", *({"doc_id": str(n), "text": f"Rule {n}."} for n in range(120)))
    told = []
    ingest(["shop"], {"shop": [path]}, library.ingestor, warn=pytest.fail, progress=lambda *step: told.append(step))
    assert told == [(50, 120, "a.jsonl"), (100, 120, "a.jsonl"), (120, 120, "a.jsonl")]


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        pytest.param([FEES, {"title": "x"}], "line 2: a document needs the fields doc_id and text", id="fields"),
        pytest.param(
            [FEES, FEES, FEES | {"text": "x"}], "line 3: the document 'shop:fees' stands in this file twice", id="twice"
        ),
        pytest.param([FEES | {"text": 5.5}, FEES | {"doc_id": "b", "text": ["x"]}], "line 2: `text` must", id="text"),
        pytest.param([], "holds no document", id="empty"),
    ],
)
def test_says_what_is_wrong_with_documents(tmp_path, records, reason):
    with pytest.raises(SettingsError) as caught:
        read_documents(write(tmp_path / "a.jsonl", *records))
    assert reason in caught.value.message


def test_files_that_cannot_be_read_are_told(library, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/broken.pdf").write_bytes(b"no such thing")
    (tmp_path / "docs/fees.md").write_text("The monthly fee is $5.")
    told = []
    collections = ingest(["shop"], {"shop": [tmp_path / "docs"]}, library.ingestor, warn=told.append)
    assert library.find("monthly fee", collections["shop"]) == ["fees.md"]
    assert "1 of 2 files can't be read" in told[0]
    assert "broken.pdf" in told[0]


@pytest.mark.parametrize("names", [[], ["broken.pdf"]], ids=["empty", "broken"])
def test_a_folder_without_any_document(library, tmp_path, names):
    (tmp_path / "docs").mkdir()
    for name in names:
        (tmp_path / "docs" / name).write_bytes(b"no such thing")
    with pytest.raises(SettingsError, match="holds no document that can be read") as caught:
        ingest(["shop"], {"shop": [tmp_path / "docs"]}, library.ingestor, warn=pytest.fail)
    assert all(name in caught.value.message for name in names)
