"""Running without keys: only for whoever sits at the machine."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from groundwire.errors import PermissionDenied, SettingsError


def is_loopback(host: str) -> bool:
    """Whether the name or address means this very machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_keys_or_loopback(host: str, *, has_keys: bool, public_url: str | None = None) -> None:
    """Raise SettingsError when others could reach the server, by itself or through a proxy, and no key keeps them out.

    Users do not count: they sign in to the console, but nothing of theirs protects the wire.
    """
    if has_keys:
        return
    if not is_loopback(host):
        raise SettingsError(
            f"server.host is {host!r}, which other machines can reach, but there is no key yet: everyone could use "
            "the wire. Make one with `groundwire keys create --role admin`, or set server.host to 127.0.0.1."
        )
    if public_url and not _is_local_url(public_url):
        raise SettingsError(
            f"server.public_url is {public_url!r}, so that others come through a proxy, but there is no key yet: "
            "everyone could use the wire. Make one with `groundwire keys create --role admin`."
        )


def require_local(headers: Mapping[str, str]) -> None:
    """Raise PermissionDenied for a request that a web page elsewhere makes a local browser send.

    Without keys the only protection is that the server listens on loopback. A browser on the same machine could be
    led past it: by a form on any page, or by a name that is made to point to 127.0.0.1. Both show in the headers
    (names in lower case).
    """
    host = headers.get("host", "")
    if host and not _is_local_url(f"//{host}"):
        raise PermissionDenied(f"Without keys only requests to localhost are answered, not to {host!r:.200}.")
    origin = headers.get("origin", "")
    if origin and not _is_local_url(origin):
        raise PermissionDenied(f"Without keys, requests from web pages of {origin!r:.200} are not answered.")


def _is_local_url(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False
