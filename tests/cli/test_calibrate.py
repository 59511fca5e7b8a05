import asyncio
import json
from dataclasses import replace

import pytest

from groundwire.domain import Label
from groundwire.review.records import Decision, Judgement
from groundwire.review.store import ReviewStore
from groundwire.settings import load_settings
from groundwire.wiring import build_verifier, open_library, opened_events
from stored import sample, verdict


@pytest.fixture
def reviewed(documents):
    """40 errors that the check found, and 20 false alarms at a higher support."""
    settings = load_settings()
    library = open_library(settings)
    name = build_verifier(library).name

    async def review():
        reviews = ReviewStore(library.database)
        async with opened_events(settings) as store:
            for number in range(60):
                support = 0.1 if number < 40 else 0.45
                found = replace(verdict(Label.CONTRADICTED), support=support, contradiction=0.9 * (1 - support))
                event = sample(verifier=name)
                event = replace(event, report=replace(event.report, verdicts=(found,)))
                await store.append([event])
                judgement = Judgement.RIGHT if number < 40 else Judgement.FALSE_ALARM
                await reviews.add(event, Decision(judgement, 0), "Ada")
        await library.database.close()

    asyncio.run(review())


def test_thresholds_are_fitted_and_proposed(groundwire, reviewed):
    result = groundwire("calibrate", "--target-precision", "0.9")

    assert result.exit_code == 0, result.output
    assert "60 labels of 60 answers under policy 'default', 40 of them errors" in result.stdout
    assert "    0.50  0.67 (0.54 to 0.77)       1.00 (0.91 to 1.00)   in force" in result.stdout
    assert "thresholds.support 0.45 surely reaches a precision of 0.9:" in result.stdout
    assert result.stdout.splitlines()[-1] == "proposed as version 2 of policy 'default', shadow"


def test_a_dry_run_proposes_nothing(groundwire, reviewed):
    found = json.loads(groundwire("calibrate", "--target-precision", "0.9", "--dry-run", "--json").stdout)

    assert found["proposed"] is None
    assert found["calibration"]["fit"]["strictness"]["min_support"] == 0.45
    assert "version 2" in groundwire("calibrate", "--target-precision", "0.9").stdout


def test_too_few_labels_end_with_1(groundwire, reviewed):
    result = groundwire("calibrate", "--target-precision", "0.95")

    assert result.exit_code == 1
    assert "About 33 more labels of claims that the check objects to may be enough" in result.stdout


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--target-precision", "2"], 1, "The target precision must be from 0.5 to 0.99, not 2.0."),
        (["--policy", "nobody"], 1, "No policy 'nobody'. Known: default."),
    ],
)
def test_what_is_wrong_is_said(groundwire, folder, documents, options, code, says):
    result = groundwire("calibrate", *options)

    assert (result.exit_code, result.stderr) == (code, f"{says}\n")
