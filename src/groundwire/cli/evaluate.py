"""`groundwire evaluate`: how good the check is, on labelled answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwire.cli.options import Config
from groundwire.cli.output import fail, progress_bar, warn
from groundwire.cli.regression import run_regression_cases

if TYPE_CHECKING:
    from groundwire.evaluation.bench import Bench, Outcome
    from groundwire.evaluation.cases import LabelledFile
    from groundwire.evaluation.scores import Scores
    from groundwire.evaluation.thresholds import Thresholds
    from groundwire.settings import Settings

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Labelled answers: JSON lines, gzipped or not, or a folder in RAGTruth's format."),
]
Documents = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=PATH",
        help="Documents of the knowledge base NAME: a file of {doc_id, title, text} lines, or a folder.",
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Take only the first N answers of each file.")]
Policy = Annotated[
    str | None, typer.Option(help="Policy that decides: `default`, or for saved cases the one each was saved with.")
]
Saved = Annotated[
    bool, typer.Option("--regression-cases", help="Check the saved answers again; exits with 1 when one fails.")
]
Details = Annotated[
    Path | None, typer.Option(help="Also write what was found for each answer to this file, as JSON lines.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a file.")]
DEFAULT_POLICY = "default"


def evaluate(
    files: Files = None,
    documents: Documents = None,
    limit: Limit = None,
    policy: Policy = None,
    config: Config = None,
    details: Details = None,
    as_json: Json = False,
    regression_cases: Saved = False,
) -> None:
    """Measure the check on labelled answers, beside what word overlap and length reach on the same answers.

    The format is seen from the fields: answers over a knowledge base (kb, turns, answer, claims), answers with their
    evidence (context, response, label), sentence pairs (premise, hypothesis, label), or RAGTruth's folder.
    """
    if regression_cases:
        run_regression_cases(config, policy, as_json=as_json)
    elif files:
        _measure(files, _Options(documents or [], limit, policy or DEFAULT_POLICY, config, details, as_json))
    else:
        fail("Name files with labelled answers, or use --regression-cases for those that reviewers saved.", 2)


@dataclass(frozen=True, slots=True)
class _Options:
    documents: Sequence[str]
    limit: int | None
    policy: str
    config: Path | None
    details: Path | None
    as_json: bool


def _measure(files: Sequence[Path], options: _Options) -> None:
    from groundwire.evaluation.details import details_of
    from groundwire.evaluation.documents import parse_sources
    from groundwire.evaluation.formats import read_file
    from groundwire.evaluation.scoring import score

    sources, policy = parse_sources(options.documents), options.policy
    labelled = [read_file(path, options.limit) for path in files]
    settings = _settings(options.config, policy)
    with _written(options.details) as write, opened_bench(labelled, sources, settings, policy) as bench:
        for file in labelled:
            thresholds = _thresholds(file, settings, policy)
            outcomes = _outcomes(file, bench)
            for outcome in outcomes:
                write(details_of(file, outcome, thresholds))
            _show(score(file, outcomes, thresholds, bench.verifier_name), as_json=options.as_json)


def _settings(config: Path | None, policy: str) -> Settings:
    from groundwire.errors import SettingsError
    from groundwire.settings import load_settings

    settings = load_settings(config)
    if policy not in settings.policies:
        raise SettingsError(f"No policy {policy!r}. Known: {', '.join(sorted(settings.policies))}.")
    return settings


@contextmanager
def opened_bench(
    files: Sequence[LabelledFile], sources: dict[str, list[Path]], settings: Settings, policy: str
) -> Iterator[Bench]:
    """Ingest the documents that the answers rest on into a store that is thrown away; yield what checks answers."""
    from groundwire.evaluation.bench import Bench
    from groundwire.evaluation.documents import ingest, needed
    from groundwire.knowledge.retrieval import FusedRetriever
    from groundwire.wiring import build_policies, build_verifier, open_library

    names = needed(files, sources)
    for name in sorted(set(sources) - set(names)):
        warn(f"No answer rests on the knowledge base {name!r}; its documents are not read.")
    with tempfile.TemporaryDirectory(prefix="groundwire-") as folder:
        apart = settings.model_copy(update={"data_dir": Path(folder), "database_url": None})
        library = open_library(apart)
        try:
            verifier = build_verifier(library)
            with progress_bar() as progress:
                collections = ingest(names, sources, library.ingestor, warn=warn, progress=progress)
            named = {name: (collection,) for name, collection in collections.items()}
            retriever = FusedRetriever(library.embedder, passages_per_claim=apart.knowledge_base.passages_per_claim)
            yield Bench(library.knowledge, retriever, verifier, build_policies(apart).find(policy), named)
        finally:
            library.database.engine.dispose()


def _thresholds(file: LabelledFile, settings: Settings, policy: str) -> Thresholds:
    from groundwire.evaluation.thresholds import thresholds_for
    from groundwire.policy.policy import policy_from
    from groundwire.settings import PolicySettings

    chosen, usual = settings.policies[policy], PolicySettings()
    is_default = (chosen.thresholds, chosen.actions) == (usual.thresholds, usual.actions)
    strictness = policy_from(policy, chosen).strictness
    return thresholds_for(file.format, strictness, is_default=is_default, sets=file.sources)


def _outcomes(file: LabelledFile, bench: Bench) -> list[Outcome]:
    outcomes = []
    with progress_bar() as progress:
        for number, case in enumerate(file.cases, start=1):
            outcomes.append(bench.check(case))
            progress(number, len(file.cases), Path(file.name).name)
    return outcomes


@contextmanager
def _written(path: Path | None) -> Iterator[Callable[[dict[str, object]], None]]:
    """Yield what writes a line to the file, if there is one; raises SettingsError where it can't be written."""
    from groundwire.errors import SettingsError

    if path is None:
        yield lambda entry: None
        return
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"Can't write {str(path)!r}: {error.strerror}.") from error
    with file:
        yield lambda entry: print(json.dumps(entry, ensure_ascii=False), file=file)


def _show(scores: Scores, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(scores.to_json(), ensure_ascii=False))
        return
    from groundwire.evaluation.rendering import render

    render(scores)
