import json
import shlex

import pytest

from groundwire.console.snippets import SNIPPETS, Connection, curl, langchain, node, python

PLAIN = Connection("http://127.0.0.1:8080/v1", "gpt-4o")
FULL = Connection("http://127.0.0.1:8080/v1", "gpt-4o", "strict", {"segment": "retail"}, needs_key=True)
ODD = Connection("http://h/v1", "a\"b'c\\\n$(x)`y`", "p", {"it's": '"; exit'}, needs_key=True)


@pytest.mark.parametrize("connection", [PLAIN, FULL, ODD], ids=["plain", "full", "odd"])
@pytest.mark.parametrize("write", [python, langchain], ids=["openai", "langchain"])
def test_programs_for_python_are_python(write, connection):
    compile(write(connection), "snippet.py", "exec")


@pytest.mark.parametrize("connection", [PLAIN, FULL, ODD], ids=["plain", "full", "odd"])
def test_the_shell_hands_the_whole_body_over(connection):
    words = shlex.split(curl(connection).replace("\\\n", ""))

    body = json.loads(words[-1])
    assert body["model"] == connection.model
    assert body.get("grounding", {}) == connection.grounding


@pytest.mark.parametrize("write", [write for _, write in SNIPPETS.values()], ids=list(SNIPPETS))
def test_everything_that_was_asked_for_is_said(write):
    text = write(FULL)

    assert all(word in text for word in (FULL.base_url, "gpt-4o", "strict", "segment", "x-grounding-key"))


@pytest.mark.parametrize("write", [write for _, write in SNIPPETS.values()], ids=list(SNIPPETS))
def test_nothing_more_is_said_than_is_needed(write):
    assert "ground" not in write(PLAIN).replace("reply.grounding", "").replace("grounding.action", "")


def test_what_is_odd_stays_inside_its_quotes_in_node():
    assert 'model: "a\\"b\'c\\\\\\n$(x)`y`"' in node(ODD)
