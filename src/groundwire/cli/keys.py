"""`groundwire keys`: who may call the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from groundwire.cli.options import Config
from groundwire.cli.output import warn
from groundwire.keys.roles import Role

if TYPE_CHECKING:
    from groundwire.keys.store import KeyRecord, KeyStore

T = TypeVar("T")
KeyRole = Annotated[Role, typer.Option(help="app: use the wire; analyst: read and review; admin: everything.")]
KeyName = Annotated[str, typer.Option(help="Who or what the key is for.")]
KeyId = Annotated[str, typer.Argument(help="The key's id, as `groundwire keys list` shows it.")]


def create(role: KeyRole, name: KeyName = "", config: Config = None) -> None:
    """Make a key and print it, this once: only its digest is kept. From the first key on, every client needs one."""
    new = asyncio.run(_with_keys(config, lambda keys: keys.create(role, name or role.value)))
    warn(f"Key {new.record.id} of role {role.value}. Keep it now, it can't be shown again:")
    typer.echo(new.key)


def list_keys(config: Config = None) -> None:
    """List all keys that were ever made, oldest first."""
    records = asyncio.run(_with_keys(config, lambda keys: keys.all()))
    for record in records:
        typer.echo(_line(record))
    if not records:
        typer.echo("There are no keys: only this machine is served.")


def revoke(key_id: KeyId, config: Config = None) -> None:
    """Make a key useless for good; running servers follow within seconds."""
    typer.echo(_line(asyncio.run(_with_keys(config, lambda keys: keys.revoke(key_id)))))


list_keys.__name__ = "list"
KEY_COMMANDS: tuple[Callable[..., None], ...] = (create, list_keys, revoke)


async def _with_keys(config: Config, work: Callable[[KeyStore], Awaitable[T]]) -> T:
    from groundwire.settings import load_settings
    from groundwire.wiring import opened_keys

    async with opened_keys(load_settings(config)) as keys:
        return await work(keys)


def _line(record: KeyRecord) -> str:
    used = f"last used {record.last_used_at:%Y-%m-%d %H:%M}" if record.last_used_at else "not used yet"
    state = f"revoked {record.revoked_at:%Y-%m-%d}" if record.revoked_at else used
    return f"{record.id}  {record.role.value:<8} {record.created_at:%Y-%m-%d}  {state:<27} {record.name}"
