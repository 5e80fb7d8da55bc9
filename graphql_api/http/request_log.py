"""Writes one line for each request: what was asked for, how it ended, and how long it took."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)


class RequestLog:
    """Middleware: logs method, path, status, milliseconds and, for GraphQL, the operation that the endpoint noted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        finally:
            # A status of 0 is a client that left before its answer.
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                **operation_of(scope),
            )


def note_operation(scope: Scope, kind: str, name: str | None) -> None:
    """Keep what the request turned out to ask for, for its line in the log."""
    scope.setdefault("state", {})["operation"] = {"kind": kind, "operation": name}


def operation_of(scope: Scope) -> dict[str, str | None]:
    """The operation of a request; empty for one that names none."""
    noted = scope.get("state", {}).get("operation", {})
    return noted if isinstance(noted, dict) else {}
