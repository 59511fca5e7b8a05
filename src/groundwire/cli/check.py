"""`groundwire check`: one answer against the documents, without a server."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwire.cli.options import Collection, Config, in_collection
from groundwire.cli.output import fail, progress_bar

if TYPE_CHECKING:
    from groundwire.domain import Verdict
    from groundwire.proxy.answering import CheckedAnswer
    from groundwire.settings import Settings

Answer = Annotated[str | None, typer.Argument(help="The answer; without it, --file or standard input is read.")]
File = Annotated[Path | None, typer.Option("--file", "-f", help="Read the answer from a file.")]
Asked = Annotated[str, typer.Option("--question", "-q", help="What the user asked.")]
Policy = Annotated[str, typer.Option(help="Policy that decides.")]
Json = Annotated[bool, typer.Option("--json", help="Print what POST /api/v1/check replies.")]


def check(
    answer: Answer = None,
    file: File = None,
    question: Asked = "",
    policy: Policy = "default",
    collection: Collection = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Check an answer claim by claim; nothing is recorded. The exit code is 1 unless the action is `allow`."""
    from groundwire.domain import Action
    from groundwire.settings import load_settings

    text = _text(answer, file)
    checked = _checked(load_settings(config, overrides=in_collection(collection)), policy, text, question)
    typer.echo(_as_json(checked) if as_json else _as_text(checked))
    if checked.action is not Action.ALLOW:
        raise typer.Exit(1)


def _text(answer: str | None, file: Path | None) -> str:
    if answer is not None and file is not None:
        fail("Give either an answer or --file, not both.", 2)
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            fail(f"Can't read {str(file)!r}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}.", 2)
    if answer is None and sys.stdin.isatty():
        fail("There is no answer to check: give it as an argument, with --file, or on standard input.", 2)
    return sys.stdin.read() if answer is None else answer


def _checked(settings: Settings, policy: str, answer: str, question: str) -> CheckedAnswer:
    from groundwire.domain import Question, Turn
    from groundwire.proxy.answering import CheckContext
    from groundwire.wiring import open_library, policies_in_force, unrecorded_answers

    library = open_library(settings)
    with progress_bar() as progress:
        library.sync(progress)
    answers, chosen = unrecorded_answers(library), policies_in_force(settings, library.database).find(policy)
    context = CheckContext(
        policy=chosen,
        mode=chosen.mode,
        question=Question((Turn("user", question),) if question else ()),
        endpoint="check",
        collections=answers.collections_of(chosen),
    )
    return asyncio.run(answers.check(answer, context))


def _as_json(checked: CheckedAnswer) -> str:
    import json

    from groundwire.api.check import reply_to

    return json.dumps(reply_to(checked), indent=2, ensure_ascii=False)


def _as_text(checked: CheckedAnswer) -> str:
    report = checked.report
    lines = [line for verdict in report.verdicts for line in _verdict_lines(verdict)]
    lines += [f"skipped       {entry.what.strip()!r}: {entry.why}" for entry in report.skipped]
    lines += ["", f"action: {checked.action.value}   revision: {report.revision}"]
    if checked.is_changed:
        lines += ["delivered:", checked.delivered]
    return "\n".join(lines)


def _verdict_lines(verdict: Verdict) -> list[str]:
    lines = [f"{verdict.label.value:<13} {verdict.support:.2f}  {' '.join(verdict.claim.text.split())}"]
    if verdict.reason:
        lines.append(f"{'':<20}{verdict.reason}")
    for evidence in verdict.evidence[:1]:
        lines.append(f"{'':<20}{evidence.document_id} v{evidence.version}: {' '.join(evidence.quote.split())[:160]}")
    return lines
