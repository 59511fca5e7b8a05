import gzip

import pytest

from groundwire.errors import SettingsError
from groundwire.evaluation.records import Record, read_records


def written(folder, data):
    path = folder / "answers.jsonl"
    path.write_bytes(data)
    return path


def values_of(path):
    return [record.values for record in read_records(path)]


LINES = b'{"id": 1}\n\n  \n{"id": "\xc3\xa4"}'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LINES, id="plain"),
        pytest.param(gzip.compress(LINES), id="gzipped, whatever the name"),
        pytest.param(b"\xef\xbb\xbf" + LINES, id="byte-order mark"),
        pytest.param(LINES.replace(b"\n", b"\r\n"), id="Windows line ends"),
        pytest.param(gzip.compress(b'{"id": 1}\n') + gzip.compress(b'{"id": "\xc3\xa4"}'), id="gzipped in parts"),
    ],
)
def test_reads_objects_and_passes_over_blank_lines(tmp_path, data):
    assert values_of(written(tmp_path, data)) == [{"id": 1}, {"id": "ä"}]


def test_the_place_counts_blank_lines(tmp_path):
    path = written(tmp_path, LINES)
    assert [record.place for record in read_records(path)] == [f"{str(path)!r}, line 1", f"{str(path)!r}, line 4"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b'{"id": 1}\n{"id": ', "line 2: not JSON", id="cut off"),
        pytest.param(b'{"id": 1}\n[1]', "line 2: expected a JSON object, got [1].", id="a list"),
        pytest.param(b"[" * 100_000, "line 1: not JSON", id="nested too deeply"),
        pytest.param(b'{"id": "\xff"}', "is not UTF-8 text", id="another encoding"),
        pytest.param(gzip.compress(b'{"id": 1}')[:-6], "can't be read", id="gzip cut off"),
        pytest.param(gzip.compress(LINES)[:10] + b"\xff" * 9, "can't be read", id="broken gzip"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path, data, reason):
    path = written(tmp_path, data)
    with pytest.raises(SettingsError) as caught:
        values_of(path)
    assert str(path) in caught.value.message
    assert reason in caught.value.message


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SettingsError, match="can't be read"):
        values_of(tmp_path)


RECORD = Record("a.jsonl, line 3", {"text": "x", "count": 2, "none": None, "rows": [{"a": 1}, 2], "flag": True})


def test_reads_fields_by_type():
    assert (RECORD.text("text"), RECORD.text("count"), RECORD.text("none", "-")) == ("x", "2", "-")
    assert (RECORD.number("count"), RECORD.number("none"), RECORD.number("gone")) == (2, None, None)
    assert (RECORD.items("none"), RECORD.items("rows")) == ([], [{"a": 1}, 2])
    assert RECORD.has("text", "none")
    assert not RECORD.has("text", "gone")


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (lambda: RECORD.text("gone"), "`gone` must be text, got None."),
        (lambda: RECORD.text("rows"), "`rows` must be text, got [{'a': 1}, 2]."),
        (lambda: RECORD.number("text"), "`text` must be a whole number, got 'x'."),
        (lambda: RECORD.number("flag"), "`flag` must be a whole number, got True."),
        (lambda: RECORD.items("text"), "`text` must be a list, got 'x'."),
        (lambda: RECORD.records("rows"), "`rows` must hold objects, got 2."),
    ],
)
def test_a_field_of_another_type_is_named_with_its_place(read, reason):
    with pytest.raises(SettingsError) as caught:
        read()
    assert caught.value.message == f"a.jsonl, line 3: {reason}"


def test_long_values_are_shortened_in_messages():
    with pytest.raises(SettingsError) as caught:
        Record("a.jsonl, line 1", {"text": ["x" * 500]}).text("text")
    assert len(caught.value.message) < 150
