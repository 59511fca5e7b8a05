import pytest

from groundwire.domain import Mode, Source, SourceDocument
from groundwire.errors import BadRequest, PermissionDenied
from groundwire.proxy.options import read_options


def test_without_options_the_defaults_hold():
    options = read_options(None, {"content-type": "application/json"})

    assert (options.policy, options.collections, options.mode) == ("default", (), None)


def test_options_come_from_the_body():
    options = read_options(
        {
            "policy": "strict",
            "collections": ["faq"],
            "documents": [{"text": "The fee is 5."}, {"id": "d", "title": "T", "text": "Pay."}],
            "metadata": {"segment": "retail", "turn": 3, "is_new": True},
            "mode": "shadow",
        },
        {},
    )

    assert (options.policy, options.collections, options.mode) == ("strict", ("faq",), Mode.SHADOW)
    assert options.metadata == {"segment": "retail", "turn": "3", "is_new": "true"}
    assert options.source_documents() == (
        SourceDocument("document-1", "", "The fee is 5.", Source.REQUEST_DOCUMENTS),
        SourceDocument("d", "T", "Pay.", Source.REQUEST_DOCUMENTS),
    )


def test_options_come_from_headers_and_the_body_wins():
    headers = {"x-grounding-policy": "strict", "x-grounding-collections": "faq, terms,", "x-grounding-mode": "off"}

    options = read_options({"policy": "default"}, headers)

    assert (options.policy, options.collections, options.mode) == ("default", ("faq", "terms"), Mode.OFF)


@pytest.mark.parametrize(
    ("body", "headers", "param"),
    [
        ("strict", {}, "grounding"),
        ({"polcy": "strict"}, {}, "grounding.polcy"),
        ({"policy": 5}, {}, "grounding.policy"),
        ({"mode": "loud"}, {}, "grounding.mode"),
        ({"documents": [{"title": "T"}]}, {}, "grounding.documents.0.text"),
        ({"documents": [{"text": ""}]}, {}, "grounding.documents.0.text"),
        ({"metadata": {"a": {"b": 1}}}, {}, "grounding.metadata.a"),
        (None, {"x-grounding-mode": "loud"}, "grounding.mode"),
        (None, {"x-grounding-polcy": "strict"}, "x-grounding-polcy"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else None,
)
def test_a_wrong_option_is_named(body, headers, param):
    with pytest.raises(BadRequest) as error:
        read_options(body, headers)

    assert error.value.param == param


def test_the_mode_is_only_for_those_who_may_set_it():
    with pytest.raises(PermissionDenied, match="admin"):
        read_options({"mode": "off"}, {}, may_set_mode=False)

    assert read_options({"policy": "strict"}, {}, may_set_mode=False).policy == "strict"
