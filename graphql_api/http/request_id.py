"""Gives each request an id: the client's own if it is harmless, else a new one; echoed, and bound to the logs."""

import re
import secrets

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"

# Nothing that could break a log line or a header.
_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class RequestId:
    """Middleware: keeps the id in the scope's state and in the context of the logs, and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        identity = _chosen(Headers(scope=scope).get(HEADER))
        scope.setdefault("state", {})["request_id"] = identity

        async def send_with_id(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                MutableHeaders(scope=message)[HEADER] = identity
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=identity):
            await self.app(scope, receive, send_with_id)


def request_id_of(scope: Scope) -> str:
    """Return the id that the middleware gave this request; empty where the middleware is not in the pipeline."""
    identity = scope.get("state", {}).get("request_id", "")
    return identity if isinstance(identity, str) else ""


def _chosen(given: str | None) -> str:
    return given if given is not None and _HARMLESS.fullmatch(given) else secrets.token_hex(16)
