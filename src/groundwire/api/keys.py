"""The keys, for admins: make, list, revoke."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from groundwire.api.authentication import requires
from groundwire.api.replies import ERRORS, PREFIX
from groundwire.api.services import ServicesOf
from groundwire.keys.roles import Permission, Role
from groundwire.keys.store import KeyRecord

router = APIRouter(
    prefix=f"{PREFIX}/keys", tags=["keys"], dependencies=[Depends(requires(Permission.ADMINISTER))], responses=ERRORS
)
_NAME_PATTERN = r"^[^\x00-\x1f\x7f]+$"


class KeyRequest(BaseModel):
    """What the key is for."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=_NAME_PATTERN)]


class KeyView(BaseModel):
    """A key, without the key itself."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewKeyView(KeyView):
    """A new key; `key` is shown this once and never again."""

    key: str


class KeyList(BaseModel):
    """All keys, oldest first, the revoked ones too."""

    keys: tuple[KeyView, ...]


@router.get("")
async def list_keys(services: ServicesOf) -> KeyList:
    """All keys that were ever made."""
    return KeyList(keys=tuple(map(_view, await services.keys.all())))


@router.post("", status_code=201)
async def create_key(services: ServicesOf, request: KeyRequest) -> NewKeyView:
    """Make a key; from the first one on, every request needs one."""
    new = await services.keys.create(request.role, request.name)
    return NewKeyView(key=new.key, **_view(new.record).model_dump())


@router.delete("/{key_id}")
async def revoke_key(services: ServicesOf, key_id: str) -> KeyView:
    """Revoke a key for good; other processes follow within seconds."""
    return _view(await services.keys.revoke(key_id))


def _view(record: KeyRecord) -> KeyView:
    return KeyView.model_validate(record)
