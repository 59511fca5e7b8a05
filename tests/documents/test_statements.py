import pytest
from hypothesis import given

from groundwire.documents.passages import Cut, cut
from groundwire.documents.statements import statements
from markdown_texts import ANY_TEXT, passage


def read(text, headings=(), lead=""):
    return statements(passage(text, Cut(0, len(text), headings, lead)))


CASES = {
    "sentences": ("Dogs fly. Cats too.", [("Dogs fly.", ()), ("Cats too.", ())]),
    "heading": ("# Pets\nDogs fly.", [("Pets", ()), ("Dogs fly.", ("Pets",))]),
    "heading below": ("# A\n## B ##\nx.", [("A", ()), ("B", ("A",)), ("x.", ("A", "B"))]),
    "list": (
        "You need:\n- a pass\n- [ ] a bag",
        [("You need:", ()), ("a pass", ("You need:",)), ("a bag", ("You need:",))],
    ),
    "label": ("**Pets.** Dogs fly.", [("**Pets.**", ("Pets.",)), ("Dogs fly.", ("Pets.",))]),
    "code": ("```\nDogs fly.\n```", []),
    "rule": ("Dogs fly.\n\n---\n\n***", [("Dogs fly.", ())]),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("text", "found"), CASES.values(), ids=CASES.keys())
def test_statements_come_with_what_they_lean_on(text, found):
    assert [(one.text, one.context) for one in read(text)] == found


def test_a_sentence_knows_the_one_before_it_in_its_block():
    assert [one.before for one in read("Dogs *fly*. Cats too.\n\nBirds walk.")] == ["", "Dogs fly.", ""]


def test_a_row_reads_with_its_headers():
    row = read("# Fees\n\n| Fare | *Fee* |\n|---|---|\n| Lite | €24 |")[-1]

    assert row.context == ("Fees", "Fare; Fee")
    assert [(cell.header, cell.text) for cell in row.cells] == [("Fare", "Lite"), ("Fee", "€24")]


def test_rows_without_their_header_row_take_it_from_the_lead():
    rows = read("| Lite | €24 |\n| - | - |\n| Flex | €9 | extra |\n\n- Dogs fly.", ("Fees",), "| Fare | Fee |")

    assert [[cell.header for cell in row.cells] for row in rows] == [["Fare", "Fee"], ["Fare", "Fee", ""], []]
    assert [row.context for row in rows] == [("Fees", "Fare; Fee"), ("Fees", "Fare; Fee"), ("Fees",)]


def test_a_lead_in_does_not_reach_past_its_list():
    found = read("- a pass\n- a bag\n\nDogs fly.\n\n- Cats too.", lead="You need:")

    assert [one.context for one in found] == [("You need:",), ("You need:",), (), ("Dogs fly.",)]


def test_a_joined_passage_gives_every_statement_its_own_heading_path():
    found = read("## Pets\n\nDogs fly.\n\n## Bags\n\nTwo are free.", ("Guide",))

    assert [one.context for one in found] == [("Guide",), ("Guide", "Pets"), ("Guide",), ("Guide", "Bags")]


def test_a_heading_in_the_passage_and_in_its_path_stands_once():
    found = read("## Pets\n\nDogs fly.", ("Guide", "Pets"))

    assert [one.context for one in found] == [("Guide",), ("Guide", "Pets")]


@given(ANY_TEXT)
def test_statements_and_cells_slice_out_of_the_document(text):
    for one in cut(text, target_words=12, max_words=25):
        last = one.start
        for found in statements(passage(text, one)):
            assert last <= found.start < found.end <= one.end
            assert text[found.start : found.end] == found.text
            assert all(text[cell.start : cell.end] == cell.text for cell in found.cells)
            last = found.end


@given(ANY_TEXT, ANY_TEXT)
def test_any_lead_can_be_read(text, lead):
    assert all(text[one.start : one.end] == one.text for one in read(text, ("A",), lead))
