from hypothesis import given
from hypothesis import strategies as st

from groundwire.console.answers import Change, Changed, Piece, changes_between, deciding_words, pieces_of
from groundwire.console.rendering import environment
from groundwire.domain import Claim, Correction, Label, Verdict
from pages import Page

ANSWER = "Refunds take 30 days. Shipping is free."
PLACES = st.integers(-5, 60)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=40) | st.just("<b>&amp;\r\n\r</b>'\"\x00")


def verdict(start, end, label=Label.CONTRADICTED, spans=(), fixes=()):
    return Verdict(Claim("", start, end), label, 0.1, "", corrections=fixes, spans=spans)


VERDICTS = st.lists(
    st.builds(
        verdict, PLACES, PLACES, st.sampled_from(Label), st.lists(st.tuples(PLACES, PLACES), max_size=3).map(tuple)
    ),
    max_size=6,
)


def placed(*verdicts):
    return list(enumerate(verdicts))


@given(TEXTS, VERDICTS)
def test_the_pieces_are_the_text_wherever_claims_and_spans_are_said_to_lie(text, verdicts):
    pieces = pieces_of(text, placed(*verdicts))
    assert "".join(piece.text for piece in pieces) == text
    place = 0
    for piece in pieces:
        assert piece.start == place
        place += len(piece.text)


@given(TEXTS, VERDICTS)
def test_a_page_shows_the_text_exactly_and_nothing_in_it_lives(text, verdicts):
    template = environment().from_string("{% from 'review/macros.html' import marked %}<div>{{ marked(pieces) }}</div>")
    markup = template.render(pieces=pieces_of(text, placed(*verdicts)))
    page = Page(markup)

    # What HTML can't hold is shown as a replacement character, one for one, so that offsets stay right.
    shown = "".join("\ufffd" if sign == "\x00" else sign for sign in text)
    assert "".join(page._pieces).replace(" ", "") == shown.replace(" ", "")
    assert {name for name, _ in page.elements} <= {"div", "span", "a"}


def test_a_claim_is_a_piece_with_its_label_and_its_end():
    pieces = pieces_of(ANSWER, placed(verdict(0, 21), verdict(22, 39, Label.SUPPORTED)))
    assert pieces == [
        Piece(ANSWER[:21], 0, (0,), Label.CONTRADICTED, ending=((0, Label.CONTRADICTED),)),
        Piece(" ", 21),
        Piece(ANSWER[22:], 22, (1,), Label.SUPPORTED, ending=((1, Label.SUPPORTED),)),
    ]


def test_words_that_nothing_carries_are_told_apart():
    pieces = pieces_of(ANSWER, placed(verdict(0, 21, spans=((13, 15),))))
    assert [(piece.text, piece.is_unsupported) for piece in pieces[:3]] == [
        ("Refunds take ", False),
        ("30", True),
        (" days.", False),
    ]


def test_of_claims_in_each_other_the_narrowest_comes_first():
    [_, inner, _] = pieces_of(ANSWER, placed(verdict(0, 39), verdict(13, 20, Label.UNSUPPORTED)))
    assert (inner.text, inner.claims, inner.label, inner.ending) == (
        "30 days",
        (1, 0),
        Label.UNSUPPORTED,
        ((1, Label.UNSUPPORTED),),
    )


@given(TEXTS, TEXTS)
def test_changes_make_up_both_texts(before, after):
    parts = changes_between(before, after)
    assert "".join(part.text for part in parts if part.change is not Change.NEW) == before
    assert "".join(part.text for part in parts if part.change is not Change.GONE) == after


def test_a_changed_word_is_changed_alone():
    assert changes_between("It takes 30 days.", "It takes 14 days.") == [
        Changed(Change.SAME, "It takes "),
        Changed(Change.GONE, "30"),
        Changed(Change.NEW, "14"),
        Changed(Change.SAME, " days."),
    ]


def test_long_texts_are_compared_by_lines():
    before = "".join(f"Line {number}.\n" for number in range(2_000))
    parts = changes_between(before, before.replace("Line 7.", "Line seven."))
    assert [part.text for part in parts if part.change is not Change.SAME] == ["Line 7.\n", "Line seven.\n"]


def test_endless_texts_are_not_compared_at_all():
    assert [part.change for part in changes_between("a\n" * 9_000, "b\n" * 9_000)] == [Change.GONE, Change.NEW]


def test_the_value_that_decides_stands_out_in_the_quote():
    fix = Correction(13, 15, "14")
    assert deciding_words("Within 14 days, not 140.", verdict(0, 21, fixes=(fix,))) == [
        ("Within ", False),
        ("14", True),
        (" days, not 140.", False),
    ]
    assert deciding_words("Within 14 days.", verdict(0, 21)) == [("Within 14 days.", False)]
    assert deciding_words("Nothing.", verdict(0, 21, fixes=(Correction(0, 1, " "),))) == [("Nothing.", False)]
