import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.console.layout import blocks_of
from groundwire.console.texts import Run

TABLE = "| | H1 | H2 |\n|---|:--|--:|\n| Battery | 8 hours | 24 hours |\n"


def runs_of(blocks):
    """All runs, in order."""
    return [
        run
        for block in blocks
        for run in (*block.runs, *(run for row in block.rows for cell in row.cells for run in cell))
    ]


def seen(runs):
    return "".join(run.text for run in runs if not run.is_sign)


def cells(row):
    return [seen(cell).strip() for cell in row.cells]


def test_rows_of_a_table_become_rows():
    before, table, after = blocks_of([Run(f"Data sheet.\n{TABLE}Ask us.")])
    assert (seen(before.runs), seen(after.runs)) == ("Data sheet.\n", "Ask us.")
    shown = [cells(row) for row in table.rows if not row.is_rule]
    assert shown == [["", "H1", "H2"], ["Battery", "8 hours", "24 hours"]]
    assert [(row.is_head, row.is_rule) for row in table.rows] == [(True, False), (False, True), (False, False)]


def test_what_is_marked_over_several_cells_is_marked_in_each():
    runs = [Run("| Battery | 8 "), Run("hours | 24", is_marked=True), Run(" hours |")]
    [block] = blocks_of(runs)
    marked = [[run.text for run in cell if run.is_marked and not run.is_sign] for cell in block.rows[0].cells]
    assert marked == [[], ["hours "], [" 24"]]


def test_headings_lose_their_signs():
    [block] = blocks_of([Run("## Choosing\nH2 is new.")])
    assert [(run.text, run.is_heading, run.is_sign) for run in block.runs] == [
        ("## ", False, True),
        ("Choosing\n", True, False),
        ("H2 is new.", False, False),
    ]


@pytest.mark.parametrize(
    "text", ["|", "a | b", "| a", "a |", r"| a \|", "#", "# ", "#tag", "####### seven", "", "x ## y", "\n\n"]
)
def test_other_text_stays_as_it_is(text):
    assert seen(run for block in blocks_of([Run(text)]) for run in block.runs) == text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"| a \| b | c |", [r"a \| b", "c"]),
        ("||", [""]),
        ("  | a |  ", ["a"]),
        ("|a||b|", ["a", "", "b"]),
    ],
)
def test_a_row_is_cut_at_its_bars(line, expected):
    [block] = blocks_of([Run(line)])
    assert [cells(row) for row in block.rows] == [expected]


@given(st.lists(st.builds(Run, st.text("|#\\- \na\r", max_size=12), is_marked=st.booleans()), max_size=8))
def test_no_character_is_added_or_lost(runs):
    laid = runs_of(blocks_of(runs))
    assert [(sign, run.is_marked) for run in laid for sign in run.text] == [
        (sign, run.is_marked) for run in runs for sign in run.text
    ]
