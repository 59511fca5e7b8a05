"""Where browsers reach the server, and what follows for cookies and for the pages that may post to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from groundwire.errors import PermissionDenied

SESSION_COOKIE = "groundwire_session"
# A browser takes a cookie of this prefix only by https and from this very host, so that no neighbour can plant one.
_HOST_PREFIX = "__Host-"


@dataclass(frozen=True, slots=True)
class Site:
    """The address of the server as people know it; without `public_url` the request itself tells it.

    A proxy in front that ends TLS is known by `public_url`, or by its `x-forwarded-proto` where it is trusted; the
    `scheme` given here already heeds the latter.
    """

    public_url: str = ""

    def is_secure(self, scheme: str) -> bool:
        """Whether the browser came by https."""
        return scheme == "https" or self.public_url.startswith("https://")

    def cookie_name(self, scheme: str, name: str = SESSION_COOKIE) -> str:
        """Return the cookie's name for such requests."""
        return f"{_HOST_PREFIX}{name}" if self.is_secure(scheme) else name

    def base_url(self, scheme: str, host: str) -> str:
        """Return the URL that paths are appended to."""
        return self.public_url or f"{scheme}://{host}"

    def require_own_page(self, headers: Mapping[str, str]) -> None:
        """Raise PermissionDenied for a request that a page elsewhere made a browser send (header names in lower case).

        Browsers say so in `sec-fetch-site`, older ones or those without TLS in `origin`; programs that are no browser
        send neither, and no cookie that anybody else put there.
        """
        fetched_from, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
        if fetched_from:
            is_own = fetched_from in ("same-origin", "none")
        else:
            is_own = not origin or self._is_own(origin, headers.get("host", ""))
        if not is_own:
            raise PermissionDenied(
                f"A page of {origin!r:.200} sent this request; it must come from the console itself. If the console "
                "is reached through a proxy, set server.public_url to its address there."
            )

    def _is_own(self, origin: str, host: str) -> bool:
        # The scheme is left out: behind a proxy that ends TLS the request itself came by http.
        return origin == self.public_url or (host != "" and _host_of(origin) == host.lower())


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
