import pytest

from made_files import pdf


def test_the_configured_folder_is_loaded_and_told_file_by_file(groundwire, documents):
    result = groundwire("ingest")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "added     fees.md",
        "added     returns.md",
        "default@1: 2 added; 2 documents in all.",
    ]


def test_a_second_time_nothing_changes(groundwire, documents):
    groundwire("ingest")

    result = groundwire("ingest")

    assert result.stdout == "default@1: 2 unchanged; 2 documents in all.\n"


def test_named_files_go_into_the_named_collection(groundwire, documents):
    (documents / "note.pdf").write_bytes(pdf("The pool opens at nine."))

    result = groundwire("ingest", documents / "fees.md", documents / "note.pdf", "--collection", "faq")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "faq@1: 2 added; 2 documents in all."


def test_a_broken_file_is_named_and_the_others_are_loaded(groundwire, documents):
    (documents / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")

    result = groundwire("ingest")

    assert result.exit_code == 1
    assert "failed    'broken.pdf'" in result.stderr
    assert "default@1: 1 failed, 2 added; 2 documents in all." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 2, "'nowhere' does not exist."),
        ([], 1, "default@0: no documents found; 0 documents in all."),
        (["--collection", "Not A Name"], 2, "knowledge_base.collection"),
    ],
)
def test_what_can_not_be_loaded_is_explained(groundwire, arguments, code, said):
    result = groundwire("ingest", *arguments)

    assert result.exit_code == code
    assert said in result.output


def test_without_a_folder_there_is_nothing_to_load(groundwire, folder):
    (folder / "groundwire.yaml").write_text("knowledge_base: {path: null}")

    result = groundwire("ingest")

    assert result.exit_code == 2
    assert "name files or folders" in result.stderr
