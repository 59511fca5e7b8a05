from hypothesis import given
from hypothesis import strategies as st

from groundwire.knowledge.changes import Kind, Line, Piece, compare

TEXTS = st.lists(st.text(alphabet="ab $.", max_size=8), max_size=12).map("\n".join)


def shown(older, newer):
    return [(line.kind, line.text or line.count) for line in compare(older, newer)]


def test_equal_texts_are_one_skipped_stretch():
    assert compare("a\nb\nc", "a\nb\nc") == [Line(Kind.SKIPPED, count=3)]
    assert compare("", "") == []


def test_a_changed_line_stands_between_the_lines_around_it():
    older = "\n".join("abcdefghij")
    newer = older.replace("f", "F!")
    assert shown(older, newer) == [
        (Kind.SKIPPED, 3),
        (Kind.SAME, "d"),
        (Kind.SAME, "e"),
        (Kind.REMOVED, "f"),
        (Kind.ADDED, "F!"),
        (Kind.SAME, "g"),
        (Kind.SAME, "h"),
        (Kind.SKIPPED, 2),
    ]


def test_the_words_that_changed_are_marked():
    [removed, added] = compare("Refunds take 14 days.", "Refunds take 30 days.")
    assert removed.pieces == (Piece("Refunds take "), Piece("14", is_changed=True), Piece(" days."))
    assert added.pieces == (Piece("Refunds take "), Piece("30", is_changed=True), Piece(" days."))


def test_a_line_that_says_something_else_is_not_marked_word_by_word():
    [removed, added] = compare("Refunds take 14 days.", "We never close!")
    assert [piece.is_changed for piece in (*removed.pieces, *added.pieces)] == [False, False]


def test_texts_that_are_too_long_are_not_compared():
    assert compare("a\n" * 10_001, "b\n" * 10_001) is None
    assert compare("a" * 2_000_001, "b" * 2_000_001) is None


@given(older=TEXTS, newer=TEXTS)
def test_both_texts_can_be_read_off_the_comparison(older, newer):
    found = compare(older, newer)
    kept = sum(line.count for line in found if line.kind in {Kind.SAME, Kind.SKIPPED})
    assert kept + sum(line.kind is Kind.REMOVED for line in found) == len(older.splitlines())
    assert kept + sum(line.kind is Kind.ADDED for line in found) == len(newer.splitlines())
    for kind, lines in ((Kind.REMOVED, older.splitlines()), (Kind.ADDED, newer.splitlines())):
        changed = [line.text for line in found if line.kind is kind]
        assert all(text in lines for text in changed)
