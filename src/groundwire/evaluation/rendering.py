"""The figures of one file as tables for a terminal."""

from __future__ import annotations

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from groundwire.evaluation.bootstrap import Figure
from groundwire.evaluation.cases import Format
from groundwire.evaluation.scores import Baseline, Detection, Scores

_NAMES = {
    "f1": "F1",
    "balanced_accuracy": "balanced accuracy",
    "auc": "AUC",
    "precision": "precision",
    "recall": "recall",
    "clean_flagged": "clean flagged",
    "span_f1": "span F1",
}
# What the literature on a set reports, by the beginning of the set's name; it leads the table.
_LEADS = (
    ("RAGTruth", "f1"),
    ("kbqa", "f1"),
    ("WiCE-tokens", "span_f1"),
    ("WiCE", "balanced_accuracy"),
    ("SummEdits", "balanced_accuracy"),
    ("BEGIN", "auc"),
    ("FineGrainedRLHF", "f1"),
)
_COLUMNS = (("word_overlap", "word overlap"), ("length", "length"), ("always_bad", "always bad"))


# A file or a pipe has no width; this one holds every table without breaking its cells.
_WIDTH = 120


def render(scores: Scores) -> None:
    """Print the figures on standard output."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(_tables(scores))


def lead_of(scores: Scores) -> str:
    """Return the name of the figure that leads: the one that the set's literature uses."""
    for beginning, name in _LEADS:
        if any(source.startswith(beginning) for source in scores.sources):
            return name
    return "balanced_accuracy" if scores.format is Format.PAIRS else "f1"


def _tables(scores: Scores) -> Group:
    parts = [_detection(scores, _title(scores), scores.answers, scores.baselines)]
    if scores.claims:
        title = f"Claims: {scores.claims.detection.n}, {scores.claims.detection.bad} of them bad"
        parts.append(_detection(scores, title, scores.claims.detection, scores.claims.baselines, lead="auc"))
    if scores.by_kind:
        parts.append(_kinds(scores))
    if len(scores.by_task) > 1:
        parts.append(_tasks(scores))
    return Group(*parts, Text("\n".join(_notes(scores))), Text())


def _title(scores: Scores) -> str:
    unit = "Pairs" if scores.format is Format.PAIRS else "Answers"
    return f"{scores.file}\n{unit}: {scores.answers.n}, {scores.answers.bad} of them bad"


def _detection(
    scores: Scores, title: str, detection: Detection, baselines: dict[str, Baseline] | object, lead: str = ""
) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("", "Groundwire", *(heading for _, heading in _COLUMNS)):
        table.add_column(heading, justify="left" if not heading else "right")
    lead = lead or lead_of(scores)
    for name in sorted(_NAMES, key=lambda name: name != lead):
        figure = getattr(detection, name)
        if figure is None:
            continue
        others = [shown(getattr(baselines[column], name, None)) for column, _ in _COLUMNS]  # type: ignore[index]
        table.add_row(_NAMES[name], shown(figure), *others, style="bold" if name == lead else None)
    return table


def _kinds(scores: Scores) -> Table:
    table = Table(title="By kind", title_justify="left")
    has_retrieval = scores.retrieval is not None
    headings = [
        "n",
        "bad ones found",
        *(["… whose evidence was retrieved"] if has_retrieval else []),
        "good ones flagged",
    ]
    table.add_column("")
    for heading in headings:
        table.add_column(heading, justify="right")
    for kind, found in sorted(scores.by_kind.items(), key=lambda item: (not item[1].bad, item[0])):
        retrieved = [shown(found.recall_retrieved)] if has_retrieval else []
        table.add_row(kind, str(found.n), shown(found.recall), *retrieved, shown(found.false_alarms))
    return table


def _tasks(scores: Scores) -> Table:
    table = Table(title="By task", title_justify="left")
    names = [name for name in sorted(_NAMES, key=lambda name: name != lead_of(scores))]
    names = [name for name in names if getattr(scores.answers, name) is not None]
    table.add_column("")
    for heading in ("n", "bad", *(_NAMES[name] for name in names)):
        table.add_column(heading, justify="right")
    for task, found in scores.by_task.items():
        row = [brief(getattr(found, name)) for name in names]
        table.add_row(task or "(none)", str(found.n), str(found.bad), *row)
    return table


def _notes(scores: Scores) -> list[str]:
    cost, claims, retrieval = scores.cost, scores.claims, scores.retrieval
    threshold = scores.thresholds.answer
    rule = "any claim is not supported" if threshold is None else f"a claim's 1 - support reaches {threshold:g}"
    notes = [
        f"An answer counts as bad when {rule} (support ≥ {scores.thresholds.strictness.min_support:g}). "
        f"Verifier: {scores.verifier}.",
        f"{cost.claims} claims checked, {shown(cost.check, 1)} ms each: {shown(cost.retrieval, 1)} to retrieve, "
        f"{shown(cost.verdict, 1)} for the rest. {scores.without_claim} answers without a claim, "
        f"{scores.unverified} claims unverified.",
        "Thresholds of word overlap and length are chosen on the other half of the file; intervals are 95 %, by "
        "drawing answers anew.",
    ]
    if claims:
        notes.append(
            f"Claims with exactly the person's label: {shown(claims.same_label)}. Expected calibration error: "
            f"{shown(claims.calibration_error)}. {claims.unmatched} claims overlap none of ours and count as supported."
        )
    if retrieval:
        notes.append(
            f"Retrieved for {retrieval.n} claims with quotes: all documents {shown(retrieval.documents)}, all quotes "
            f"{shown(retrieval.quotes)}."
        )
    return notes


def shown(figure: Figure | None, digits: int = 3) -> str:
    """Return a figure with its interval, or a dash where it is not defined."""
    if figure is None or figure.value is None:
        return "–"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.{digits}f}"
    return f"{figure.value:.{digits}f} ({figure.low:.{digits}f}–{figure.high:.{digits}f})"


def brief(figure: Figure | None) -> str:
    """Return a figure's value alone."""
    return "–" if figure is None or figure.value is None else f"{figure.value:.3f}"
