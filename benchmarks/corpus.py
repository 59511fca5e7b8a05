"""Made-up handbooks for benchmarks: as many different passages as wanted, and answers whose claims they settle."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PLACES = (
    "Aarburg Brackwell Calder Dunmore Eastham Fenwick Garrick Hollins Ibsley Jarrow Kelso Larkhill Marden Norcott "
    "Oakham Penrith Quorn Rothbury Selby Tarvin Ulverton Venning Welford Yarrow Zennor"
).split()
SUFFIXES = "Centre North South East West Quay Park Hill Bridge Market Green Mill Gate Cross".split()
SUBJECTS = (
    "parking permit/guest room/annual pass/equipment locker/meeting hall/bicycle hire/laundry service/pool ticket/"
    "storage unit/courier run/language course/tool rental/boat mooring/garden plot/music room/darkroom session/"
    "sports hall/catering order/moving van/fitness class/studio booking/key deposit/printing account/tutoring hour/"
    "repair visit/camp site/choir membership/child care place/concert seat/museum tour"
).split("/")
PASSAGES_A_DOCUMENT = 25


@dataclass(frozen=True)
class Rule:
    """What one passage says about one thing in one place."""

    place: str
    subject: str
    fee: int
    days: int
    hours: int

    def passage(self) -> str:
        """Return the passage in Markdown, about 70 words."""
        thing = f"{self.subject} in {self.place}"
        return (
            f"## {thing.capitalize()}\n\n"
            f"A {thing} costs €{self.fee} a month and is paid in advance. It can be cancelled in writing until "
            f"{self.days} days before the next month begins; later the fee of that month is due in full. The "
            f"{self.place} desk answers questions about the {self.subject} within {self.hours} hours on working days. "
            "Members who move house keep their place on the list if they tell the desk in time.\n"
        )

    def claims(self) -> list[str]:
        """Return true statements about it, in other words."""
        return [
            f"The {self.subject} in {self.place} is €{self.fee} per month.",
            f"In {self.place} you can cancel the {self.subject} up to {self.days} days before the month starts.",
            f"The desk in {self.place} replies to questions on the {self.subject} within {self.hours} hours.",
        ]


def rules(count: int, seed: int = 7) -> list[Rule]:
    """Return that many rules; no two are about the same thing in the same place."""
    random_source = random.Random(seed)
    every = itertools.product(PLACES, SUFFIXES, SUBJECTS)
    pairs = [(f"{place} {suffix}", subject) for place, suffix, subject in every]
    random_source.shuffle(pairs)
    return [
        Rule(place, subject, random_source.randint(5, 400), random_source.randint(2, 60), random_source.randint(2, 72))
        for place, subject in pairs[:count]
    ]


def write_documents(made: list[Rule], folder: Path) -> None:
    """Write the rules as Markdown documents of 25 passages each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, len(made), PASSAGES_A_DOCUMENT)):
        passages = [rule.passage() for rule in made[start : start + PASSAGES_A_DOCUMENT]]
        text = f"# Handbook {number}\n\n" + "\n".join(passages)
        (folder / f"handbook-{number:04}.md").write_text(text, encoding="utf-8")


def answers(made: list[Rule], count: int, claims: int = 6, seed: int = 8) -> Iterator[str]:
    """Yield answers of so many claims, each from a rule of its own; every second answer has one wrong figure."""
    random_source = random.Random(seed)
    for number in range(count):
        chosen = [random_source.choice(rule.claims()) for rule in random_source.sample(made, claims)]
        if number % 2:
            place = random_source.randrange(claims)
            chosen[place] = _with_another_figure(chosen[place])
        yield " ".join(chosen)


def _with_another_figure(claim: str) -> str:
    figure = next(word for word in claim.replace("€", "").split() if word.isdigit())
    return claim.replace(figure, str(int(figure) + 3))
