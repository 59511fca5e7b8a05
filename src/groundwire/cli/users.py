"""`groundwire users`: who may sign in to the console."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from groundwire.cli.options import Config
from groundwire.cli.output import warn
from groundwire.errors import BadRequest
from groundwire.keys.roles import Role

if TYPE_CHECKING:
    from groundwire.accounts.accounts import Accounts
    from groundwire.accounts.users import User

T = TypeVar("T")


class UserRole(StrEnum):
    """The roles of users."""

    ANALYST = Role.ANALYST.value
    ADMIN = Role.ADMIN.value


Name = Annotated[str, typer.Argument(help="The user's name, as it is filled in to sign in.")]
NewRole = Annotated[UserRole, typer.Option(help="analyst: read and review; admin: everything.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
]


def add(name: Name, role: NewRole, password_stdin: FromStdin = False, config: Config = None) -> None:
    """Make a user. From the first one on, the console and the API ask who is there."""
    password = _password(name, from_stdin=password_stdin)
    typer.echo(_line(_run(config, lambda accounts: accounts.add(name, Role(role.value), password))))


def list_users(config: Config = None) -> None:
    """List all users by name, the disabled ones too."""
    users = _run(config, lambda accounts: accounts.users.all())
    for user in users:
        typer.echo(_line(user))
    if not users:
        typer.echo("There are no users yet; make the first one with `groundwire users add NAME --role admin`.")


def disable(name: Name, config: Config = None) -> None:
    """Keep a user out and end the sessions, at once."""
    typer.echo(_line(_run(config, lambda accounts: accounts.disable(name))))


def enable(name: Name, config: Config = None) -> None:
    """Let a user in again that was disabled."""
    typer.echo(_line(_run(config, lambda accounts: accounts.enable(name))))


def role(name: Name, new: Annotated[UserRole, typer.Argument(metavar="ROLE")], config: Config = None) -> None:
    """Make a user an analyst or an admin."""
    typer.echo(_line(_run(config, lambda accounts: accounts.set_role(name, Role(new.value)))))


def password(name: Name, password_stdin: FromStdin = False, config: Config = None) -> None:
    """Give a user a new password and end the sessions."""
    new = _password(name, from_stdin=password_stdin)
    typer.echo(_line(_run(config, lambda accounts: accounts.set_password(name, new))))


list_users.__name__ = "list"
USER_COMMANDS: tuple[Callable[..., None], ...] = (add, list_users, disable, enable, role, password)


def _run(config: Config, work: Callable[[Accounts], Awaitable[T]]) -> T:
    return asyncio.run(_with_accounts(config, work))


async def _with_accounts(config: Config, work: Callable[[Accounts], Awaitable[T]]) -> T:
    from groundwire.settings import load_settings
    from groundwire.wiring import opened_accounts

    async with opened_accounts(load_settings(config)) as accounts:
        return await work(accounts)


def _password(name: str, *, from_stdin: bool) -> str:
    """Return a new password that will do; a terminal is asked until it has one, twice and without showing it."""
    from groundwire.accounts.passwords import require_strength

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadRequest("There is no terminal to ask for the password on; hand it over with `--password-stdin`.")
    while True:
        given: str = typer.prompt(f"Password of {name}", hide_input=True, err=True)
        try:
            require_strength(given)
        except BadRequest as error:
            warn(error.message)
            continue
        if typer.prompt("Again", hide_input=True, err=True) == given:
            return given
        warn("The two are not alike.")


def _line(user: User) -> str:
    seen = f"last seen {user.last_seen_at:%Y-%m-%d %H:%M}" if user.last_seen_at else "not seen yet"
    state = f"disabled {user.disabled_at:%Y-%m-%d}" if user.disabled_at else seen
    how = "single sign-on" if user.is_remote else "password"
    return f"{user.role.value:<8} {user.created_at:%Y-%m-%d}  {state:<27} {how:<15} {user.name}"
