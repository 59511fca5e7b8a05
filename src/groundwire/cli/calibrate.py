"""`groundwire calibrate`: thresholds from what reviewers said of answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from groundwire.cli.options import Config

if TYPE_CHECKING:
    from groundwire.policy.versions import PolicyVersion
    from groundwire.review.calibration import Calibration
    from groundwire.settings import Settings

Policy = Annotated[str, typer.Option(help="Policy whose thresholds are fitted.")]
Target = Annotated[float, typer.Option(help="How often the check's objections are to be right, 0.5 to 0.99.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what was found; propose nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_AUTHOR = "groundwire calibrate"


def calibrate(
    policy: Policy = "default",
    target_precision: Target = 0.95,
    dry_run: DryRun = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Fit a policy's thresholds to the reviewers' labels, and propose them as a version that is tried in shadow.

    Nothing acts differently until an admin applies that version. The exit code is 1 when the labels do not suffice.
    """
    from groundwire.cli import calibrated
    from groundwire.settings import load_settings

    found, proposed = asyncio.run(_run(load_settings(config), policy, target_precision, proposes=not dry_run))
    typer.echo(calibrated.as_json(found, proposed) if as_json else calibrated.as_text(found, proposed))
    if found.fit is None:
        raise typer.Exit(1)


async def _run(
    settings: Settings, policy: str, target: float, *, proposes: bool
) -> tuple[Calibration, PolicyVersion | None]:
    from groundwire.errors import Conflict
    from groundwire.wiring import opened_calibrations

    async with opened_calibrations(settings) as calibrations:
        found = await calibrations.of(policy, target)
        if found.fit is None or not proposes:
            return found, None
        seen = (await calibrations.desk.find(policy)).history.state
        try:
            return found, await calibrations.propose(policy, found, _AUTHOR, seen)
        except Conflict as error:
            typer.echo(error.message, err=True)
            return found, None
