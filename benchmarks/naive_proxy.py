"""The proxy that anybody would write first: passes requests and streams on as they come, and checks nothing.

UPSTREAM=http://127.0.0.1:9100/v1 uvicorn --app-dir benchmarks naive_proxy:app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

UPSTREAM = os.environ.get("UPSTREAM", "http://127.0.0.1:9100/v1")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/v1/{path:path}")
async def relay(path: str, request: Request) -> StreamingResponse:
    client: httpx.AsyncClient = request.app.state.client
    headers = {"content-type": "application/json"}
    sent = client.build_request("POST", f"{UPSTREAM}/{path}", content=await request.body(), headers=headers)
    reply = await client.send(sent, stream=True)

    async def pieces() -> AsyncIterator[bytes]:
        try:
            async for piece in reply.aiter_raw():
                yield piece
        finally:
            await reply.aclose()

    return StreamingResponse(pieces(), reply.status_code, media_type=reply.headers.get("content-type"))
