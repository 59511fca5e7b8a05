from dataclasses import replace

import pytest

from groundwire.domain import Evidence
from groundwire.knowledge.surroundings import Surroundings, surroundings
from libraries import open_library

TEXT = "Goods go back within 14 days. Refunds take 5 days. Shipping is free."
QUOTE = "Refunds take 5 days."


@pytest.fixture
def library(database, tmp_path):
    library = open_library(database, tmp_path / "indexes")
    library.add("default", returns=TEXT)
    return library


def evidence(quote=QUOTE, version=1, document_id="returns"):
    start = TEXT.find(quote)
    return Evidence(document_id, version, "", quote, start, start + len(quote))


def test_what_stands_around_a_quote_is_read(database, library):
    assert surroundings(database, ["default"], [evidence()]) == [
        Surroundings("Goods go back within 14 days. ", " Shipping is free.", "default")
    ]


def test_it_is_cut_at_words(database, library):
    [found] = surroundings(database, ["default"], [evidence()], 12)
    assert (found.before, found.after) == ("14 days. ", " Shipping")


def test_in_a_table_it_is_cut_at_rows(database, library):
    rows = [f"| Part {number} | {number} dollars |" for number in range(6)]
    text = "\n".join(rows)
    library.add("default", prices=text)
    start = text.index(rows[3])
    quoted = Evidence("prices", 1, "", rows[3], start, start + len(rows[3]))
    [found] = surroundings(database, ["default"], [quoted], 40)
    assert (found.before, found.after) == (f"{rows[2]}\n", f"\n{rows[4]}")
    [found] = surroundings(database, ["default"], [replace(quoted, quote="3 dollars |", start=start + 11)], 3)
    assert (found.before, found.after) == ("| ", "")


def test_at_the_edges_there_is_nothing(database, library):
    [found] = surroundings(database, ["default"], [evidence(TEXT)])
    assert (found.before, found.after) == ("", "")


@pytest.mark.parametrize(
    "gone", [evidence(version=2), evidence(document_id="other"), replace(evidence(), quote="Refunds take 9 days.")]
)
def test_what_is_no_longer_kept_has_none(database, library, gone):
    assert surroundings(database, ["default"], [gone]) == [None]
    assert surroundings(database, ["other"], [evidence()]) == [None]
