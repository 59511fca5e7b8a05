"""What the demonstration model says about the sample company: some of it right, some of it wrong on purpose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from groundwire.domain import Action

# Below this likeness (0 to 100, words in any order) a question counts as one the model knows nothing about.
_MIN_LIKENESS = 75


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    """A question, what the model answers, and what the default policy should do about it."""

    question: str
    answer: str
    action: Action


ANSWERS: Sequence[DemoAnswer] = (
    DemoAnswer(
        "How much is the Plus plan?",
        "The Plus plan costs $17.99 per month in the United States. It includes 10 cameras and 30 days of video "
        "history.",
        Action.ALLOW,
    ),
    DemoAnswer(
        "How long can I return a new camera?",
        "You can return a new camera within 60 days of delivery for a full refund.",
        Action.REWRITE,
    ),
    DemoAnswer(
        "Do you have a shop I can visit?",
        "Yes, our flagship store in Portland has a showroom with a coffee bar.",
        Action.FLAG,
    ),
    DemoAnswer(
        "What can the Hub H2 do?",
        "The Hub H2 serves up to 200 sensors. Its backup battery lasts 48 hours. The siren of the Hub H2 reaches "
        "120 dB. It has 128 GB of local storage.",
        Action.BLOCK,
    ),
)
"""One of each action: the tour that `groundwire demo` prints."""

_UNKNOWN = "Sorry, I can't answer that. Would you like to try one of these questions?\n\n"


def answer_to(question: str) -> str:
    """Return the model's answer; a question it does not know gets the list of those it does."""
    questions = [known.question for known in ANSWERS]
    found = process.extractOne(
        question, questions, scorer=fuzz.token_sort_ratio, processor=utils.default_process, score_cutoff=_MIN_LIKENESS
    )
    return ANSWERS[found[2]].answer if found else _UNKNOWN + "\n".join(f"- {known}" for known in questions)


def reworded(material: str) -> str:
    """Return what the model writes when it is to reword claims: for each the first quote of its evidence."""
    claims = json.loads(material)["claims"]
    return json.dumps({"claims": [{"id": one["id"], "text": one["evidence"][0]["quote"]} for one in claims]})
