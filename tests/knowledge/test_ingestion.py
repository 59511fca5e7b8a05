import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from groundwire.errors import IngestionStopped, NotFound, SettingsError
from groundwire.knowledge.ingestion import Result, Upload
from groundwire.storage.database import open_database
from libraries import open_library
from made_files import docx, locked_pdf, pdf, xlsx

CRASHING = Path(__file__).parent / "crashing.py"


def results(report):
    return {outcome.document_id: outcome.result for outcome in report.outcomes}


def reasons(report):
    return {outcome.document_id: outcome.reason for outcome in report.failed}


def ids(library, collection="default"):
    return [document.document_id for document in library.store.documents(collection)]


def test_a_folder_becomes_a_collection(library, folder):
    report = library.ingestor.sync_folder(folder, "default")
    assert results(report) == {"refunds.md": Result.ADDED, "shipping.md": Result.ADDED}
    assert (report.revision.name, report.revision.documents) == ("default@1", 2)
    assert library.find("refunds", k=1) == ["refunds.md"]


def test_an_unchanged_folder_costs_no_embedding_and_makes_no_revision(library, folder):
    library.ingestor.sync_folder(folder, "default")
    before = library.embedder.texts
    report = library.ingestor.sync_folder(folder, "default")
    assert set(results(report).values()) == {Result.UNCHANGED}
    assert report.revision is None
    assert library.embedder.texts == before


def test_a_change_embeds_only_what_is_new(library, folder):
    long = "\n\n".join(f"## Rule {n}\n\n" + f"Rule number {n} holds for order {n}. " * 20 for n in range(10))
    (folder / "rules.md").write_text(long)
    library.ingestor.sync_folder(folder, "default")
    before = library.embedder.texts
    (folder / "rules.md").write_text(long.replace("order 7", "order seven"))
    report = library.ingestor.sync_folder(folder, "default")
    assert results(report)["rules.md"] is Result.UPDATED
    assert 1 <= library.embedder.texts - before <= 2


def test_new_changed_and_vanished_files_make_one_revision(library, folder):
    library.ingestor.sync_folder(folder, "default")
    (folder / "refunds.md").write_text("# Refunds\n\nRefunds take 30 days.")
    (folder / "shipping.md").unlink()
    (folder / "plans").mkdir()
    (folder / "plans" / "plus.txt").write_text("Plus costs $18.")
    report = library.ingestor.sync_folder(folder, "default")
    assert results(report) == {
        "refunds.md": Result.UPDATED,
        "shipping.md": Result.REMOVED,
        "plans/plus.txt": Result.ADDED,
    }
    assert report.revision.number == 2
    assert ids(library) == ["plans/plus.txt", "refunds.md"]


def test_documents_that_came_in_otherwise_stay_when_a_folder_is_synced(library, folder):
    library.add(faq="We close at 6.")
    library.ingestor.sync_folder(folder, "default")
    (folder / "refunds.md").unlink()
    library.ingestor.sync_folder(folder, "default")
    assert ids(library) == ["faq", "shipping.md"]


def test_a_missing_folder_removes_nothing(library, folder):
    library.ingestor.sync_folder(folder, "default")
    folder.rename(folder.with_name("elsewhere"))
    report = library.ingestor.sync_folder(folder, "default")
    assert (report.outcomes, report.revision) == ((), None)
    assert ids(library) == ["refunds.md", "shipping.md"]


def test_a_folder_that_was_emptied_empties_the_collection(library, folder):
    library.ingestor.sync_folder(folder, "default")
    for path in folder.iterdir():
        path.unlink()
    library.ingestor.sync_folder(folder, "default")
    assert library.knowledge.snapshot([]).is_empty
    assert library.find("refunds") == []


def test_hidden_and_half_written_files_are_passed_over(library, folder):
    for name in (".secret.md", "~$plans.docx", "refunds.md~", ".git/config.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("Refunds take 99 days.")
    assert set(results(library.ingestor.sync_folder(folder, "default"))) == {"refunds.md", "shipping.md"}


BAD_FILES = {
    "empty.md": (b"", "is empty"),
    "blank.md": (b"\n \n", "holds no text"),
    "old.doc": (b"x", "before 2007"),
    "photo.png": (b"\x89PNG\r\n\x1a\n", "unsupported ending"),
    "binary.txt": (bytes(range(256)) * 40, "binary"),
    "locked.pdf": (locked_pdf(), "password"),
    "scan.pdf": (pdf(), "scan"),
    "broken.pdf": (b"%PDF-1.4\nnothing", "broken"),
    "named.docx": (b"%PDF-1.4\n", "is a PDF"),
    "cut.xlsx": (xlsx(["Fare", "Fee"], ["Lite", 24])[:300], "broken or was cut off"),
    "broken.json": (b'{"a": ', "not valid JSON"),
    "huge.md": (b"Refunds take 14 days. " * 10_000, "larger than"),
}


@pytest.fixture
def small(database, tmp_path):
    """Takes files of 100 kB at most."""
    return open_library(database, tmp_path / "indexes", max_bytes=100_000)


def test_every_bad_file_is_named_with_its_reason_and_spoils_no_other(small, folder):
    for name, (data, _) in BAD_FILES.items():
        (folder / name).write_bytes(data)
    report = small.ingestor.sync_folder(folder, "default")
    found = reasons(report)
    assert set(found) == set(BAD_FILES)
    for name, (_, reason) in BAD_FILES.items():
        assert repr(name) in found[name]
        assert reason in found[name]
    assert ids(small) == ["refunds.md", "shipping.md"]
    assert {failed.document_id for failed in small.store.failures.of("default")} == set(BAD_FILES)


def test_a_file_that_became_unreadable_leaves_its_last_good_version(library, folder):
    library.ingestor.sync_folder(folder, "default")
    (folder / "refunds.md").write_bytes(b"")
    report = library.ingestor.sync_folder(folder, "default")
    assert "is empty" in reasons(report)["refunds.md"]
    assert report.revision is None
    assert library.store.document("default", "refunds.md")[1] == "# Refunds\n\nRefunds take 14 days."


def test_an_unchanged_bad_file_is_not_read_again_until_it_is_asked_for(library, folder, monkeypatch):
    (folder / "locked.pdf").write_bytes(locked_pdf())
    first = library.ingestor.sync_folder(folder, "default")
    converted = []
    monkeypatch.setattr("groundwire.knowledge.uploads.convert", lambda *_, **__: converted.append(1))
    again = library.ingestor.sync_folder(folder, "default")
    assert reasons(again) == reasons(first)
    assert converted == []


def test_a_failure_is_forgotten_when_the_file_is_mended_or_gone(library, folder):
    for name in ("mended.md", "gone.md"):
        (folder / name).write_bytes(b"")
    library.ingestor.sync_folder(folder, "default")
    (folder / "mended.md").write_text("We close at 6.")
    (folder / "gone.md").unlink()
    library.ingestor.sync_folder(folder, "default")
    assert library.store.failures.of("default") == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a file that can't be opened")
def test_a_file_that_can_not_be_opened_is_named(library, folder):
    (folder / "secret.md").write_text("x")
    (folder / "secret.md").chmod(0)
    assert "'secret.md' can't be read" in reasons(library.ingestor.sync_folder(folder, "default"))["secret.md"]


def test_paths_add_to_a_collection_and_remove_nothing(library, folder, tmp_path):
    library.add(faq="We close at 6.")
    single = tmp_path / "plans.md"
    single.write_text("Plus costs $18.")
    report = library.ingestor.ingest_paths([folder, single], "default")
    assert results(report) == dict.fromkeys(["refunds.md", "shipping.md", "plans.md"], Result.ADDED)
    assert ids(library) == ["faq", "plans.md", "refunds.md", "shipping.md"]


def test_two_files_of_one_name_are_not_mixed_up(library, folder, tmp_path):
    other = tmp_path / "refunds.md"
    other.write_text("Refunds take 99 days.")
    report = library.ingestor.ingest_paths([folder, other], "default")
    assert "came twice" in reasons(report)["refunds.md"]
    assert library.store.document("default", "refunds.md")[1].endswith("14 days.")


def test_a_path_that_does_not_exist_is_named(library, tmp_path):
    with pytest.raises(SettingsError, match="nowhere' does not exist"):
        library.ingestor.ingest_paths([tmp_path / "nowhere"], "default")


def test_a_new_title_or_address_alone_makes_a_new_version(library):
    text = b"Plus costs $18."
    for options in ({}, {"title": "Plans"}, {"title": "Plans", "url": "https://example.com"}):
        report = library.ingestor.ingest_uploads([Upload("plans", "plans", text, is_text=True, **options)], "default")
        assert report.revision
    assert library.store.document("default", "plans")[0].version == 3
    same = Upload("plans", "plans", text, is_text=True, title="Plans", url="https://example.com")
    assert library.ingestor.ingest_uploads([same], "default").revision is None


def test_a_document_is_removed_and_a_revision_restored(library):
    library.add(a="Refunds take 14 days.", b="Shipping is free.")
    assert library.ingestor.remove(["a", "a", "unknown"], "default").documents == 1
    assert library.ingestor.remove(["a"], "default") is None
    library.ingestor.restore("default", 1)
    assert ids(library) == ["a", "b"]
    assert library.find("refunds", k=1) == ["a"]
    with pytest.raises(NotFound):
        library.ingestor.restore("default", 99)


def test_only_the_newest_revisions_are_kept(database, tmp_path):
    library = open_library(database, tmp_path / "indexes", keep_revisions=2)
    for days in range(5):
        library.add(a=f"Refunds take {days} days.")
    assert [revision.number for revision in library.store.revisions("default")] == [5, 4]


def test_progress_counts_the_files_and_names_what_is_done(library, folder):
    seen = []
    library.ingestor.sync_folder(folder, "default", lambda *step: seen.append(step))
    assert seen[:2] == [(1, 2, "refunds.md"), (2, 2, "shipping.md")]
    assert seen[-1] == (2, 2, "embedding: 2 of 2 passages")


def test_large_ingestions_are_written_in_parts_but_published_as_one_revision(library, monkeypatch):
    monkeypatch.setattr("groundwire.knowledge.ingestion._CHARACTERS_AT_ONCE", 50)
    report = library.add(**{f"d{n}": f"Rule number {n} holds for every order." for n in range(7)})
    assert (report.revision.number, report.revision.documents) == (1, 7)


@pytest.mark.parametrize("step", ["refunds.md", "embedding: 1 of 2 passages"])
def test_an_ingestion_that_is_stopped_ends_at_its_next_step_and_publishes_nothing(library, folder, step, monkeypatch):
    monkeypatch.setattr("groundwire.knowledge.ingestion._EMBEDDED_AT_ONCE", 1)
    seen = []

    def note(done, total, name):
        seen.append(name)
        if name == step:
            library.ingestor.stop()

    with pytest.raises(IngestionStopped, match="not taken in"):
        library.ingestor.sync_folder(folder, "default", note)

    assert seen[-1] == step
    assert library.store.documents("default") == []
    with pytest.raises(IngestionStopped):
        library.add(other="Tea is served at four.")


def test_formats_are_converted(library):
    body = "<w:p><w:r><w:t>Refunds take 14 days.</w:t></w:r></w:p>"
    files = {"a.docx": docx(body), "b.xlsx": xlsx(["Fare", "Fee"], ["Lite", 24]), "c.pdf": pdf("Shipping is free.")}
    report = library.ingestor.ingest_uploads([Upload(name, name, data) for name, data in files.items()], "default")
    assert set(results(report).values()) == {Result.ADDED}
    assert "| Lite | 24 |" in library.store.document("default", "b.xlsx")[1]


@pytest.mark.parametrize("step", ["embedding", "staging", "publishing"])
def test_a_killed_ingestion_leaves_the_last_good_revision_and_can_be_run_again(database_url, tmp_path, folder, step):
    database = open_database(database_url)
    open_library(database, tmp_path / "indexes").ingestor.sync_folder(folder, "default")
    # The other process gets the database for itself.
    database.engine.dispose()
    (folder / "refunds.md").write_text("Refunds take 99 days.")
    (folder / "new.md").write_text("We close at 6.")

    killed = subprocess.run([sys.executable, CRASHING, database_url, folder, step], timeout=60, check=False)

    assert killed.returncode == -signal.SIGKILL
    after = open_library(database, tmp_path / "indexes")
    after.knowledge.refresh()
    assert after.knowledge.snapshot([]).revision == "default@1"
    assert ids(after) == ["refunds.md", "shipping.md"]
    assert after.store.document("default", "refunds.md")[1].endswith("14 days.")
    report = after.ingestor.sync_folder(folder, "default")
    assert report.revision.name == "default@2"
    assert after.find("refunds days", k=1) == ["refunds.md"]
    assert after.store.document("default", "refunds.md")[1].endswith("99 days.")
    database.engine.dispose()
