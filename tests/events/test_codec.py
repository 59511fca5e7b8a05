import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given

from drawn import EVENTS
from groundwire.domain import Claim, Event, Label, Report, Turn, Verdict
from groundwire.events.codec import from_plain, to_plain
from groundwire.events.escaping import escape, unescape
from stored import sample


@given(EVENTS)
def test_every_event_survives_json_with_its_texts_escaped(event):
    written = json.dumps(to_plain(event, escape))
    written.encode("utf-8")
    assert from_plain(Event, json.loads(written), unescape) == event


def test_an_event_survives_json():
    event = sample(Label.CONTRADICTED, Label.SUPPORTED)
    assert from_plain(Event, json.loads(json.dumps(to_plain(event)))) == event


def test_the_numbers_of_models_become_plain():
    claim = Claim("It is free.", 0, 11)
    verdict = Verdict(claim, Label.SUPPORTED, np.float32(0.25), "because")
    assert json.loads(json.dumps(to_plain(verdict)))["support"] == 0.25


def test_a_field_that_an_old_record_lacks_takes_its_default():
    assert from_plain(Report, {"answer": "Hello!"}) == Report("Hello!")


def test_a_field_that_is_no_more_is_passed_over():
    assert from_plain(Turn, {"role": "user", "content": "Hi", "mood": "good"}) == Turn("user", "Hi")


@pytest.mark.parametrize(
    "plain", [[], "x", {"role": "user"}, {"role": "user", "content": [1, {"a": 2}], "x": 0}], ids=str
)
def test_what_does_not_fit_is_an_error(plain):
    with pytest.raises((TypeError, ValueError)):
        from_plain(Event, plain)


@dataclass
class Odd:
    thing: object


def test_what_has_no_plain_form_is_an_error():
    with pytest.raises(TypeError, match="can't be stored"):
        to_plain(Odd(thing=object()))


def test_an_event_is_stored_under_the_names_of_its_fields():
    plain = to_plain(sample(Label.CONTRADICTED))
    assert plain["report"]["verdicts"][0]["claim"] == {
        "text": "Refunds take 30 days.",
        "start": 0,
        "end": 21,
        "context": "",
        "target": "",
    }
