import pytest
from pydantic import ValidationError

from groundwire.settings import PolicySettings, UpstreamSettings
from groundwire.settings.problems import problems


def told(model, values):
    with pytest.raises(ValidationError) as raised:
        model.model_validate(values)
    return [str(problem) for problem in problems(raised.value, model)]


def test_the_key_the_value_and_what_is_allowed_are_named():
    [line] = told(PolicySettings, {"block_if": {"contradicted_claims": 0}})

    assert line == "block_if.contradicted_claims: Input should be greater than or equal to 1 (got 0)"


def test_the_names_of_the_section_are_listed():
    [line] = told(PolicySettings, {"tools": {"book": {"args": []}}})

    assert line == "tools.book.args: unknown name; known are arguments, otherwise"


def test_no_secret_is_shown():
    [line] = told(UpstreamSettings, {"api_key": 17})

    assert "17" not in line


def test_what_concerns_everything_has_no_key():
    [line] = told(UpstreamSettings, {"kind": "azure"})

    assert line.startswith("(whole file): kind 'azure' needs `api_version`")
