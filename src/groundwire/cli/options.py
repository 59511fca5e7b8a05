"""Options that several commands take, and the settings that come of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="Settings file; by default groundwire.yaml, where there is one.")
]
Host = Annotated[str | None, typer.Option(help="Address to listen on.  [setting: server.host]")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.  [setting: server.port]")]
Collection = Annotated[str | None, typer.Option(help="Collection of documents.  [setting: knowledge_base.collection]")]


Overrides = dict[tuple[str, ...], object]


def in_collection(collection: str | None) -> Overrides:
    """Return the settings that the option overrides."""
    return {("knowledge_base", "collection"): collection} if collection else {}


def listening(host: str | None, port: int | None) -> Overrides:
    """Return the settings that these options override."""
    given: Overrides = {("server", "host"): host, ("server", "port"): port}
    return {path: value for path, value in given.items() if value is not None}
