import json

import pytest

RIGHT = "Goods can be returned within 14 days."
WRONG = "Goods can be returned within 45 days."


def test_a_right_answer_ends_with_0(groundwire, documents):
    result = groundwire("check", RIGHT)

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("supported")
    assert "action: allow   revision: default@1" in result.stdout


def test_a_wrong_answer_ends_with_1_and_shows_what_would_be_delivered(groundwire, documents):
    result = groundwire("check", WRONG)

    assert result.exit_code == 1
    assert "45 days" in result.stdout.splitlines()[0]
    assert "returns.md v1: " in result.stdout
    assert f"delivered:\n{RIGHT}" in result.stdout


@pytest.mark.parametrize("way", ["argument", "file", "stdin"])
def test_the_answer_comes_in_three_ways(groundwire, documents, folder, way):
    (folder / "answer.txt").write_text(WRONG)
    given = {"argument": [WRONG], "file": ["--file", "answer.txt"], "stdin": []}[way]

    result = groundwire("check", "--json", *given, stdin=WRONG if way == "stdin" else None)

    reply = json.loads(result.stdout)
    assert reply["grounding"]["claims"][0]["text"] == WRONG
    assert (reply["label"], reply["text"]) == ("contradicted", RIGHT)


def test_the_question_is_read_with_the_answer(groundwire, documents):
    result = groundwire("check", "$5.", "--question", "What is the monthly fee?", "--json")

    assert json.loads(result.stdout)["label"] == "supported"


def test_without_documents_nothing_is_confirmed(groundwire):
    result = groundwire("check", RIGHT)

    assert result.exit_code == 1
    assert "there is no document to check against" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["text", "--file", "answer.txt"], 2, "not both"),
        (["--file", "nowhere.txt"], 2, "Can't read 'nowhere.txt': No such file or directory."),
        (["text", "--policy", "other"], 1, "No policy 'other'. Known: default."),
    ],
)
def test_mistakes_are_explained(groundwire, arguments, code, said):
    result = groundwire("check", *arguments)

    assert result.exit_code == code
    assert said in result.output


def test_nothing_is_recorded(groundwire, documents):
    groundwire("check", WRONG)

    assert groundwire("export").stdout == ""
