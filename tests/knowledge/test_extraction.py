import pytest

from groundwire.knowledge.extraction import EXTRACTORS, PasswordNeeded, extract
from made_files import docx, locked_pdf, paragraph, pptx, word_table


def test_a_locked_pdf_asks_for_its_password():
    with pytest.raises(PasswordNeeded):
        extract(".pdf", locked_pdf())


def test_the_first_row_of_a_word_table_is_its_header():
    lines = extract(".docx", docx(word_table(["Fare", "Fee"], ["Lite", "24"]))).text.strip().split("\n")

    assert lines == ["| Fare | Fee |", "| --- | --- |", "| Lite | 24 |"]


def test_properties_name_the_title():
    assert extract(".docx", docx(paragraph("Dogs fly."), "Pets &amp; bags")).title == "Pets & bags"


def test_pictures_leave_only_their_description():
    page = b'<p>Dogs fly.</p><img src="data:image/png;base64,AAAA" alt="A dog">'

    assert extract(".html", page).text.split() == ["Dogs", "fly.", "A", "dog"]


def test_slides_leave_no_comments():
    assert "<!--" not in extract(".pptx", pptx("Pets", [["Fare", "Fee"]])).text


def test_each_ending_is_lower_case_with_its_dot():
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in EXTRACTORS)
