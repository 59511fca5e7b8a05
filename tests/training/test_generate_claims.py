import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from claim_synthesis.conversions import converted, same_values
from claim_synthesis.corpus import build_corpus
from claim_synthesis.figures import exchanged, perturbed, swapped
from claim_synthesis.logic import mistakes_of, negations
from claim_synthesis.names import renamed
from claim_synthesis.rewording import activated, reordered, reworded, split_clauses
from claim_synthesis.rows import render, tables, templates
from claim_synthesis.sources import Document, clean, is_fit, sources
from claim_synthesis.wording import Vocabulary, as_sentence, main_clause
from claim_synthesis.wrappers import wrapped
from generate_claims import generate

from groundwire.values import find_values

SCRIPT = Path(__file__).resolve().parents[2] / "training" / "generate_claims.py"
RETURNS = """# Returns

Goods can be returned within 30 days of delivery. A return label costs €4.90 and is valid for 14 days.
If the parcel is damaged, you must report it within 2 working days. Customers may exchange an item once free of charge.
Refunds are paid to the card used for the purchase, and gift cards are never refunded.

| Method | Price | Delivery time |
|---|---|---|
| Standard | €4.90 | 3 days |
| Express | €12 | 1 day |
"""
LIBRARY = """# Lending

Members can borrow up to 12 books for 21 days. A reservation is kept for 5 days at the desk.
Each member pays £15 per year. If a book is lost, you must pay its full price. Newspapers cannot be borrowed.
The reading room is open from 09:00 until 18:00 on weekdays. All members can use the printers free of charge.
"""


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary([RETURNS, LIBRARY, "the orders of Veltrane arrive"])


@pytest.fixture
def documents() -> list[Document]:
    return [
        Document("shop", "retail:returns", "Returns", RETURNS, "retail"),
        Document("library", "library:lending", "Lending", LIBRARY, "library"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You don t have to pay a non - refundable fee [3 ] .", "You don't have to pay a non-refundable fee."),
        ("**Fare hold.** A price can be held for 48 hours.", "A price can be held for 48 hours."),
    ],
)
def test_clean_text_loses_marks_and_stray_spaces(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Too short to say.",
        "Where can I find the form that I have to fill in?",
        "See www.example.org for all the fees we charge.",
    ],
)
def test_questions_links_and_fragments_are_no_sources(text: str) -> None:
    assert not is_fit(text)


def test_sources_lie_where_they_say(documents: list[Document]) -> None:
    for source in sources(documents[0]):
        assert documents[0].text[source.statement.start : source.statement.end] == source.statement.text


@pytest.mark.parametrize(
    "text",
    [
        "The refund arrives within 14 days.",
        "Opening hours are 08:00–20:00 and the fee is €1,500.",
        "The offer ends on 31 January and gives 50% off.",
        "A parcel weighs at most 20 kg.",
    ],
)
def test_a_conversion_changes_the_words_and_keeps_the_values(text: str, rng: random.Random) -> None:
    changed = converted(text, rng)

    assert changed is not None
    assert changed != text
    assert same_values(text, changed)


def test_a_text_without_values_is_not_converted(rng: random.Random) -> None:
    assert converted("Goods are returned at the desk.", rng) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("If the parcel is damaged, you must report it.", None),
        ("If a book is lost, you must pay the full price.", "You must pay the full price if a book is lost."),
        ("You must pay the full price if a book is lost.", "If a book is lost, you must pay the full price."),
    ],
)
def test_clauses_change_places_unless_a_pronoun_would_be_left_without_its_noun(
    text: str, expected: str | None, rng: random.Random, vocabulary: Vocabulary
) -> None:
    assert reordered(text, rng, vocabulary) == expected


def test_a_passive_becomes_what_we_do(rng: random.Random, vocabulary: Vocabulary) -> None:
    assert activated("A small fee is charged per parcel.", rng, vocabulary) == "We charge a small fee per parcel."


def test_rewording_keeps_every_value(rng: random.Random, vocabulary: Vocabulary) -> None:
    text = "You can return goods within 30 days if you pay at least €5 in advance."

    changed = reworded(text, rng, vocabulary)

    assert changed is not None
    assert changed != text
    assert [value.low for value in find_values(changed)] == [value.low for value in find_values(text)] or {
        value.low for value in find_values(changed)
    } == {value.low for value in find_values(text)}


def test_the_first_of_two_clauses_stands_alone() -> None:
    assert split_clauses("A label costs €5 per parcel, and it is valid for 14 days.") == "A label costs €5 per parcel."


def test_names_keep_their_capital_in_mid_sentence(vocabulary: Vocabulary) -> None:
    assert vocabulary.lowered("Goods can be returned.") == "goods can be returned."
    assert vocabulary.lowered("Veltrane pays for it.") == "Veltrane pays for it."


def test_articles_agree_with_what_follows() -> None:
    assert as_sentence("an further day and a exit fee") == "A further day and an exit fee."


def test_the_main_clause_lies_between_dependent_ones() -> None:
    text = "If a book is lost, you must pay because it is ours."

    start, end = main_clause(text)

    assert text[start:end] == "you must pay"


def test_a_swapped_figure_is_one_that_the_source_does_not_state(rng: random.Random) -> None:
    text = "Goods can be returned within 30 days."
    pool = find_values("It is valid for 14 days, or a month of 30 days.")

    found = [mistake.text for mistake in swapped(text, find_values(text), pool, rng)]

    assert found == ["Goods can be returned within 14 days."]


def test_a_perturbed_figure_differs_in_value(rng: random.Random) -> None:
    text = "The annual fee is €120."

    found = list(perturbed(text, find_values(text), rng))

    assert [mistake.kind for mistake in found] == ["numeric"]
    assert find_values(found[0].text)[0].low != 120


def test_a_changed_date_is_a_mistake_of_its_own_kind(rng: random.Random) -> None:
    text = "Apply by 15 July."

    assert {mistake.kind for mistake in perturbed(text, find_values(text), rng)} == {"date"}


def test_two_figures_of_a_kind_change_places() -> None:
    text = "Standard costs €5 while Express costs €12."

    assert [mistake.text for mistake in exchanged(text, find_values(text))] == [
        "Standard costs €12 while Express costs €5."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Newspapers cannot be borrowed.", {"Newspapers can be borrowed."}),
        ("The ticket is refundable.", {"The ticket isn't refundable.", "The ticket is not refundable."}),
        ("The fare includes a bag.", {"The fare doesn't include a bag.", "The fare does not include a bag."}),
        ("We offer a discount.", {"We don't offer a discount.", "We do not offer a discount."}),
        ("Only members are admitted.", set()),
    ],
)
def test_negation_turns_the_main_clause_around(text: str, expected: set[str], rng: random.Random) -> None:
    found = {mistake.text for _ in range(20) for mistake in negations(text, rng)}

    assert found == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("condition", "We pay the costs unless you are at fault.", "We pay the costs even if you are at fault."),
        ("condition", "You get up to €50 back.", "You get at least €50 back."),
        ("scope", "It takes 5 working days.", "It takes 5 calendar days."),
        ("modality", "Registration is required.", "Registration is optional."),
        ("direction", "The fee is paid by us.", "The fee is paid by you."),
    ],
)
def test_each_kind_of_mistake_has_its_table(kind: str, text: str, expected: str, rng: random.Random) -> None:
    assert expected in {mistake.text for _ in range(20) for mistake in mistakes_of(kind, text, rng)}


def test_a_name_is_taken_for_its_sibling(rng: random.Random) -> None:
    found = list(renamed("Ashgrove is open on all days.", [("Ashgrove", "Millrace")], rng))

    assert [mistake.text for mistake in found] == ["Millrace is open on all days."]


def test_every_cell_becomes_a_sentence_with_its_row_and_value(
    documents: list[Document], vocabulary: Vocabulary
) -> None:
    table = tables(sources(documents[0]))[0]
    fact = table.facts[1][0]

    told = [render(template, fact, vocabulary) for template in templates(fact)]

    assert "Express costs €12." in told or "Express is priced at €12." in told
    assert all("€12" in text and "xpress" in text for text in told)


def test_a_wrapped_claim_still_holds_its_words(rng: random.Random, vocabulary: Vocabulary) -> None:
    assert "oods can be returned within 30 days" in wrapped("Goods can be returned within 30 days.", rng, vocabulary)


def test_the_same_seed_gives_the_same_claims(documents: list[Document]) -> None:
    one, other = (generate(build_corpus(documents), random.Random(3), 1000) for _ in range(2))

    assert one == other
    assert {record["label"] for record in one} == {"supported", "contradicted", "unsupported"}


def test_every_mistake_names_its_faithful_twin(documents: list[Document]) -> None:
    records = generate(build_corpus(documents), random.Random(3), 1000)
    faithful = {record["id"] for record in records if record["label"] == "supported"}

    assert all(
        record["twin"] in faithful for record in records if record["kind"] not in {"out_of_kb"} and record["twin"]
    )
    assert all(record["twin"] is None for record in records if record["label"] == "supported")


def test_no_mistake_says_what_a_faithful_claim_says(documents: list[Document]) -> None:
    records = generate(build_corpus(documents), random.Random(3), 1000)
    said = [(record["kb"], str(record["text"]).lower(), record["label"] == "supported") for record in records]
    faithful = {(kb, text) for kb, text, is_faithful in said if is_faithful}

    assert not [text for kb, text, is_faithful in said if not is_faithful and (kb, text) in faithful]


def test_the_limit_is_kept(documents: list[Document]) -> None:
    assert len(generate(build_corpus(documents), random.Random(3), 10)) <= 10


def test_the_script_writes_one_record_a_line(tmp_path: Path, documents: list[Document]) -> None:
    arguments = []
    for document in documents:
        path = tmp_path / f"{document.kb}.jsonl.gz"
        with gzip.open(path, "wt") as file:
            file.write(json.dumps({"doc_id": document.doc_id, "title": document.title, "text": document.text}) + "\n")
        arguments.append(f"{document.kb}={path}")
    out = tmp_path / "claims.jsonl.gz"

    run = subprocess.run(
        [sys.executable, str(SCRIPT), "--documents", *arguments, "--out", str(out)], capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr
    with gzip.open(out, "rt") as lines:
        records = [json.loads(line) for line in lines]
    assert f"in all: {len(records)}" in run.stdout
    for record in records:
        document = next(document for document in documents if document.doc_id == record["doc_id"])
        assert document.text[record["start"] : record["end"]] == record["source"][0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(SCRIPT), "--documents", "shop=nowhere.gz", "--out", str(tmp_path / "x.gz")],
        capture_output=True,
        text=True,
    )

    assert run.returncode != 0
    assert "'shop=nowhere.gz'" in run.stderr
    assert "Traceback" not in run.stderr
