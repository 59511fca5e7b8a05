import asyncio
import json

import pytest

from groundwire.domain import Label, Question, Report, Turn
from groundwire.review.cases import ExpectedClaim
from groundwire.settings import load_settings
from groundwire.wiring import opened_cases, opened_events
from stored import sample

WRONG, RIGHT = "Goods can be returned within 30 days.", "The monthly fee is $5."
ASKED = Question((Turn("user", "How long can goods be returned?"),))


def saved(*expected, **changes):
    """Save a case with the answer's two claims, as the console does."""
    answer = f"{WRONG} {RIGHT}"
    spans = [(0, len(WRONG)), (len(WRONG) + 1, len(answer))]
    claims = [ExpectedClaim(*span, label) for span, label in zip(spans, expected, strict=True)]

    async def save():
        settings = load_settings()
        event = sample(question=ASKED, report=Report(answer), **changes)
        async with opened_events(settings) as events, opened_cases(settings) as cases:
            await events.append([event])
            return await cases.save(event, claims, "ada")

    return asyncio.run(save())


@pytest.fixture
def ingested(groundwire, documents):
    assert groundwire("ingest", documents).exit_code == 0


def test_a_case_that_comes_out_as_expected_passes(groundwire, folder, ingested):
    saved(Label.CONTRADICTED, Label.SUPPORTED)

    result = groundwire("evaluate", "--regression-cases")

    assert result.exit_code == 0
    assert "passed  How long can goods be returned?" in result.stdout
    assert "1 of 1 cases passed." in result.stdout


def test_one_that_fails_says_what_was_expected_and_the_command_fails(groundwire, folder, ingested):
    saved(Label.CONTRADICTED, Label.SUPPORTED)
    saved(Label.SUPPORTED, Label.SUPPORTED)

    result = groundwire("evaluate", "--regression-cases")

    assert result.exit_code == 1
    assert "FAILED" in result.stdout
    assert f"expected supported, found contradicted: {WRONG}" in result.stdout
    assert "1 of 2 cases passed." in result.stdout


def test_programs_get_a_line_a_case(groundwire, folder, ingested):
    case = saved(Label.CONTRADICTED, Label.SUPPORTED)

    [line] = groundwire("evaluate", "--regression-cases", "--json").stdout.splitlines()

    found = json.loads(line)
    assert (found["id"], found["passes"], len(found["claims"])) == (case.id, True, 2)


def test_a_case_fails_whose_policy_or_documents_are_gone(groundwire, folder, ingested):
    saved(Label.CONTRADICTED, Label.SUPPORTED, policy="hr")
    saved(Label.CONTRADICTED, Label.SUPPORTED, collections=("gone",))

    result = groundwire("evaluate", "--regression-cases")

    assert result.exit_code == 1
    assert "No policy 'hr'" in result.stdout
    assert "No collection 'gone'" in result.stdout


def test_one_policy_can_be_tried_on_all(groundwire, folder, ingested):
    saved(Label.CONTRADICTED, Label.SUPPORTED, policy="hr")

    assert groundwire("evaluate", "--regression-cases", "--policy", "default").exit_code == 0


def test_without_any_case_it_says_where_they_come_from(groundwire, folder):
    result = groundwire("evaluate", "--regression-cases")

    assert result.exit_code == 0
    assert "No regression case was saved yet" in result.stderr


def test_without_files_or_the_option_there_is_nothing_to_do(groundwire, folder):
    result = groundwire("evaluate")

    assert result.exit_code == 2
    assert "--regression-cases" in result.stderr
