"""Requests that name their document, and servers that trust some documents."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from graphql_api.app import build_app
from models.store.connection import Database
from tests.fixtures.wire import SETTINGS

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
VERBS = ["POST", "GET"]

VIEWER = "query Viewer { viewer { kind } }"
OTHER = "query Other { viewer { kind } }"
TRUSTED = "query Trusted { viewer { kind } }"
KIND = {"data": {"viewer": {"kind": "ANONYMOUS"}}}


class Open(Protocol):
    """Makes a client of a server; `manifest` is what its file holds, keywords are settings."""

    def __call__(self, manifest: dict[str, Any] | None = None, **settings: Any) -> httpx.AsyncClient: ...


@asynccontextmanager
async def opening(database: Database, folder: Path) -> AsyncIterator[Open]:
    """Let clients be made, and close them at the end; the manifest is written into the folder."""
    async with AsyncExitStack() as stack:

        def opened(manifest: dict[str, Any] | None = None, **settings: Any) -> httpx.AsyncClient:
            if manifest is not None:
                settings["trusted_manifest"] = folder / "manifest.json"
                settings["trusted_manifest"].write_text(json.dumps(manifest))
            app = build_app(SETTINGS.model_copy(update=settings), database)
            web = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
            stack.push_async_callback(web.aclose)
            return web

        yield opened


async def ask(web: httpx.AsyncClient, verb: str = "POST", *, accept: str = JSON, **request: Any) -> httpx.Response:
    """Send a request by POST or GET; `headers` are added to it."""
    headers = {"Accept": accept, **request.pop("headers", {})}
    if verb == "POST":
        return await web.post("/graphql", json=request, headers=headers)
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in request.items()}
    return await web.get("/graphql", params=texts, headers=headers)


def sha256(text: str) -> str:
    """Return the hash of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(sha256_hash: Any, version: Any = 1) -> dict[str, Any]:
    """Return the extensions with a hash."""
    return {"persistedQuery": {"version": version, "sha256Hash": sha256_hash}}


def hash_of(text: str) -> dict[str, Any]:
    """Return the part of a request that names a document by its hash."""
    return {"extensions": persisted(sha256(text))}


def code(response: httpx.Response) -> str:
    """Return the code of an answer that is one error and nothing else."""
    answer = response.json()
    assert list(answer) == ["errors"]
    assert len(answer["errors"]) == 1
    found: str = answer["errors"][0]["extensions"]["code"]
    return found
