"""`groundwire replay`: what another policy, revision or verifier would have decided on stored answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwire.cli.options import Config
from groundwire.cli.output import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundwire.cli.trials import Trial
    from groundwire.replay.service import Preview
    from groundwire.settings import Settings

Since = Annotated[str, typer.Option(help="Take answers from here on: `7d`, `12h`, `30m`, or a date or time (UTC).")]
Policy = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|NAME",
        help="A file with the settings of one policy, a whole groundwire.yaml, or the name of a policy in force; by "
        "default each answer's own.",
    ),
]
Name = Annotated[
    str | None,
    typer.Option(help="Take only answers of this policy; with a file of one policy, by default `default`."),
]
Revision = Annotated[
    str | None,
    typer.Option(help="Documents: `newest`, or `default@12`, several joined by commas; by default each answer's own."),
]
Model = Annotated[Path | None, typer.Option(help="Folder of another verifier, built like the shipped one.")]
EventId = Annotated[str | None, typer.Option("--event", help="Replay this one answer, whenever it was.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Take at most so many answers, the newest first.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def replay(
    since: Since = "7d",
    policy: Policy = None,
    name: Name = None,
    revision: Revision = None,
    model: Model = None,
    event: EventId = None,
    limit: Limit = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Run stored answers again, and list every verdict, action and text that comes out differently.

    Nothing is stored or changed, and no language model is asked. Where only thresholds and actions differ, the stored
    verdicts are used; otherwise claims are verified anew against the documents.
    """
    from groundwire.cli import replayed
    from groundwire.cli.trials import read_trial
    from groundwire.settings import load_settings

    trial = read_trial(since=since, policy=policy, name=name, revision=revision)
    settings = load_settings(config)
    with progress_bar() as progress:
        found = asyncio.run(_run(settings, trial, model, event, limit, progress))
    typer.echo(replayed.as_json(found) if as_json else replayed.as_text(found))


async def _run(
    settings: Settings,
    trial: Trial,
    model: Path | None,
    event_id: str | None,
    limit: int | None,
    progress: Callable[[int, int, str], None],
) -> Preview:
    from groundwire.replay.service import Preview
    from groundwire.replay.traffic import Bounds, Tally
    from groundwire.wiring import opened_replays

    async with opened_replays(settings, model) as replays:
        policy = trial.policy_of(replays.policies)
        if event_id:
            tally = Tally()
            tally.add(await replays.one(event_id, policy, trial.revision))
            return Preview(tally.summary(1), tuple(tally.flips), tuple(tally.failures))
        async for step in replays.many(trial.chosen, policy, trial.revision, Bounds(limit, None)):
            if isinstance(step, Preview):
                return step
            progress(step.done, step.total if limit is None else min(limit, step.total), "Replaying answers")
    raise AssertionError("A replay of many events ends with what was found.")
