import pytest

from groundwire.knowledge.pdf import with_structure
from made_files import page_pdf, pdf

RULES = "1 w 72 600 200 40 re S 72 620 m 272 620 l S 172 600 m 172 640 l S"


def words(text, x, y, size=10):
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET"


TABLE = [words("Plan", 76, 626), words("Price", 176, 626), words("Plus", 76, 606), words("18 dollars", 176, 606), RULES]
PLAIN = [words(f"Line {n} of the text says what the rules are.", 72, 560 - 14 * n) for n in range(4)]


def test_a_text_without_headings_and_tables_comes_back_as_it_is():
    assert (
        with_structure(pdf("Refunds take 14 days.", "Shipping is free."), "as it was\n\n\n\nhere")
        == "as it was\n\n\n\nhere"
    )


def test_a_ruled_table_stays_a_table_in_its_place():
    above, below = words("Prices of the plans are in this table.", 72, 660), PLAIN
    found = with_structure(page_pdf(above, *TABLE, *below), "unused")
    before, _, after = found.partition("| Plan | Price |\n|---|---|\n| Plus | 18 dollars |")
    assert before.strip() == "Prices of the plans are in this table."
    assert after.strip().startswith("Line 0 of the text")
    assert found.count("Plus") == 1


def test_larger_letters_make_headings_the_largest_first():
    title, section = words("Fares and fees", 72, 700, 20), words("Baggage", 72, 680, 14)
    text = "Fares and fees\nBaggage\nLine 0 of the text says what the rules are."
    marked = with_structure(page_pdf(title, section, *PLAIN), text)
    assert marked.strip().split("\n\n")[:2] == ["# Fares and fees", "## Baggage"]
    assert "\nLine 0 of" in marked


def test_a_long_line_of_larger_letters_is_no_heading():
    long = words(" ".join(["word"] * 20), 20, 700, 14)
    assert with_structure(page_pdf(long, *PLAIN), " ".join(["word"] * 20)).startswith("word")


@pytest.mark.parametrize("content", [[], ["0 0 100 100 re f"]], ids=["empty", "picture"])
def test_a_page_without_letters_changes_nothing(content):
    assert with_structure(page_pdf(*content), "") == ""
