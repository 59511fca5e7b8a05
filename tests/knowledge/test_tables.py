from hypothesis import given
from hypothesis import strategies as st

from groundwire.documents.blocks import BlockKind, cells, parse
from groundwire.knowledge.tables import csv_to_markdown, markdown_table

ROW = st.lists(st.text("ab1 |\n-", max_size=6), min_size=2, max_size=5)


@given(st.lists(ROW, min_size=1, max_size=6))
def test_every_cell_comes_back_from_the_table(rows):
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    width = max((len(row) for row in kept), default=0)
    table = markdown_table(rows)
    lines = table.split("\n")[:1] + table.split("\n")[2:]

    found = [[line[start:end].replace("\\|", "|") for start, end in cells(line)] for line in lines if line]

    assert found == [[" ".join(cell.split()) for cell in row + [""] * (width - len(row))] for row in kept]


def test_a_table_is_read_as_one_header_and_its_rows():
    kinds = [block.kind for block in parse(csv_to_markdown("Fare,Fee\nLite,24\n-,-\n"))]

    assert kinds == [BlockKind.HEADER, BlockKind.ROW, BlockKind.ROW]


def test_the_delimiter_is_the_one_the_first_line_has_most_of():
    assert csv_to_markdown("a,b;c;d\n1;2;3").startswith("| a,b | c | d |")
