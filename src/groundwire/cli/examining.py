"""The examinations of `groundwire doctor`, one function a part."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import httpx

from groundwire.cli.serving import listen
from groundwire.errors import GroundwireError, SettingsError
from groundwire.keys.local import require_keys_or_loopback
from groundwire.model_servers import address_of
from groundwire.policy.following import described
from groundwire.settings import Settings, UpstreamSettings
from groundwire.wiring import EMBEDDERS, build_guardrail, open_library, open_storage, opened_keys, policies_in_force

_UPSTREAM_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: a part, whether it works, and what was seen or what to do."""

    what: str
    is_ok: bool
    text: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Examine one part after the other; a part that fails does not keep the others from being looked at."""
    for what, look in EXAMINATIONS.items():
        try:
            yield Finding(what, True, look(settings))
        except GroundwireError as error:
            yield Finding(what, False, error.message)
    for upstream in settings.upstreams:
        yield _upstream(upstream)


def _data_folder(settings: Settings) -> str:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"Can't make {str(folder)!r}: {error.strerror}. Change data_dir.") from error
    if not os.access(folder, os.W_OK):
        raise SettingsError(f"{str(folder)!r} can't be written; change its owner, or data_dir.")
    return str(folder)


def _database(settings: Settings) -> str:
    database = open_storage(settings)
    asyncio.run(database.close())
    return f"{database.url}, tables are up to date"


def _embedder(settings: Settings) -> str:
    embedder = EMBEDDERS[settings.embedding.provider](settings.embedding)
    embedder.embed_queries(["Does it work?"])
    return f"{embedder.name}, {embedder.dimension} dimensions"


def _verifier(settings: Settings) -> str:
    return build_guardrail(open_library(settings)).verifier_name


def _knowledge_base(settings: Settings) -> str:
    library = open_library(settings)
    held = [state for state in library.knowledge.snapshots if not state.is_empty]
    if not held:
        raise SettingsError(_why_empty(settings))
    failed = [document for state in held for document in library.store.failures.of(state.collection)]
    if failed:
        reasons = "".join(f"\n{'':<27}{document.reason}" for document in failed)
        raise SettingsError(f"{len(failed)} could not be read:{reasons}")
    return ", ".join(f"{state.revision} with {len(library.store.documents(state.collection))}" for state in held)


def _why_empty(settings: Settings) -> str:
    folder = settings.knowledge_base.path
    if folder is None:
        return "empty; load documents with `groundwire ingest PATH`"
    is_there = "is loaded by `groundwire serve` or `groundwire ingest`" if folder.is_dir() else "does not exist"
    return f"empty; the folder {str(folder)!r} {is_there}"


def _policies(settings: Settings) -> str:
    database = open_storage(settings)
    policies = policies_in_force(settings, database)
    asyncio.run(database.close())
    return ", ".join(described(policies, name) for name in policies.names)


def _keys(settings: Settings) -> str:
    has_keys = asyncio.run(_has_keys(settings))
    server = settings.server
    require_keys_or_loopback(server.host, has_keys=has_keys, public_url=server.public_url)
    return "every client needs one" if has_keys else "none, so only this machine is served"


async def _has_keys(settings: Settings) -> bool:
    async with opened_keys(settings) as keys:
        return await keys.has_keys()


def _address(settings: Settings) -> str:
    with closing(listen(settings.server)):
        return f"{settings.server.host}:{settings.server.port} is free"


EXAMINATIONS: dict[str, Callable[[Settings], str]] = {
    "data folder": _data_folder,
    "database": _database,
    "embedding model": _embedder,
    "verifier": _verifier,
    "documents": _knowledge_base,
    "policies": _policies,
    "keys": _keys,
    "address": _address,
}


def _upstream(upstream: UpstreamSettings) -> Finding:
    """Whatever it answers, it is there; whether it accepts the key shows when it lists its models."""
    address = address_of(upstream)
    key = dict([address.dialect.key_header(address.api_key)]) if address.api_key else {}
    headers = httpx.Headers({**{name.encode(): value.encode() for name, value in address.headers.items()}, **key})
    url = address.base_url + address.dialect.target("/models", "", b"")
    try:
        status = httpx.get(url, headers=headers, proxy=address.proxy, timeout=_UPSTREAM_WAIT_S).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        text = f"{url} can't be reached ({type(error).__name__}); check upstreams[].base_url and the network"
        return Finding(f"upstream {upstream.name}", False, text)
    if status in (401, 403) and key:
        return Finding(f"upstream {upstream.name}", False, f"{url} refuses the key ({status}); check its api_key")
    return Finding(f"upstream {upstream.name}", True, f"{url} answers ({status})")
