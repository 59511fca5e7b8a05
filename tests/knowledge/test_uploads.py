import pytest

from groundwire.errors import DocumentError
from groundwire.knowledge.uploads import Upload, files_of, read_file


def prepared(upload, **options):
    return upload.prepared(upload.sha256, options.get("origin", ""), options.get("max_bytes", 1_000))


def test_a_file_is_converted_and_cut():
    document = prepared(Upload("plans/a.md", "a.md", b"# Plans\r\n\r\nPlus costs $18."), origin="docs")
    assert (document.title, document.text) == ("Plans", "# Plans\n\nPlus costs $18.")
    assert (document.source_name, len(document.cuts)) == ("docs/a.md", 1)


def test_a_text_is_taken_as_it_is_but_for_its_line_breaks():
    document = prepared(Upload("a", "a", b"---\ntitle: x\n---\r\nPlus costs $18.", title="Plans", is_text=True))
    assert (document.title, document.text) == ("Plans", "---\ntitle: x\n---\nPlus costs $18.")


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "holds no text"), (b" \n--", "holds no text"), (b"x" * 1_001, "larger than 0.001 MB")]
)
def test_a_text_without_words_or_of_too_many_is_refused(data, reason):
    with pytest.raises(DocumentError, match=reason):
        prepared(Upload("a", "a", data, is_text=True))


def test_files_are_found_in_order_in_all_folders(tmp_path):
    for name in ("b.md", "a/c.md", "a/.hidden/d.md", "~$x.docx", "e.md~"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [path.relative_to(tmp_path).as_posix() for path in files_of(tmp_path)] == ["a/c.md", "b.md"]


def test_a_file_that_went_meanwhile_is_named(tmp_path):
    with pytest.raises(DocumentError, match=r"'a.md' can't be read: No such file"):
        read_file(tmp_path / "a.md", "a.md", 100)


def test_a_path_too_long_to_store_is_named(tmp_path):
    with pytest.raises(DocumentError, match="more than 512 characters"):
        read_file(tmp_path / "a.md", "x/" * 300, 100)
