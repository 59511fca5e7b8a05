"""Styles and scripts, under a path that changes whenever one of them does.

The path holds a digest of all files together: a module that imports its neighbour by a relative path stays among files
of the same make, and browsers may keep everything for good.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).parent / "static"
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


def digest_of(folder: Path) -> str:
    """Return 12 hexadecimal digits that change with any file in the folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


VERSION = digest_of(_FOLDER)


def asset(path: str) -> str:
    """Return the URL of a static file, such as `css/base.css`."""
    return f"/console/static/{VERSION}/{path}"


class _Versioned(StaticFiles):
    """Serves `<digest>/<path>`; under the digest of other files the present ones are served, but not kept."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        digest, _, rest = path.partition("/")
        if not rest:
            raise HTTPException(404)
        response = await super().get_response(rest, scope)
        response.headers["cache-control"] = _FOR_GOOD if digest == VERSION else _ASK_AGAIN
        return response


ASSETS = _Versioned(directory=_FOLDER)
