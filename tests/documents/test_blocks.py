from itertools import pairwise

import pytest
from hypothesis import given

from groundwire.documents.blocks import BlockKind, cells, parse, plain
from markdown_texts import ANY_TEXT

KINDS = {
    "heading and paragraph": ("# Fees\nA fee is due.", ["heading", "paragraph"]),
    "underlined headings": ("Fees\n====\nPets\n---\nText.", ["heading", "heading", "paragraph"]),
    "mark without space": ("#hashtag", ["paragraph"]),
    "lists": ("- a\n* b\n1. c\n2) d\n> - e", ["item"] * 5),
    "item of two lines": ("- a\n  goes on\n- b", ["item", "item"]),
    "task": ("- [x] done", ["item"]),
    "dash alone": ("- ", ["paragraph"]),
    "table": (
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nText.",
        ["table header", "table row", "table row", "paragraph"],
    ),
    "table without outer bars": ("a | b\n--|--\n1 | 2", ["table header", "table row"]),
    "row of dashes": ("| a | b |\n|---|---|\n| - | - |\n| 3 | 4 |", ["table header", "table row", "table row"]),
    "bar in a sentence": ("This | that\nand more.", ["paragraph"]),
    "code": ("```sh\n# not a heading\n```\nText.", ["code", "paragraph"]),
    "unclosed code": ("~~~\nx\n\ny", ["code"]),
    "code under text": ("Run:\n```\nx\n```", ["paragraph", "code"]),
    "rule": ("Text.\n\n---\n\nText.", ["paragraph", "paragraph", "paragraph"]),
    "nothing": ("\n \n", []),
}


@pytest.mark.parametrize(("text", "kinds"), KINDS.values(), ids=KINDS.keys())
def test_blocks_are_told_apart(text, kinds):
    assert [str(block.kind) for block in parse(text)] == kinds


LEADS = {
    "list under a sentence": ("Two rules hold. You need:\n\n- a passport", ["", "You need:"]),
    "second item": ("You need:\n- a\n- b", ["", "You need:", "You need:"]),
    "list under a heading": ("You need:\n# Pets\n- a", ["", "", ""]),
    "list after a table": ("Prices:\n\n| a |b|\n|-|-|\n| 1 |2|\n\n- x", ["", "Prices:", "| a |b|", ""]),
    "list after other text": ("You need:\n- a\n\nMore: b\n- c", ["", "You need:", "", "More: b"]),
}


@pytest.mark.parametrize(("text", "leads"), LEADS.values(), ids=LEADS.keys())
def test_an_item_leans_on_the_sentence_before_its_list(text, leads):
    assert [block.lead for block in parse(text)] == leads


TITLES = {
    "plain": ("## Fees", "Fees"),
    "closed": ("## Fees ##  ", "Fees"),
    "sharp": ("## C#", "C#"),
    "empty": ("## ", ""),
    "link": ("# See [the list](https://a.example)", "See the list"),
}


@pytest.mark.parametrize(("line", "title"), TITLES.values(), ids=TITLES.keys())
def test_a_heading_is_its_words(line, title):
    heading, paragraph = parse(f"{line}\n\nText.")

    assert plain(line[heading.content : heading.content_end]) == title
    assert paragraph.headings == (title,)


def test_headings_form_a_path():
    text = "# A\n\n### B\n\nb\n\n## C\n\nc\n\n# D\n\nd"
    paths = [block.headings for block in parse(text) if block.kind is BlockKind.PARAGRAPH]

    assert paths == [("A", "B"), ("A", "C"), ("D",)]


RESTS = {
    "table": ("| 1 | 2 |\n| 3 | 4 |\n- x", "| a | b |", [("table row", "| a | b |")] * 2 + [("item", "")]),
    "list": ("- a\n- b\n\nText.", "You need:", [("item", "You need:")] * 2 + [("paragraph", "")]),
    "item cut between sentences": ("Goes on.\n- b", "You need:", [("paragraph", "You need:"), ("item", "You need:")]),
    "code": ("x\n```\n\nText.", "```sh", [("code", "```sh"), ("paragraph", "")]),
    "code to the end": ("x", "```sh", [("code", "```sh")]),
    "only its closing fence": ("```\n\nText.", "```sh", [("code", "```sh"), ("paragraph", "")]),
}


@pytest.mark.parametrize(("text", "lead", "blocks"), RESTS.values(), ids=RESTS.keys())
def test_a_lead_belongs_to_what_the_text_begins_in_the_middle_of(text, lead, blocks):
    assert [(str(block.kind), block.lead) for block in parse(text, lead)] == blocks


CELLS = {
    "outer bars": ("| a | b  c |", ["a", "b  c"]),
    "no outer bars": ("a | b", ["a", "b"]),
    "empty cell": ("| a |  | c |", ["a", "", "c"]),
    "empty first cell": ("|  | b |", ["", "b"]),
    "escaped bar": (r"| a \| b | c |", [r"a \| b", "c"]),
    "indented": ("  | a |", ["a"]),
}


@pytest.mark.parametrize(("row", "texts"), CELLS.values(), ids=CELLS.keys())
def test_cells_of_a_row(row, texts):
    assert [row[start:end] for start, end in cells(row)] == texts


PLAIN = {
    "emphasis": ("**Fare** _hold_ `now`", "Fare hold now"),
    "underscores in a name": ("max_upload_mb", "max_upload_mb"),
    "link": ("the [list](https://a.example/b) here", "the list here"),
    "link with a title": ('[list](https://a.example "The list")', "list"),
    "picture": ("![a map](map.png)", "a map"),
    "tag": ("one<br>two", "onetwo"),
    "comparison": ("weight <5 kg and >3 kg", "weight <5 kg and >3 kg"),
    "brackets": ("see [3] there", "see [3] there"),
}


@pytest.mark.parametrize(("text", "words"), PLAIN.values(), ids=PLAIN.keys())
def test_plain_text_is_what_a_reader_sees(text, words):
    assert plain(text) == words


@given(ANY_TEXT)
def test_blocks_are_in_order_and_leave_out_only_white_space(text):
    blocks = parse(text)
    edges = [(0, 0), *((block.start, block.end) for block in blocks), (len(text), len(text))]

    assert all(left[1] <= right[0] and not text[left[1] : right[0]].strip() for left, right in pairwise(edges))
    assert all(block.start <= block.content <= block.content_end <= block.end for block in blocks)


@given(ANY_TEXT, ANY_TEXT)
def test_any_lead_leaves_every_character_in_a_block(text, lead):
    last = 0
    for block in parse(text, lead):
        assert not text[last : block.start].strip()
        last = block.end
    assert not text[last:].strip()


@pytest.mark.parametrize("part", ["# ", "|", "[", "](", "<a", "> ", "*", "_a", "-  ", "`", '."', "<!--", "\n"])
def test_hostile_repetition_costs_no_time(part):
    text = part * 50_000 + "x"

    assert parse(text)
    assert isinstance(plain(text), str)
