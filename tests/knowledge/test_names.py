import pytest

from groundwire.errors import BadRequest
from groundwire.knowledge.names import require_document_id


@pytest.mark.parametrize(
    "name", ["a", "plans/2026.md", "Pläne 2026 (neu).pdf", "18f:README.md", ".env", "a..b", "x" * 512]
)
def test_a_relative_path_is_a_name(name):
    require_document_id(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("../a", "'..'"),
        ("a/../../b", "'..'"),
        ("a/", "must not be empty"),
        ("/etc/passwd", "relative"),
        ("a\\b", "relative"),
        ("C:/a", "relative"),
        ("a\x00b", "control"),
        ("a\nb", "control"),
        ("a\u202eb", "control"),
        ("a\ud83d", "control"),
        ("x" * 513, "512"),
    ],
    ids=repr,
)
def test_other_names_are_refused_with_the_reason(name, reason):
    with pytest.raises(BadRequest, match="can't name a document") as caught:
        require_document_id(name)
    assert reason in caught.value.message
    assert len(caught.value.message) < 250
