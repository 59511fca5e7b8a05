"""Fill a database with made-up events of the last weeks, as several apps and models would have left them.

    python benchmarks/seed_events.py --data-dir /tmp/seeded --events 200000

The rows are made by the functions that the server uses, so what is read from them is what it would have written.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fernhollow import FACTS, INVENTIONS, Fact
from sqlalchemy import Connection, insert, update

from groundwire.domain import (
    Action,
    Claim,
    Correction,
    Event,
    Evidence,
    Failure,
    Label,
    Mode,
    Question,
    Report,
    Turn,
    Verdict,
)
from groundwire.events.identifiers import event_id_at, new_review_id
from groundwire.events.rows import fingerprint
from groundwire.events.writing import insert_events
from groundwire.review.records import Decision, Judgement, Review, snapshot_of
from groundwire.review.rows import review_row
from groundwire.storage.database import open_database
from groundwire.storage.schema import keys, review_items, reviews

DAYS = 45
APPS = {"key_5eed000000000001": "Web chat", "key_5eed000000000002": "Mobile app", "key_5eed000000000003": "Agent desk"}
BLOCKED = "I can't confirm that from our documents. Please contact support."
_AT_ONCE = 4_000
_REVIEWED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a model says something wrong, and something invented: probabilities of a claim."""

    wrong: float
    invented: float


MODELS = {"gpt-4o": Habit(0.012, 0.012), "gpt-4o-mini": Habit(0.03, 0.025), "llama-3.3-70b": Habit(0.045, 0.05)}
POLICIES = {"default": 0.7, "support-strict": 0.2, "trial": 0.1}


def made_events(count: int, until: datetime, seed: int = 7) -> Iterator[Event]:
    """Yield that many events of the last 45 days, oldest first; the same ones for the same seed and time."""
    chance = random.Random(seed)
    moments = sorted(_moment(chance, until) for _ in range(count))
    for number, moment in enumerate(moments):
        yield _event(chance, number, moment, until)


def _moment(chance: random.Random, until: datetime) -> datetime:
    """More answers by day than by night, and slowly more every week."""
    while True:
        age_s = DAYS * 86_400 * chance.random()
        moment = until - timedelta(seconds=age_s)
        busy = 0.25 + 0.75 * max(0.0, 1 - abs(moment.hour - 14) / 9)
        growth = 1 - 0.3 * age_s / (DAYS * 86_400)
        if chance.random() < busy * growth:
            return moment


def _event(chance: random.Random, number: int, moment: datetime, until: datetime) -> Event:
    model = chance.choices(list(MODELS), (5, 4, 2))[0]
    policy = chance.choices(list(POLICIES), list(POLICIES.values()))[0]
    facts = _facts(chance, moment, until)
    verdicts = tuple(_verdicts(chance, facts, _habit(model, moment, until)))
    answer = " ".join(verdict.claim.text for verdict in verdicts)
    report = Report(answer, verdicts, (), "default@3", {"check": round(chance.uniform(8, 40), 1)})
    mode = Mode.SHADOW if policy == "trial" else Mode.ENFORCE
    action = _action(report, policy)
    words = len(answer.split())
    return Event(
        id=event_id_at(moment, number),
        created_at=moment,
        request_id=f"req_{number:x}",
        choice=0,
        endpoint="/v1/chat/completions" if chance.random() < 0.8 else "/v1/responses",
        model=model,
        upstream="default",
        policy=policy,
        policy_version="5eed0001",
        mode=mode,
        verifier="rules-1+entailment-1",
        question=Question((Turn("user", f"{facts[0].question} My order is {100_000 + number}."),)),
        collections=("default",),
        report=report,
        action=action,
        delivered=answer if mode is Mode.SHADOW else _delivered(report, action),
        is_stream=chance.random() < 0.7,
        usage={"prompt_tokens": 40, "completion_tokens": 2 * words, "total_tokens": 40 + 2 * words},
        metadata={"segment": chance.choice(("home", "business")), "conversation_id": f"c-{number // 3:x}"},
        key_id=chance.choices(list(APPS), (5, 3, 1))[0],
    )


def _habit(model: str, moment: datetime, until: datetime) -> Habit:
    """One model became better a month ago, another has had a bad last day."""
    habit, age = MODELS[model], until - moment
    factor = 1.6 if model == "gpt-4o-mini" and age > timedelta(days=30) else 1.0
    factor = 2.2 if model == "llama-3.3-70b" and age < timedelta(days=2) else factor
    return Habit(habit.wrong * factor, habit.invented * factor)


def _facts(chance: random.Random, moment: datetime, until: datetime) -> list[Fact]:
    # Prices were asked for more often of late, so their document stands out.
    weights = [
        3 if fact.document == "plans-and-pricing.md" and until - moment < timedelta(days=7) else 1 for fact in FACTS
    ]
    first = chance.choices(FACTS, weights)[0]
    others = [fact for fact in FACTS if fact.document == first.document and fact is not first]
    return [first, *chance.sample(others, min(len(others), chance.randint(0, 3)))]


def _verdicts(chance: random.Random, facts: Sequence[Fact], habit: Habit) -> Iterator[Verdict]:
    start = 0
    for fact in facts:
        luck = chance.random()
        verdict = _verdict(chance, fact, start, luck, habit)
        start = verdict.claim.end + 1
        yield verdict


def _verdict(chance: random.Random, fact: Fact, start: int, luck: float, habit: Habit) -> Verdict:
    evidence = (Evidence(fact.document, 1, fact.title, fact.quote, 0, len(fact.quote), headings=(fact.heading,)),)
    if luck < habit.wrong:
        return _contradicted(chance, fact, start, evidence)
    if luck < habit.wrong + habit.invented:
        text = chance.choice(INVENTIONS)
        claim = Claim(text, start, start + len(text))
        support = chance.uniform(0.02, 0.4)
        return Verdict(claim, Label.UNSUPPORTED, support, "no document says this", spans=((claim.start, claim.end),))
    claim = Claim(fact.claim, start, start + len(fact.claim))
    if luck > 0.998:
        reason = "the check took longer than its budget"
        return Verdict(claim, Label.UNVERIFIED, 0.0, reason, failure=Failure.TIMEOUT)
    return Verdict(claim, Label.SUPPORTED, chance.uniform(0.8, 0.999), "the document says the same", evidence)


def _contradicted(chance: random.Random, fact: Fact, start: int, evidence: tuple[Evidence, ...]) -> Verdict:
    text = fact.mistake
    place = start + text.index(fact.wrong)
    fix = Correction(place, place + len(fact.wrong), fact.right)
    reason = f"document says {fact.right}, answer says {fact.wrong}"
    claim, support = Claim(text, start, start + len(text)), chance.uniform(0.001, 0.2)
    spans = ((fix.start, fix.end),)
    return Verdict(claim, Label.CONTRADICTED, support, reason, evidence, (fix,), spans, contradiction=0.97 - support)


def _action(report: Report, policy: str) -> Action:
    wrong = sum(verdict.label is Label.CONTRADICTED for verdict in report.verdicts)
    if wrong >= (1 if policy == "support-strict" else 2):
        return Action.BLOCK
    if wrong:
        return Action.REWRITE
    return Action.ALLOW if report.label is Label.SUPPORTED else Action.FLAG


def _delivered(report: Report, action: Action) -> str:
    if action is Action.BLOCK:
        return BLOCKED
    return " ".join(verdict.corrected_text or verdict.claim.text for verdict in report.verdicts)


def store_reviews(connection: Connection, stored: Sequence[Event], chance: random.Random) -> None:
    """Have a part of what waits reviewed, mostly as right."""
    waiting = [event for event in stored if event.action is not Action.ALLOW]
    seen = [event for event in waiting if chance.random() < _REVIEWED_SHARE]
    if not seen:
        return
    connection.execute(insert(reviews), [review_row(_review(event, chance)) for event in seen])
    done = [event.id for event in seen]
    connection.execute(update(review_items).where(review_items.c.event_id.in_(done)).values(state="done"))


def _review(event: Event, chance: random.Random) -> Review:
    judgement = chance.choices(list(Judgement), (80, 12, 3, 5))[0]
    return Review(
        id=new_review_id(),
        event_id=event.id,
        created_at=event.created_at + timedelta(hours=3),
        reviewer=chance.choice(("Ana Ruiz", "Tom Okafor")),
        decision=Decision(judgement),
        policy=event.policy,
        policy_version=event.policy_version,
        verifier=event.verifier,
        revision=event.report.revision,
        claims=snapshot_of(event),
        fingerprint=fingerprint(event),
    )


def store_apps(connection: Connection, until: datetime) -> None:
    """Name the apps, so that pages can; nobody has these keys."""
    made = {"role": "app", "created_at": until - timedelta(days=DAYS)}
    connection.execute(
        insert(keys), [made | {"id": key, "name": name, "digest": key.ljust(64, "0")} for key, name in APPS.items()]
    )


def seed(data_dir: Path, count: int, *, until: datetime | None = None, has_apps: bool = True) -> None:
    """Fill the SQLite database in the folder; with `has_apps`, requests to its server need a key from then on."""
    until = until or datetime.now(UTC)
    database = open_database(f"sqlite:///{data_dir / 'groundwire.db'}")
    database.upgrade()
    made, chance = made_events(count, until), random.Random(11)
    with database.engine.begin() as connection:
        if has_apps:
            store_apps(connection, until)
        while group := list(itertools.islice(made, _AT_ONCE)):
            insert_events(connection, group)
            # The newest answers still wait for their reviewers.
            store_reviews(
                connection, [event for event in group if until - event.created_at > timedelta(days=2)], chance
            )
    database.engine.dispose()


def main() -> None:
    """Fill the database that the options name."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data-dir", type=Path, required=True, help="folder of the database, made when missing")
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--no-apps", action="store_true", help="leave the apps without names, and the server open")
    given = options.parse_args()
    started = time.perf_counter()
    seed(given.data_dir, given.events, has_apps=not given.no_apps)
    print(f"{given.events} events in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
