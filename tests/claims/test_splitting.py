from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.claims.splitting import MAX_CLAIM_CHARS, AnswerSplitter, split_answer
from groundwire.domain import Failure
from markdown_texts import ANY_TEXT

CLAIMS = {
    "prose": ("Dogs fly. Cats do not.", ["Dogs fly.", "Cats do not."]),
    "list": (
        "You can take:\n\n- one bag of 8 kg\n* [x] a coat\n2) an umbrella",
        ["one bag of 8 kg", "a coat", "an umbrella"],
    ),
    "nested list": ("- Pets are allowed\n  - except snakes", ["Pets are allowed", "except snakes"]),
    "quote": ("> Dogs fly.\n> Cats too.", ["Dogs fly.", "Cats too."]),
    "bold": ("**Fee:** $12 a month.", ["**Fee:** $12 a month."]),
    "link": ("See [the terms](https://a.example/t). Dogs fly.", ["See [the terms](https://a.example/t).", "Dogs fly."]),
    "table": ("| Plan | Fee |\n|:--|--:|\n| Lite | $5 |\n| Flex | $9 |\n", ["| Lite | $5 |", "| Flex | $9 |"]),
    "heading": ("## Fees\nLite costs $5.", ["Lite costs $5."]),
    "code": ("```sh\nrm -rf fees\n```\nLite costs $5.", ["Lite costs $5."]),
    "tildes": ("~~~\n```\nA. B.\n~~~\nLite costs $5.", ["Lite costs $5."]),
    "greeting": ("Hi there! Lite costs $5. Anything else?", ["Lite costs $5."]),
    "reply": ("Yes. You may fly. Dogs too.", ["Yes. You may fly.", "Dogs too."]),
    "label": ("Opening Hours\nWe open at nine.", ["We open at nine."]),
    "one word": ("Paris", ["Paris"]),
    "one word and a line end": ("Paris\n\n", ["Paris"]),
    "list of names": (
        "You get:\n- Lounge Access\n- **Priority Boarding**\n",
        ["Lounge Access", "**Priority Boarding**"],
    ),
    "bold item above its points": ("1. **Choose Plan**\n   - Lite costs $5", ["Lite costs $5"]),
    "line ends of Windows": ("Dogs fly.\r\nCats too.\r\n", ["Dogs fly.", "Cats too."]),
    "code longer than a claim may be": (f"```\n{'x' * 5000} Dogs fly. Yes\n```\nCats too.", ["Cats too."]),
    "endless white space": (f"Dogs fly.{' ' * 9000}Cats too.", ["Dogs fly.", "Cats too."]),
    "endless indentation": (f"Dogs fly.\n{' ' * 9000}Cats too.", ["Dogs fly.", "Cats too."]),
    "emoji": ("🎉 Dogs fly! 🎉", ["🎉 Dogs fly!"]),
    "nothing": ("", []),
    "white space": (" \n\t\n", []),
}


def claims_of(answer, **options):
    splitter = AnswerSplitter(**options)
    return [segment.claim for segment in splitter.feed(answer) + splitter.close() if segment.claim]


@pytest.mark.parametrize(("answer", "claims"), CLAIMS.values(), ids=CLAIMS.keys())
def test_an_answer_is_split_into_its_claims(answer, claims):
    assert [claim.text for claim in claims_of(answer)] == claims


@given(ANY_TEXT)
def test_segments_tile_the_answer_and_claims_lie_inside_them(answer):
    segments = split_answer(answer)

    assert "".join(segment.text for segment in segments) == answer
    assert [segment.start for segment in segments] == [0, *(segment.end for segment in segments[:-1])][: len(segments)]
    for segment in segments:
        assert segment.text == answer[segment.start : segment.end]
        if segment.claim:
            assert segment.start <= segment.claim.start < segment.claim.end <= segment.end
            assert segment.claim.text == answer[segment.claim.start : segment.claim.end]
            assert segment.claim.text == segment.claim.text.strip()


TEXT = ANY_TEXT | st.text("a.\n `#|A0", max_size=120)


@settings(max_examples=300)
@given(answer=TEXT, cuts=st.lists(st.integers(0, 400), max_size=30), limit=st.sampled_from([16, 40, MAX_CLAIM_CHARS]))
def test_any_chunking_gives_the_same_segments(answer, cuts, limit):
    places = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    whole, pieces = AnswerSplitter(max_claim_chars=limit), AnswerSplitter(max_claim_chars=limit)

    at_once = whole.feed(answer) + whole.close()
    piece_by_piece = [segment for start, end in pairwise(places) for segment in pieces.feed(answer[start:end])]

    assert piece_by_piece + pieces.close() == at_once


@given(answer=ANY_TEXT)
def test_one_character_at_a_time_gives_the_same_segments(answer):
    splitter = AnswerSplitter()

    found = [segment for character in answer for segment in splitter.feed(character)]

    assert found + splitter.close() == split_answer(answer)


@settings(max_examples=60)
@given(answer=TEXT | st.text(" a\n", max_size=200), limit=st.integers(16, 60))
def test_the_text_held_back_is_bounded(answer, limit):
    splitter = AnswerSplitter(max_claim_chars=limit)

    for character in answer:
        splitter.feed(character)
        assert len(splitter.held) <= limit


def test_a_sentence_without_an_end_is_cut_and_marked():
    [first, second, *_] = split_answer("word " * 1_000)

    assert (first.failure, second.failure) == (Failure.OVER_LENGTH, Failure.OVER_LENGTH)
    assert first.end == MAX_CLAIM_CHARS


def test_a_claim_is_released_before_the_next_is_complete():
    splitter = AnswerSplitter()

    [segment] = splitter.feed("Dogs fly. Cats")

    assert segment.text == "Dogs fly. "
    assert splitter.held == "Cats"


def test_code_is_named_in_the_coverage_once():
    segments = split_answer("```\na = 1\nb = 2\n```\n")

    assert [segment.why for segment in segments] == ["code"] * 4
    assert [segment.skipped for segment in segments] == [True, False, False, False]


def test_a_long_answer_is_split_in_reasonable_steps():
    splitter = AnswerSplitter()
    sentence = "The night bus runs every 20 minutes. "

    found = sum(len(splitter.feed(sentence)) for _ in range(10_000))

    assert found == 9_999


@pytest.mark.parametrize(
    ("held", "failure"),
    [
        ("The fee is", Failure.TIMEOUT),
        ("The fee is 5.", Failure.TIMEOUT),
        ("The fee is 5. ", None),
        ("The fee is five.", None),
        ('It says "The fee is five."', None),
        ("| Plus | 5 |", None),
        ("| Plus | 5", Failure.TIMEOUT),
    ],
    ids=["open", "maybe a decimal point", "full stop", "letter", "quote", "row", "open row"],
)
def test_what_is_held_for_too_long_is_taken_as_it_is(held, failure):
    splitter = AnswerSplitter()
    before = splitter.feed("| Plan | Fee |\n" if held.startswith("|") else "Hello!\n")
    before += splitter.feed(held)

    flushed = splitter.flush()
    after = splitter.feed(" And so on. It goes on.\n") + splitter.close()

    assert [(segment.claim.text, segment.failure) for segment in flushed] == [(held.strip(), failure)]
    assert "".join(segment.text for segment in [*before, *flushed, *after]).endswith(f"{held} And so on. It goes on.\n")
    assert [segment.claim.text for segment in after if segment.claim][-1] == "It goes on."


def test_code_and_headings_that_are_held_for_too_long_are_still_what_they_are():
    splitter = AnswerSplitter()
    splitter.feed("```\npay(5")

    assert [segment.why for segment in splitter.flush()] == ["code"]
    assert [segment.why for segment in splitter.feed(")\n```\n")] == ["code", "code"]
    splitter.feed("# The fees of all")
    assert [segment.why for segment in splitter.flush()] == ["heading"]
    assert splitter.flush() == []
