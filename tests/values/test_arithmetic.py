import pytest

from groundwire.values import derivable, find_values


def formula(claim, *documents):
    (value,) = find_values(claim)
    return derivable(value, [operand for text in documents for operand in find_values(text)])


@pytest.mark.parametrize(
    ("claim", "documents", "expected"),
    [
        pytest.param("$120", ["$10 a month"], "12 × $10 = $120", id="yearly"),
        pytest.param("€20", ["€5", "4 users"], "4 × €5 = €20", id="count"),
        pytest.param("€14", ["€34 and €20"], "€34 − €20 = €14", id="difference"),
        pytest.param("€54", ["€34 and €20"], "€34 + €20 = €54", id="sum"),
        pytest.param("€300", ["€60 per day", "5 days"], "5 days × €60 = €300", id="rate-over-time"),
        pytest.param("€38.40", ["€48", "20 %"], "€48 − 20 % = €38.40", id="discount"),
        pytest.param("£2,180", ["£10,900", "20%"], "20% of £10,900 = £2,180", id="share"),
        pytest.param("£160", ["£480", "three instalments"], "£480 ÷ three = £160", id="portion"),
        pytest.param("22.5%", ["$900 and $4,000"], "$900 ÷ $4,000 = 22.5%", id="percentage"),
        pytest.param("30 %", ["130 %"], "130 % − 100 % = 30 %", id="surplus"),
        pytest.param("3.4 pence", ["| 29.8 |", "| 26.4 |"], "29.8 − 26.4 = 3.4 pence", id="columns"),
        pytest.param("€7", ["€0.07", "a hundred texts"], "a hundred × €0.07 = €7", id="words"),
        pytest.param("€7", ["7 cents", "100 texts"], "100 × 7 cents = €7", id="cents"),
        pytest.param("10 July 2027", ["10 January 2026", "18 months"], "18 months after 10 January 2026", id="date"),
        pytest.param("in 2030", ["in 2010", "20 years"], "20 years after 2010", id="year"),
        pytest.param("8 March 2026", ["on 1 March 2026", "7 days"], "7 days after 1 March 2026", id="days-later"),
        pytest.param("13:00", ["14:00", "one hour"], "one hour before 14:00", id="time"),
        pytest.param("seven hours", ["00:30 to 07:30"], "from 00:30 to 07:30 = seven hours", id="opening-hours"),
        pytest.param(
            "$2,100 to $2,520",
            ["$1,400", "150 to 180 percent"],
            "150 to 180 percent of $1,400 = $2,100 to $2,520",
            id="both-ends-of-a-range",
        ),
    ],
)
def test_figures_that_follow(claim, documents, expected):
    assert formula(claim, *documents) == expected


@pytest.mark.parametrize(
    ("claim", "documents"),
    [
        pytest.param("€45", ["€5", "€20"], id="no-relation"),
        pytest.param("three", ["2", "1"], id="small-counts-prove-nothing"),
        pytest.param("nine", ["10", "1"], id="small-sums-prove-nothing"),
        pytest.param("10 days", ["3 days", "7 days"], id="lengths-are-not-added"),
        pytest.param("$25", ["€5", "€20"], id="another-currency"),
        pytest.param("12 kg", ["4 GB", "3 users"], id="another-dimension"),
        pytest.param("60%", ["40%"], id="complements-are-not-taken"),
        pytest.param("14 days", ["1 week", "100%"], id="lengths-do-not-grow-by-a-share"),
        pytest.param("1 year", ["1 year and 3 days", "0%"], id="no-share-at-all"),
        pytest.param("six", ["three", "6 months", "3 months"], id="small-counts-prove-nothing"),
        pytest.param("ten", ["10 days", "one"], id="times-one"),
        pytest.param("9 March 2026", ["1 March 2026", "7 days"], id="a-day-off"),
        pytest.param("$121", ["$10 a month"], id="a-dollar-off"),
        pytest.param("$121", [], id="nothing-to-go-by"),
    ],
)
def test_figures_that_do_not_follow(claim, documents):
    assert formula(claim, *documents) is None


def test_lengths_beyond_the_calendar_derive_no_date():
    assert formula("31 December 2099", "31 December 2026", "90,000,000 days", "90,000,000 years") is None
