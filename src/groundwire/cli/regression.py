"""`groundwire evaluate --regression-cases`: the answers that people saved, checked again as things are now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from groundwire.cli.output import progress_bar, warn

if TYPE_CHECKING:
    from groundwire.evaluation.regression import CheckedCase
    from groundwire.review.cases import SavedCase
    from groundwire.settings import Settings
    from groundwire.wiring import Library

_Check = Callable[["SavedCase"], "CheckedCase"]


def run_regression_cases(config: Path | None, policy: str | None, *, as_json: bool) -> None:
    """Check every saved case against the documents and policies of now; exit with 1 when one fails.

    Each case runs under the policy it was saved with, or all under the one that is named.
    """
    from groundwire.settings import load_settings
    from groundwire.wiring import opened_cases

    async def saved() -> list[SavedCase]:
        async with opened_cases(settings) as store:
            return await store.all()

    settings = load_settings(config)
    cases = asyncio.run(saved())
    if not cases:
        warn("No regression case was saved yet; the console saves one from any answer that was reviewed.")
        return
    checked = _checked(cases, settings, policy)
    for case in checked:
        _show(case, as_json=as_json)
    failed = sum(not case.passes for case in checked)
    if not as_json:
        typer.echo(f"{len(checked) - failed} of {len(checked)} cases passed.")
    if failed:
        raise typer.Exit(1)


def _checked(cases: Sequence[SavedCase], settings: Settings, policy: str | None) -> list[CheckedCase]:
    checked = []
    with _opened_check(settings, policy) as check, progress_bar() as progress:
        for number, case in enumerate(cases, start=1):
            checked.append(check(case))
            progress(number, len(cases), case.name)
    return checked


@contextmanager
def _opened_check(settings: Settings, policy: str | None) -> Iterator[_Check]:
    """Yield what checks a saved case against the stored documents, as the server does."""
    from groundwire.errors import GroundwireError
    from groundwire.evaluation.bench import Bench
    from groundwire.evaluation.regression import CheckedCase, case_of, checked_case
    from groundwire.knowledge.retrieval import FusedRetriever
    from groundwire.wiring import build_verifier, open_library, policies_in_force

    library = open_library(settings)
    policies, verifier = policies_in_force(settings, library.database), build_verifier(library)
    retriever = FusedRetriever(library.embedder, passages_per_claim=settings.knowledge_base.passages_per_claim)

    def check(saved: SavedCase) -> CheckedCase:
        case = case_of(saved.name, saved.record)
        try:
            under = policies.find(policy or str(saved.record.get("policy", "default")))
            collections = _collections(case.knowledge_base, library)
            bench = Bench(library.knowledge, retriever, verifier, under, {case.knowledge_base: collections})
            return checked_case(saved.name, bench.check(case))
        except GroundwireError as error:
            return CheckedCase(saved.id, saved.name, problem=error.message)

    try:
        yield check
    finally:
        library.database.engine.dispose()


def _collections(named: str, library: Library) -> tuple[str, ...]:
    """The collections that a case was checked against; beside the usual one stand the approved answers of now."""
    names = tuple(filter(None, named.split(",")))
    is_usual = not names or library.settings.knowledge_base.collection in names
    usual = names or (library.settings.knowledge_base.collection,)
    return tuple(dict.fromkeys((*usual, *library.approved_collections()))) if is_usual else names


def _show(case: CheckedCase, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(case.to_json(), ensure_ascii=False))
        return
    mark, color = ("passed", typer.colors.GREEN) if case.passes else ("FAILED", typer.colors.RED)
    typer.echo(f"{typer.style(mark, fg=color)}  {case.name}")
    if case.problem:
        typer.echo(f"        {case.problem}")
    for claim in case.claims:
        if not claim.passes:
            typer.echo(f"        expected {claim.expected}, found {claim.found}: {claim.text}")
