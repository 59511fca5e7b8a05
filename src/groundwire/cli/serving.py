"""Runs a server in the foreground: take the port, bring the documents up to date, serve until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial

import typer
import uvicorn

from groundwire import __version__
from groundwire.cli.output import progress_bar, warn
from groundwire.console.playground import Example
from groundwire.errors import SettingsError
from groundwire.keys.local import require_keys_or_loopback
from groundwire.policy.following import described
from groundwire.policy.policies import Policies
from groundwire.policy.store import PolicyStore
from groundwire.settings import ServerSettings, Settings
from groundwire.wiring import Assembly, Part, assemble, opened_accounts, policies_from

logger = logging.getLogger(__name__)

_BACKLOG = 2048
# Running answers may end; whoever still reads after that is cut off.
_GRACE_S = 10
_LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def run_server(
    read: Callable[[], Settings],
    *,
    running: Sequence[Part] = (),
    greeting: Callable[[str], str] | None = None,
    examples: Sequence[Example] = (),
) -> None:
    """Serve until interrupted, under the settings that `read` returns; a hangup signal reads the policies anew.

    `greeting` makes a further text from the server's URL; `examples` are for the playground. Raises SettingsError.
    """
    settings = read()
    _configure_logging(settings.server.log_level)
    with closing(listen(settings.server)) as listener:
        locks = asyncio.run(_locks(settings))
        server = settings.server
        require_keys_or_loopback(server.host, has_keys=locks.has_keys, public_url=server.public_url)
        assembly = assemble(settings, running=tuple(running), examples=examples)
        _bring_up_to_date(assembly)
        url = _url(settings.server.host, listener)
        lines = [*_summary(assembly, url, locks), *([greeting(url)] if greeting else []), _HOW_TO_STOP]
        config = uvicorn.Config(
            assembly.app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            forwarded_allow_ips=list(server.trusted_proxies),
        )
        # The server repeats the signal that stopped it; having stopped in good order, there is nothing to report.
        with suppress(KeyboardInterrupt):
            services = assembly.services
            on_hangup = partial(reload_policies, services.versions, services.policies, read)
            on_stop = services.events.feed.close
            _Server(config, "\n".join(lines), on_hangup, on_stop).run([listener])
        typer.echo("Stopped.")


_HOW_TO_STOP = "Press Ctrl-C to stop."


def listen(server: ServerSettings) -> socket.socket:
    """Return a listening socket; raises SettingsError with what to do where the address can't be had."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((server.host.strip("[]"), server.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise SettingsError(_unavailable(server, error)) from error
    return listener


def _unavailable(server: ServerSettings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {server.port} on {server.host} is in use, perhaps by another Groundwire. Choose another one with "
            "`--port` (0 picks a free one), `server.port` or GROUNDWIRE_PORT."
        )
    if error.errno == errno.EACCES:
        return f"Port {server.port} may not be used by this user; choose one from 1024 on with `--port`."
    return f"Can't listen on server.host {server.host!r}, port {server.port}: {error.strerror}."


def reload_policies(versions: PolicyStore, policies: Policies, read: Callable[[], Settings]) -> None:
    """Put the policies that `read` returns in force, all at once; with wrong settings the present ones stay.

    What was applied in the console stays in force in their place.
    """
    try:
        settings = read()
    except SettingsError as error:
        logger.error("The policies stay as they are. %s", error.message)
        return
    versions.note_file(settings.policies)
    policies.replace(policies_from(settings))
    logger.info("Policies in force: %s", ", ".join(described(policies, name) for name in policies.names))


class _Server(uvicorn.Server):
    """Says where it listens once it does, and then heeds the hangup signal, where the system has one.

    `on_stop` comes before the wait for running replies: it must end those that would run for ever.
    """

    def __init__(
        self, config: uvicorn.Config, greeting: str, on_hangup: Callable[[], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._greeting = greeting
        self._on_hangup = on_hangup
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            with suppress(NotImplementedError, AttributeError):
                asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._on_hangup)
            typer.echo(self._greeting)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stop()
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True)
class _Locks:
    """What there is to sign in with."""

    has_keys: bool
    has_users: bool


async def _locks(settings: Settings) -> _Locks:
    async with opened_accounts(settings) as accounts:
        return _Locks(await accounts.keys.has_keys(), await accounts.know_users())


def _bring_up_to_date(assembly: Assembly) -> None:
    with progress_bar() as progress:
        report = assembly.documents.sync(progress)
    for outcome in report.failed if report else ():
        warn(f"Not read: {outcome.reason}")


def _summary(assembly: Assembly, url: str, locks: _Locks) -> list[str]:
    settings = assembly.documents.settings
    lines = [f"Groundwire {__version__}", f"  proxy      {url}/v1"]
    lines += [f"  upstream   {each.name}: {each.base_url}" for each in settings.upstreams]
    lines.append(f"  documents  {_documents(assembly)}")
    policies = assembly.services.policies
    lines += [f"  policy     {described(policies, name)}" for name in policies.console]
    lines.append(f"  console    {_console(settings.server.public_url or url, locks)}")
    lines.append(f"  API        {url}/api/v1/docs")
    if not locks.has_keys:
        lines.append("  keys       none, so only this machine is served; make one with `groundwire keys create`")
    return lines


def _console(url: str, locks: _Locks) -> str:
    page = f"{url}/console/"
    if locks.has_keys and not locks.has_users:
        return f"{page}  (no users yet: make one with `groundwire users add NAME --role admin`, or sign in with a key)"
    return page


def _documents(assembly: Assembly) -> str:
    library = assembly.documents
    held = [state for state in library.knowledge.snapshots if not state.is_empty]
    if not held:
        folder = library.settings.knowledge_base.path
        return f"none yet: put some into {str(folder)!r}" if folder else "none yet: load some with `groundwire ingest`"
    counts = [f"{len(library.store.documents(state.collection))} in {state.revision}" for state in held]
    return ", ".join(counts)


def _url(host: str, listener: socket.socket) -> str:
    shown = f"[{host.strip('[]')}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"


def _configure_logging(level: str) -> None:
    logging.basicConfig(level=level.upper(), format=_LOG_FORMAT)
    for chatty in ("alembic", "uvicorn", "watchfiles", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))
