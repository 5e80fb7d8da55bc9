"""The developer's errors: GraphQL errors with a stable code, and the refusal of a whole operation."""

from collections.abc import Sequence
from typing import Any

import orjson
from graphql import GraphQLError

from graphql_api.limits import ERRORS_BYTES, ERRORS_SHOWN, MESSAGE_CHARACTERS


class Rejected(Exception):
    """A well-formed request whose operation will not run.

    `errors` are what the client is told; `status` is the HTTP status for clients that accept
    `application/graphql-response+json` (others get 200, as the GraphQL-over-HTTP specification says).
    """

    def __init__(self, errors: Sequence[GraphQLError], status: int = 400) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)
        self.status = status


def coded(code: str, message: str, at: GraphQLError | None = None, **extensions: Any) -> GraphQLError:
    """Return an error with `extensions.code`, standing at the same place of the document and answer as `at`."""
    message = message if len(message) <= MESSAGE_CHARACTERS else message[:MESSAGE_CHARACTERS] + "…"
    extensions = {"code": code, **extensions}
    if at is None:
        return GraphQLError(message, extensions=extensions)
    return GraphQLError(message, at.nodes, at.source, at.positions, at.path, extensions=extensions)


def code_of(error: GraphQLError) -> str | None:
    """Return the stable code of an error, or None where it has none."""
    code = (error.extensions or {}).get("code")
    return code if isinstance(code, str) else None


def bounded(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """Return the first errors, within the limits on number and bytes, and a last one that counts those left out."""
    size = 0
    for shown, error in enumerate(errors):
        size += len(orjson.dumps(error.formatted))
        if shown == ERRORS_SHOWN or (size > ERRORS_BYTES and shown > 0):
            omitted = coded("ERRORS_OMITTED", f"{len(errors) - shown} more errors are not shown.")
            return [*errors[:shown], omitted]
    return list(errors)
