import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.console.texts import Run, marked_words, part_of
from groundwire.documents.passages import cut
from groundwire.domain import Passage

TEXT = "# Refunds\n\nRefunds take 14 days.\n\n## Gifts\n\nGift cards are final."


def passages_of(text):
    return [
        Passage(number, "a", 1, "A", text[piece.start : piece.end], piece.start, piece.end, piece.headings)
        for number, piece in enumerate(cut(text))
    ]


def marked(part):
    return "".join(run.text for passage in part.passages for run in passage.runs if run.is_marked)


def test_headings_are_told_from_other_text():
    [passage] = part_of(passages_of(TEXT), None, None).passages
    assert [run.text for run in passage.runs if run.is_heading] == ["# Refunds", "## Gifts"]
    assert "".join(run.text for run in passage.runs) == TEXT
    assert not passage.has_quote


def test_the_quoted_range_is_marked():
    start = TEXT.index("14 days")
    part = part_of(passages_of(TEXT), None, (start, start + 7))
    assert marked(part) == "14 days"
    assert part.passages[0].has_quote


def test_a_quote_over_two_passages_begins_in_the_first():
    text = "\n\n".join(f"# Part {number}\n\n" + f"Word {number}. " * 60 for number in range(2))
    start, end = text.index("Word 0") + 20, text.index("# Part 1") + 8
    part = part_of(passages_of(text), None, (start, end))
    assert [passage.has_quote for passage in part.passages] == [True, *[False] * (len(part.passages) - 1)]
    assert marked(part).split() == text[start:end].split()


@given(start=st.integers(-5, 200), length=st.integers(-5, 200))
def test_any_range_leaves_the_text_as_it_is(start, length):
    part = part_of(passages_of(TEXT), None, (start, start + length))
    assert "".join(run.text for run in part.passages[0].runs) == TEXT


def test_a_long_document_comes_in_parts_and_opens_where_the_quote_is():
    text = "\n\n".join(f"# Part {number}\n\n" + f"Word {number} counts. " * 700 for number in range(20))
    passages = passages_of(text)
    first = part_of(passages, None, None)
    assert first.number == 1
    assert first.total > 2
    place = text.index("Word 13")
    found = part_of(passages, None, (place, place + 7))
    assert 1 < found.number < found.total
    assert marked(found) == "Word 13"
    assert marked(part_of(passages, 1, (place, place + 7))) == ""
    shown = [
        passage.start for number in range(1, first.total + 1) for passage in part_of(passages, number, None).passages
    ]
    assert shown == [passage.start for passage in passages]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-3, 1), (99, 1)])
def test_a_part_that_is_not_there_is_the_nearest_one(asked, given):
    assert part_of(passages_of(TEXT), asked, None).number == given


def test_a_document_without_passages_is_an_empty_part():
    assert part_of([], None, (1, 2)).passages == ()


def test_words_that_were_searched_for_are_marked_in_any_form():
    runs = marked_words("Refunds are paid. A refund takes 14 days!", "How long do refunds take?")
    assert [run.text for run in runs if run.is_marked] == ["Refunds", "refund", "takes"]
    assert "".join(run.text for run in runs) == "Refunds are paid. A refund takes 14 days!"


def test_nothing_is_marked_for_words_that_are_not_there():
    assert marked_words("<b>Open</b> daily", "closed") == [Run("<b>Open</b> daily")]
    assert marked_words("", "closed") == []
