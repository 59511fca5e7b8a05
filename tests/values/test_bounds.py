import pytest

from groundwire.values import Bound, find_values


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("It holds 5 people.", Bound.EXACT),
        ("It holds up to 5 people.", Bound.AT_MOST),
        ("It holds at most 5 people.", Bound.AT_MOST),
        ("It holds a maximum of 5 people.", Bound.AT_MOST),
        ("It holds no more than 5 people.", Bound.AT_MOST),
        ("It mustn't hold more than 5 people.", Bound.AT_MOST),
        ("It must not exceed 5 kg.", Bound.AT_MOST),
        ("It shouldn't go in more than 5 months ahead.", Bound.AT_MOST),
        ("You cannot stay for longer than 5 days.", Bound.AT_MOST),
        ("It isn't free if more than 5 people come.", Bound.MORE_THAN),
        ("As many as 5 people fit in.", Bound.AT_MOST),
        ("It comes within 5 days.", Bound.AT_MOST),
        ("It comes no later than 5 days after that.", Bound.AT_MOST),
        ("It holds 5 people or fewer.", Bound.AT_MOST),
        ("It takes at least 5 days.", Bound.AT_LEAST),
        ("You must be 16 or older.", Bound.AT_LEAST),
        ("It is for 5+ users.", Bound.AT_LEAST),
        ("No fewer than 5 people.", Bound.AT_LEAST),
        ("Not under 5 kg.", Bound.AT_LEAST),
        ("More than 5 people came.", Bound.MORE_THAN),
        ("It weighs over 5 kg.", Bound.MORE_THAN),
        ("Under 5 kg it is free.", Bound.LESS_THAN),
        ("It takes less than 5 days.", Bound.LESS_THAN),
        ("It takes about 5 days.", Bound.ABOUT),
        ("It takes 5 days or so.", Bound.ABOUT),
        ("It is within about 5 days.", Bound.ABOUT),
        ("It takes a couple of days.", Bound.ABOUT),
        ("Register no later than 72 hours before departure.", Bound.EXACT),
    ],
)
def test_words_around_a_value_bound_it(text, bound):
    assert [value.bound for value in find_values(text)] == [bound]
