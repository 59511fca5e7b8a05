import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.documents.blocks import plain
from groundwire.documents.passages import MAX_WORDS, MIN_SECTION_WORDS, cut
from groundwire.documents.sentences import sentence_spans
from groundwire.documents.statements import statements
from markdown_texts import ANY_TEXT, MARKDOWN, passage


def words(count, last="end"):
    return " ".join(["word"] * (count - 1) + [f"{last}."])


def texts(text, **limits):
    return [text[one.start : one.end] for one in cut(text, **limits)]


def test_short_sections_are_joined_until_one_has_body_enough():
    sections = [f"## S{number}\n\n{words(15)}" for number in range(6)]
    text = "# Guide\n\n" + "\n\n".join(sections)

    found = cut(text)

    assert [text[one.start : one.end].count("## S") for one in found] == [3, 3]
    assert {one.headings for one in found} == {("Guide",)}


def test_a_section_after_enough_body_starts_a_passage_of_its_own():
    text = f"## A\n\n{words(MIN_SECTION_WORDS)}\n\n## B\n\n{words(5)}"

    assert [one.headings for one in cut(text)] == [("A",), ("B",)]


def test_the_heading_over_the_first_section_does_not_cover_the_next_document_part():
    text = f"# A\n\n## B\n\n{words(120)}\n\n{words(50)}\n\n{words(5)}\n\n# C\n\n{words(30)}"
    found = cut(text)

    assert [one.headings for one in found] == [("A", "B"), ("A", "B"), ("C",)]


def test_a_heading_goes_with_what_stands_under_it():
    text = f"# A\n\n{words(30)}\n\n## B\n\n{words(150)}"

    assert [one.split()[:2] for one in texts(text)] == [["#", "A"], ["##", "B"]]


def test_a_long_paragraph_is_cut_between_sentences():
    text = " ".join(words(60).capitalize() for _ in range(5))

    assert [one.count(".") for one in texts(text)] == [2, 2, 1]


def test_a_long_numbered_item_keeps_its_number_with_its_first_sentence():
    text = "1. " + " ".join(words(60).capitalize() for _ in range(5))

    assert texts(text)[0].startswith("1. Word")


def test_a_list_cut_in_the_middle_carries_its_lead_in():
    text = "You need:\n\n" + "\n".join(f"- {words(30)}" for _ in range(8))

    assert [one.lead for one in cut(text)] == ["", "You need:"]


def test_a_table_cut_in_the_middle_carries_its_header_row():
    text = "| Fare | Fee |\n|---|---|\n" + "\n".join(f"| Lite {number} | €{number} |" for number in range(60))
    found = cut(text)

    assert len(found) > 1
    assert {one.lead for one in found[1:]} == {"| Fare | Fee |"}


def test_long_code_is_cut_between_lines_and_carries_its_fence():
    text = "```sh\n" + "run one two three\n" * 100 + "```\n\nAfter."
    found = cut(text)

    assert all(len(text[one.start : one.end].split()) <= MAX_WORDS for one in found)
    assert {one.lead for one in found[1:]} == {"```sh"}


def test_text_without_full_stops_is_cut_between_lines():
    assert max(len(one.split()) for one in texts("one two three\n" * 200)) <= MAX_WORDS


def test_a_row_stays_whole_however_long():
    row = f"| {words(400)} | x |"

    assert texts(f"| a | b |\n|---|---|\n{row}")[-1].endswith(row)


@pytest.mark.parametrize("text", ["", " \n\t", "\x00", "#", "```", "|"])
def test_the_smallest_texts_make_at_most_one_passage(text):
    assert texts(text) == ([text] if text.strip() else [])


@given(ANY_TEXT, st.integers(1, 40), st.integers(1, 60))
def test_passages_are_in_order_and_leave_out_only_white_space(text, target, most):
    last = 0
    for one in cut(text, target_words=target, max_words=most):
        assert last <= one.start < one.end
        assert not text[last : one.start].strip()
        last = one.end
    assert not text[last:].strip()


@given(MARKDOWN, st.integers(20, 60))
def test_a_passage_is_long_only_for_something_that_can_not_be_cut(text, most):
    for one in cut(text, target_words=most // 2, max_words=most):
        found = text[one.start : one.end]
        body = [line for line in found.split("\n") if line.strip() and not line.startswith(("#", "```"))]
        whole = max((len(line.split()) for line in body), default=0)
        # Headings and the marks of a code block ride along.
        marks = 4 * found.count("#") + found.count("```")
        assert len(found.split()) <= max(most, whole + marks)


@given(MARKDOWN)
def test_no_passage_ends_inside_a_sentence(text):
    whole = {(one.start, one.end) for one in statements(passage(text)) if not one.cells}
    ends = [one.end for one in cut(text, target_words=10, max_words=60)]

    assert not [(start, end) for start, end in whole for at in ends if start < at < end]


@given(MARKDOWN)
def test_joined_sections_keep_the_whole_heading_path_of_every_statement(text):
    whole = {(one.start, one.end): set(one.context) for one in statements(passage(text))}

    for one in cut(text):
        for found in statements(passage(text, one)):
            assert set(found.context) == whole[found.start, found.end]


def test_sentences_and_headings_are_read_the_same_in_a_passage_as_in_the_document():
    text = "# Guide\n\nIntro text.\n\n## Pets\n\nDogs fly. Cats do too.\n\n## Bags\n\n- One bag.\n- Two bags."

    in_document = [(one.text, one.context) for one in statements(passage(text))]
    in_passages = [(one.text, one.context) for part in cut(text) for one in statements(passage(text, part))]

    assert in_passages == in_document
    assert len(sentence_spans(text)) > 1
    assert plain(in_document[0][0]) == "Guide"
