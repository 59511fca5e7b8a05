from datetime import date, datetime, time, timedelta

import pytest

from groundwire.knowledge.spreadsheets import workbook_to_markdown
from made_files import xlsx

SHOWN = {
    "text": ("Lite ", "General", "Lite"),
    "whole": (24, "General", "24"),
    "whole as a float": (24.0, "General", "24"),
    "rounding error": (0.1 + 0.2, "General", "0.3"),
    "decimals": (2.5, "0.00", "2.50"),
    "thousands": (1299.5, "#,##0.00", "1,299.50"),
    "euro": (24, '"€"#,##0.00', "€24.00"),
    "euro of a country": (24, "[$€-407]#,##0.00", "€24.00"),
    "country without currency": (24, "[$-409]0.0", "24.0"),
    "per cent": (0.125, "0.0%", "12.5%"),
    "negative": (-5, "#,##0;(#,##0)", "-5"),
    "yes": (True, "General", "yes"),
    "day": (date(2026, 3, 1), "dd.mm.yyyy", "2026-03-01"),
    "moment": (datetime(2026, 3, 1, 9, 30), "dd.mm.yyyy hh:mm", "2026-03-01 09:30"),
    "time": (time(9, 30), "hh:mm", "09:30"),
    "duration": (timedelta(hours=36), "[h]:mm", "36 h"),
}


@pytest.mark.parametrize(("value", "number_format", "shown"), SHOWN.values(), ids=SHOWN.keys())
def test_a_cell_reads_as_excel_shows_it(value, number_format, shown):
    text = workbook_to_markdown(xlsx(["Fare", "Fee"], ["Lite", value], formats={"B2": number_format}))

    assert text.split("\n")[-1] == f"| Lite | {shown} |"


def test_single_cells_above_a_table_are_text_over_it():
    text = workbook_to_markdown(xlsx(["Prices of 2026"], [], ["Fare", None, "Fee"], ["Lite", None, 24], [], ["Flex"]))

    assert text == "## Fares\n\nPrices of 2026\n\n| Fare | Fee |\n|---|---|\n| Lite | 24 |\n| Flex |  |"


def test_hidden_and_empty_sheets_say_nothing():
    assert workbook_to_markdown(xlsx(hidden=[["secret", "x"]])) == ""
