"""The pages, one router an area."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from groundwire.console.pages import overview

ROUTERS: Sequence[APIRouter] = (overview.router,)
