import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_texts import PLANS, RETURNS, readings
from groundwire.domain import Source
from groundwire.verification.binding import Binder, Bond, fitness, rarity
from groundwire.verification.units import units

SIBLINGS = (
    "The Harbour plan costs €20 a month. The Ocean plan costs €35 a month.",
    "The Ocean plan includes 60 GB of data. The Harbour plan includes 25 GB of data.",
)


def bind(claim, *documents, asked="", said=(), chosen=(), source=Source.KNOWLEDGE_BASE):
    return Binder(readings(*documents, source=source), asked, said, chosen).bind(claim)


def test_a_claim_without_values_has_no_bindings():
    assert bind("Gift cards are sold everywhere.", RETURNS) == []


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("Goods can be returned within 30 days of delivery.", "30 days"),
        ("Refunds are paid in two weeks.", "14 days"),
        ("Loan devices cost fifteen euros per week.", "€15"),
        ("Repairs take no more than two working weeks.", "10 working days"),
    ],
)
def test_a_value_that_stands_where_the_claim_says_is_equal(claim, other):
    [binding] = bind(claim, RETURNS)

    assert (binding.bond, binding.other.text) == (Bond.EQUAL, other)
    assert binding.fit > 0.5


@pytest.mark.parametrize(
    ("claim", "bond", "other"),
    [
        ("Goods can be returned within 45 days of delivery.", Bond.DIFFERENT, "30 days"),
        ("Goods can be returned within 14 days of delivery.", Bond.ELSEWHERE, "30 days"),
        ("Refunds are paid to the original card within 30 days.", Bond.ELSEWHERE, "14 days"),
        ("Loan devices cost €25 a week.", Bond.DIFFERENT, "€15"),
    ],
)
def test_a_value_that_stands_elsewhere_or_nowhere_is_refuted_by_the_one_in_its_place(claim, bond, other):
    [binding] = bind(claim, RETURNS)

    assert (binding.bond, binding.other.text) == (bond, other)
    assert binding.margin < 0


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("The Harbour plan costs €35 a month.", "€20"),
        ("The Ocean plan costs €20 a month.", "€35"),
        ("The Harbour plan includes 60 GB of data.", "25 GB"),
    ],
)
def test_a_sibling_has_its_own_figure(claim, other):
    [binding] = bind(claim, *SIBLINGS)

    assert (binding.bond, binding.other.text) == (Bond.ELSEWHERE, other)


@pytest.mark.parametrize(
    ("claim", "asked", "other"),
    [
        ("The Team plan costs €9 per month.", "", "€29"),
        ("It costs €9 per month.", "What does the Team plan cost?", "€29"),
        ("Basic has 500 GB of storage.", "", "50 GB"),
    ],
)
def test_the_row_that_the_claim_names_decides(claim, asked, other):
    [binding] = bind(claim, PLANS, asked=asked)

    assert (binding.bond, binding.other.text, binding.is_named) == (Bond.ELSEWHERE, other, True)
    assert binding.is_sure


def test_a_row_that_is_an_attribute_of_its_columns_decides_nothing():
    table = "| | Budget | Luxury |\n|---|---|---|\n| Excess | £250 | £100 |\n| Cash | £300 | £150 |"
    [binding] = bind("The excess is £150.", table)

    assert not binding.is_named


@pytest.mark.parametrize(("name", "other"), [("H1", "50"), ("H2", "120")])
def test_the_column_that_the_claim_names_mends_a_value_no_document_has(name, other):
    table = "| | Hub H1 | Hub H2 |\n|---|---|---|\n| Sensors | 50 | 120 |\n| Range | 80 m | 90 m |"
    [_, binding] = bind(f"The Hub {name} serves 200 sensors.", table)

    assert (binding.bond, binding.other.text) == (Bond.DIFFERENT, other)
    assert binding.is_sure


def test_a_cell_that_says_none_refutes_the_figure_of_another_row():
    [binding] = bind("The set-up fee for Team is €20.", PLANS)

    assert (binding.bond, binding.other) == (Bond.ELSEWHERE, None)
    assert binding.unit.text.strip() == "none"
    assert not binding.is_sure


@pytest.mark.parametrize(
    "claim",
    ["The Team plan costs €29 per month.", "Team costs €29, Basic €9.", "Basic is €20 cheaper than Team at €29."],
)
def test_both_rows_may_be_named(claim):
    assert {binding.bond for binding in bind(claim, PLANS)} <= {Bond.EQUAL, Bond.DERIVED}


@pytest.mark.parametrize(
    ("claim", "document"),
    [
        ("There are eight priority groups.", "Each group has 12 members of staff."),
        ("The team has 20 drivers.", "The team has 30 vans."),
        ("You may take six a year.", "You may take breaks of 6 hours."),
        ("Children under ten travel free.", "Beginning with 1955, children travelled free."),
    ],
)
def test_numbers_of_different_things_are_not_compared(claim, document):
    assert all(binding.bond is not Bond.DIFFERENT for binding in bind(claim, document))


def test_what_the_user_said_is_restated():
    [binding] = bind("Your parcel weighs 7 kg.", RETURNS, said=["My parcel weighs 7 kg."])

    assert binding.bond is Bond.RESTATED


def test_what_the_user_said_refutes_nothing():
    [binding] = bind("Your parcel weighs 9 kg.", "My parcel weighs 7 kg.", source=Source.CONVERSATION)

    assert binding.bond is Bond.MISSING


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Loan devices cost €60 for 4 weeks.", ["I need one for 4 weeks."]),
        ("Over 4 weeks a loan device comes to €60.", ["I need one for 4 weeks."]),
    ],
)
def test_arithmetic_from_documented_figures_is_derived(claim, said):
    bonds = {binding.value.text: binding for binding in bind(claim, RETURNS, said=said)}

    assert bonds["€60"].bond is Bond.DERIVED
    assert "€60" in bonds["€60"].note


def test_a_sum_may_be_shown_with_its_parts():
    document = "Water supply costs £1.84 and sewerage £2.36. Moving a meter costs £110."
    [total, *parts] = bind("A cubic metre is £4.20: £1.84 for supply and £2.36 for sewerage.", document)

    assert total.bond is Bond.DERIVED
    assert {part.bond for part in parts} == {Bond.EQUAL}


def test_a_value_no_document_has_is_missing():
    [binding] = bind("The fee is €80.", "Gift cards cannot be refunded.")

    assert (binding.bond, binding.unit, binding.other) == (Bond.MISSING, None, None)
    assert not binding.is_sure


def test_a_place_that_shares_nothing_with_the_claim_refutes_nothing():
    [binding] = bind("Your dentist appointment takes 40 minutes.", "Parcels arrive within 3 days.")

    assert binding.bond is Bond.MISSING


def test_the_chosen_statement_is_the_better_place():
    documents = ("Trains leave after 40 minutes.", "Departure of coaches: 55 minutes.")
    near, far = (bind("That takes 70 minutes.", *documents, chosen=chosen)[0] for chosen in ((1,), (0,)))

    assert (near.other.text, far.other.text) == ("55 minutes", "40 minutes")


@pytest.mark.parametrize(
    ("claim", "documents"),
    [
        ("Refunds take 9 days.", ("Refunds take 14 days.", "Refunds of fares take 21 days.")),
        ("Refunds take 9 months.", ("Refunds take 14 days.",)),
        ("Travel costs €9 a day.", ("Travel costs €12 a week.",)),
        ("My dog eats for 9 days in Lisbon.", ("Refunds take 14 days.",)),
        ("Refunds take 9 days, not 14 days.", ("Refunds take 14 days.",)),
        ("The boat holds twice as many.", ("The boat holds 8 as a rule.",)),
    ],
    ids=["two places", "other unit", "other rate", "other subject", "both stated", "other count"],
)
def test_an_unsure_place_offers_no_correction(claim, documents):
    assert not any(binding.is_sure for binding in bind(claim, *documents))


def test_one_clear_place_is_sure():
    [binding] = bind("Goods can be returned within 45 days of delivery.", RETURNS)

    assert binding.is_sure


def test_fitness_counts_headings_less_and_is_a_share():
    [unit] = units(readings("# Refunds\n\nPaid within days.")[-1])

    assert fitness(unit, {"paid": 1.0}) == 1.0
    assert 0 < fitness(unit, {"refund": 1.0}) < 1
    assert fitness(unit, {"goat": 1.0}) == fitness(unit, {}) == 0.0


def test_rare_stems_weigh_more():
    weights = rarity(readings("Dogs bark. Dogs sleep. Dogs eat. Cats eat."))

    assert 0 < weights["dog"] < weights["eat"] < weights["bark"] <= 1


TEXTS = st.lists(st.sampled_from([*SIBLINGS, PLANS, RETURNS, "Call 0800 123 456.", ""]), max_size=3)
CLAIMS = st.lists(st.sampled_from("Harbour Team costs €20 €29 14 days 3 may not 50% of 2025 9:30".split()), max_size=9)


@settings(max_examples=80)
@given(CLAIMS.map(" ".join), TEXTS)
def test_every_value_gets_one_binding_within_its_ranges(claim, documents):
    found = bind(claim, *documents)

    assert all(claim[binding.value.start : binding.value.end] == binding.value.text for binding in found)
    assert [binding.value.start for binding in found] == sorted({binding.value.start for binding in found})
    assert all(0 <= binding.fit <= 1 and -1 <= binding.margin <= 1 for binding in found)
    assert found == bind(claim, *documents)
