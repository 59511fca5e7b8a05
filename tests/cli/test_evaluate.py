import json

import pytest

from labelled import GIVEN, KBQA, PAIR, RESPONSE, SOURCE, write

DOCUMENT = {"doc_id": "refunds", "title": "Refunds", "text": "Refunds take 14 days.\n\nShipping is free."}


@pytest.fixture
def shop(folder):
    """The documents of the knowledge base that the labelled answer rests on."""
    return f"shop={write(folder / 'docs.jsonl', DOCUMENT)}"


def test_answers_over_a_knowledge_base_are_checked_end_to_end(groundwire, folder, shop):
    answers = write(folder / "answers.jsonl", KBQA)

    result = groundwire("evaluate", answers, "--documents", shop, "--json")

    assert result.exit_code == 0
    [line] = result.stdout.splitlines()
    found = json.loads(line)
    assert (found["format"], found["n"], found["bad"], found["checked_claims"]) == ("kbqa", 1, 1, 2)
    assert found["recall"]["value"] == 1.0
    assert found["claims"]["clean_flagged"]["value"] == 0.0
    assert found["retrieval"]["quotes"]["value"] == 1.0


def test_several_files_give_a_line_each(groundwire, folder, shop):
    ragtruth = folder / "ragtruth"
    ragtruth.mkdir()
    write(ragtruth / "response.jsonl", RESPONSE)
    write(ragtruth / "source_info.jsonl", SOURCE)
    files = [write(folder / "g.jsonl", GIVEN, GIVEN), write(folder / "n.jsonl", PAIR), ragtruth]

    result = groundwire("evaluate", *files, "--json", "--limit", 1)

    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(each["format"], each["n"]) for each in found] == [("given_context", 1), ("nli_pairs", 1), ("ragtruth", 1)]
    assert [each["recall"]["value"] for each in found] == [1.0, 1.0, 1.0]


def test_the_table_is_for_people(groundwire, folder):
    result = groundwire("evaluate", write(folder / "g.jsonl", GIVEN))

    assert result.exit_code == 0
    for part in ("Groundwire", "word overlap", "length", "always bad", "span F1"):
        assert part in result.stdout


def test_nothing_is_left_behind(groundwire, folder, shop):
    groundwire("evaluate", write(folder / "answers.jsonl", KBQA), "--documents", shop, "--json")

    assert sorted(path.name for path in folder.iterdir()) == ["answers.jsonl", "docs.jsonl"]


def test_a_policy_of_ones_own_decides(groundwire, folder):
    policies = {"default": {}, "lenient": {"actions": dict.fromkeys(("contradicted", "unsupported"), "allow")}}
    (folder / "groundwire.yaml").write_text(json.dumps({"policies": policies}))
    answers = write(folder / "g.jsonl", GIVEN)

    result = groundwire("evaluate", answers, "--policy", "lenient", "--json")

    assert json.loads(result.stdout)["recall"]["value"] == 0.0


def test_details_go_to_a_file(groundwire, folder):
    answers = write(folder / "g.jsonl", GIVEN, GIVEN)

    result = groundwire("evaluate", answers, "--details", folder / "details.jsonl", "--json")

    assert len(result.stdout.splitlines()) == 1
    found = [json.loads(line) for line in (folder / "details.jsonl").read_text().splitlines()]
    assert [each["is_flagged"] for each in found] == [True, True]


def test_documents_that_no_answer_rests_on_are_told(groundwire, folder, shop):
    result = groundwire("evaluate", write(folder / "g.jsonl", GIVEN), "--documents", shop, "--json")

    assert result.exit_code == 0
    assert "No answer rests on the knowledge base 'shop'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["answers.jsonl"], "Add --documents shop=FILE_OR_FOLDER", id="no documents"),
        pytest.param(["answers.jsonl", "--documents", "shop"], "--documents takes NAME=FILE_OR_FOLDER", id="no path"),
        pytest.param(["docs.jsonl"], "this is a document, not an answer", id="documents as answers"),
        pytest.param(["broken.jsonl"], "'broken.jsonl', line 1: not JSON", id="broken line"),
        pytest.param(["gone.jsonl"], "'gone.jsonl' does not exist", id="no such file"),
        pytest.param(["."], "has no response.jsonl", id="some folder"),
        pytest.param(["answers.jsonl", "--policy", "x"], "No policy 'x'. Known: default.", id="no such policy"),
        pytest.param(["g.jsonl", "--details", "gone/x"], "Can't write 'gone/x': No such file", id="details"),
        pytest.param(["answers.jsonl", "--limit", "0"], "--limit", id="limit"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_ends_with_2(groundwire, folder, shop, arguments, reason):
    write(folder / "answers.jsonl", KBQA)
    write(folder / "g.jsonl", GIVEN)
    (folder / "broken.jsonl").write_text("{")

    result = groundwire("evaluate", *arguments)

    assert result.exit_code == 2
    assert reason in result.stderr
    assert "Traceback" not in result.output
