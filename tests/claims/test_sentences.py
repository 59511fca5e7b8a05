import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.claims.sentences import Boundary, NeedMoreText, SentenceSearch

FIRST_SENTENCES = {
    "full stop": ("Dogs fly. Cats too.", "Dogs fly."),
    "question": ("Can dogs fly? Yes, they can.", "Can dogs fly?"),
    "closing quote": ("He said “Dogs fly.” Cats too.", "He said “Dogs fly.”"),
    "bold full stop": ("**Dogs fly.** Cats too.", "**Dogs fly.**"),
    "citation mark": ("Dogs fly.[2] Cats too.", "Dogs fly.[2]"),
    "decimal": ("It costs 3.50 a day. Really.", "It costs 3.50 a day."),
    "abbreviation": ("Use a card, e.g. Visa. Cash is refused.", "Use a card, e.g. Visa."),
    "title": ("Ask Dr. Lee. She knows.", "Ask Dr. Lee."),
    "initial": ("Ask J. Doe. He knows.", "Ask J. Doe."),
    "number sign": ("Fill in form No. 7 first. Then wait.", "Fill in form No. 7 first."),
    "no as a reply": ("The answer is no. Then wait.", "The answer is no."),
    "time of day": ("Open from 9 a.m. Then it fills.", "Open from 9 a.m."),
    "time zone": ("Open from 9 a.m. EST daily. Then it fills.", "Open from 9 a.m. EST daily."),
    "lower case goes on": ("We use approx. five. Fine.", "We use approx. five."),
    "bare reply": ("Yes. You can. More.", "Yes. You can."),
    "address": ("See https://a.example/b.html?x=1 first. Then wait.", "See https://a.example/b.html?x=1 first."),
    "line end": ("Dogs fly\nCats too", "Dogs fly"),
    "wrapped line": ("Dogs fly\nand cats too. More.", "Dogs fly\nand cats too."),
    "Chinese": ("狗会飞。猫也会。", "狗会飞。"),
    "no end": ("Dogs fly", "Dogs fly"),
}


@pytest.mark.parametrize(("text", "sentence"), FIRST_SENTENCES.values(), ids=FIRST_SENTENCES.keys())
def test_the_first_sentence_ends_where_a_reader_ends_it(text, sentence):
    boundary = SentenceSearch(0).find(text, 1_000, is_closed=True)

    assert boundary is not None
    assert text[: boundary.end] == sentence


@pytest.mark.parametrize("text", ["Dogs fly. ", "Open from 9 a.m. ES", "Dogs fly\n"])
def test_an_open_end_waits_for_more_text(text):
    with pytest.raises(NeedMoreText):
        SentenceSearch(0).find(text, 1_000, is_closed=False)


def test_a_sentence_that_goes_on_to_the_limit_has_no_boundary():
    assert SentenceSearch(0).find("dogs " * 30, 100, is_closed=False) is None


def test_white_space_alone_is_a_piece_of_its_own():
    assert SentenceSearch(0).find("   ", 1_000, is_closed=True) == Boundary(3, 3)


@given(text=st.text('aA.!? \n)"*9e', max_size=60), more=st.text("aA.!? \n", max_size=20))
def test_what_is_decided_stays_decided_when_more_text_comes(text, more):
    try:
        early = SentenceSearch(0).find(text, 1_000, is_closed=False)
    except NeedMoreText:
        return
    if early:
        assert SentenceSearch(0).find(text + more, 1_000, is_closed=False) == early
