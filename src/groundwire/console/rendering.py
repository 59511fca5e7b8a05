"""Pages from templates. Everything that is shown counts as untrusted text and is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from groundwire import __version__
from groundwire.console.assets import asset
from groundwire.console.layout import blocks_of
from groundwire.console.navigation import is_within, menu_of
from groundwire.events.statistics import Share

_TEMPLATES = Path(__file__).parent / "templates"


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Return the page; its template also knows `viewer` (None before sign-in), `here` and `request`.

    `here` is the path, by which the menu shows where the page belongs, unless the context says otherwise.
    """
    # Lone surrogates, which models and clients may send, are no UTF-8.
    text = environment().get_template(template).render(_frame(request) | context)
    return HTMLResponse(text.encode("utf-8", "replace"), status)


def _frame(request: Request) -> dict[str, object]:
    viewer = getattr(request.state, "viewer", None)
    return {
        "request": request,
        "here": request.url.path,
        "viewer": viewer,
        "menu": menu_of(viewer.role) if viewer else [],
    }


@cache
def environment() -> Environment:
    """Return the templates, with the filters that they use."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "iso": iso,
        "moment": moment,
        "day": day,
        "local": local,
        "points": points,
        "percent": percent,
        "interval": interval,
        "grouped": grouped,
        "excerpt": excerpt,
        "query": query,
        "web_url": web_url,
        "exact": exact,
        "blocks": blocks_of,
    }
    environment.globals |= {"asset": asset, "version": __version__, "is_within": is_within}
    return environment


def iso(value: datetime) -> str:
    """Return the time in UTC as machines read it."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(value: datetime) -> str:
    """Return the time in UTC as people read it, for readers without scripts."""
    return value.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC")


def day(value: datetime) -> str:
    """Return the day in UTC."""
    return value.astimezone(UTC).strftime("%-d %b")


def local(value: datetime) -> str:
    """Return the time in UTC as a form's field for times holds it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def points(value: float | None) -> str:
    """Return the difference of two shares in percentage points, with its sign; a dash where there is none."""
    if value is None:
        return "–"
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{abs(value) * 100:.1f} points"


def percent(value: float | None, places: int = 1) -> str:
    """Return a share of 0 to 1 as a percentage; a dash where there is none."""
    return "–" if value is None else f"{value * 100:.{places}f} %"


def interval(value: Share) -> str:
    """Return the 95 % interval of a share; a dash where it is of nothing."""
    return "–" if value.share is None else f"{value.low * 100:.1f} – {value.high * 100:.1f} %"


def grouped(value: int) -> str:
    """Return a count with its thousands apart."""
    return f"{value:,}"


def excerpt(text: str, length: int = 160) -> str:
    """Return the text on one line, cut at a word where it is too long."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(",;:–- ") + " …"


def exact(text: str) -> Markup:
    """Return the text so that a browser keeps each of its characters, for those who count them.

    A browser would read carriage returns as line feeds and drop null characters.
    """
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\ufffd"))


def query(pairs: Sequence[tuple[str, str]]) -> str:
    """Return pairs of names and values as the query of a URL, with its question mark; empty without any."""
    return f"?{urlencode(pairs)}" if pairs else ""


def web_url(value: str | None) -> str | None:
    """Return the URL if a page may link to it: http and https only, so that no document brings a script."""
    try:
        return value if value and urlsplit(value).scheme in ("http", "https") else None
    except ValueError:
        return None
