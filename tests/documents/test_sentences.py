import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.documents.sentences import sentence_spans

CASES = {
    "two sentences": ("It costs €5. Refunds take a week.", ["It costs €5.", "Refunds take a week."]),
    "decimal": ("It weighs 3.5 kg. It is red.", ["It weighs 3.5 kg.", "It is red."]),
    "latin abbreviation": ("Pets, e.g. Cats, fly free.", ["Pets, e.g. Cats, fly free."]),
    "title": ("Ask Dr. Smith first.", ["Ask Dr. Smith first."]),
    "initials": ("Written by J. R. Smith in May.", ["Written by J. R. Smith in May."]),
    "number": ("See No. 7 of the list.", ["See No. 7 of the list."]),
    "no as an answer": ("The answer is no. Refunds are not given.", ["The answer is no.", "Refunds are not given."]),
    "clock": ("Closed from 6 p.m. Monday to Friday.", ["Closed from 6 p.m.", "Monday to Friday."]),
    "clock in a sentence": ("From 6 p.m. on it is closed.", ["From 6 p.m. on it is closed."]),
    "letter at the end": ("Take vitamin C. The dose is 5 mg.", ["Take vitamin C.", "The dose is 5 mg."]),
    "minutes at the end": ("It takes 5 min. The desk is open.", ["It takes 5 min.", "The desk is open."]),
    "web address": (
        "See https://a.example/b.c?d=1.2 for more. Then pay.",
        ["See https://a.example/b.c?d=1.2 for more.", "Then pay."],
    ),
    "year": ("It began in 2024. The fee rose.", ["It began in 2024.", "The fee rose."]),
    "quotation": ('She said "stop." Then it ended.', ['She said "stop."', "Then it ended."]),
    "bold label": ("**Fare hold.** A price can be held.", ["**Fare hold.**", "A price can be held."]),
    "questions": ("Really?! Yes… Of course.", ["Really?!", "Yes…", "Of course."]),
    "line break": ("It is\nred. It\nis old.", ["It is\nred.", "It\nis old."]),
    "lower case goes on": ("At example.com. and so on.", ["At example.com. and so on."]),
    "no mark at the end": ("  It is red  ", ["It is red"]),
    "nothing": (" \n ", []),
}


@pytest.mark.parametrize(("text", "sentences"), CASES.values(), ids=CASES.keys())
def test_sentences_end_where_a_reader_would_end_them(text, sentences):
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@given(st.text(max_size=300) | st.text(".!?…\"') aA1\n\t", max_size=80))
def test_spans_are_in_order_trimmed_and_leave_out_only_white_space(text):
    last = 0
    for start, end in sentence_spans(text):
        assert not text[last:start].strip()
        assert text[start:end].strip() == text[start:end] != ""
        last = end
    assert not text[last:].strip()


@given(
    before=st.sampled_from(["It costs", "See", "We met", "Closed"]),
    whole=st.sampled_from(
        ["3.5", "1,299.00", "v2.0.1", "e.g. Cats", "i.e. Dogs", "Dr. Smith", "St. Paul", "No. 7", "Fig. 3", "vs. Ajax"]
    )
    | st.from_regex(r"\Ahttps://[a-z]{1,8}\.example/[a-z.?=!&0-9]{0,20}[a-z]\Z"),
    after=st.sampled_from(["today.", "and more. The end.", "again! Really?"]),
)
def test_no_sentence_ends_inside_a_number_an_abbreviation_or_an_address(before, whole, after):
    text = f"{before} {whole} {after}"
    inside = range(len(before) + 1, len(before) + 1 + len(whole))

    assert not any(end in inside for _, end in sentence_spans(text))


def test_a_long_run_of_marks_costs_no_time():
    assert sentence_spans("." * 200_000) == [(0, 200_000)]
