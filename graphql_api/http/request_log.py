"""Writes one line for each request: what was asked for, how it ended, and how long it took."""

import logging

import structlog
from starlette.types import Scope

from graphql_api.operations.prepare import PreparedOperation

log = structlog.get_logger(__name__)

_OPERATION = "graphql_api.operation"
_STREAM = "graphql_api.stream"


def note_operation(scope: Scope, operation: PreparedOperation) -> None:
    """Keep what the request turned out to ask for, for its line in the log."""
    scope[_OPERATION] = operation


def note_stream(scope: Scope) -> None:
    """Keep that the answer goes on: how long it takes is up to the client, and says nothing of the server."""
    scope[_STREAM] = True


def is_stream(scope: Scope) -> bool:
    """Whether the answer went on."""
    return _STREAM in scope


def log_request(scope: Scope, status: int, seconds: float) -> None:
    """Write the line: method, path, status, milliseconds and, for GraphQL, the operation.

    A status of 0 is a client that left before its answer.
    """
    if not log.is_enabled_for(logging.INFO):
        return
    operation: PreparedOperation | None = scope.get(_OPERATION)
    asked = {"kind": operation.kind, "operation": operation.name} if operation else {}
    milliseconds = round(seconds * 1000, 1)
    log.info("request", method=scope["method"], path=scope["path"], status=status, milliseconds=milliseconds, **asked)
