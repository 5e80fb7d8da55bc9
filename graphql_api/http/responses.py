"""Builds the answers: GraphQL results and refusals as JSON, with the status their media type asks for."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError

from graphql_api.errors import Rejected, code_of, coded
from graphql_api.http.answer import Answer, Fields
from graphql_api.http.negotiate import EVENTS, GRAPHQL, HTML, JSON, MULTIPART, Media
from graphql_api.http.refusal import HttpRefusal
from graphql_api.limits import RETRY_AFTER_SECONDS
from graphql_api.operations.faults import internal

RETRY = {"Retry-After": str(RETRY_AFTER_SECONDS)}

# The server's own troubles have their status whatever the client accepts: balancers and clients act on it.
_TROUBLES = {"UNAVAILABLE": 503, "TIMEOUT": 504, "INTERNAL": 500}


def executed(result: ExecutionResult, media: Media) -> Answer:
    """Return the answer to an operation that was run, or that failed before its first field.

    With `data`, even null, it is 200. Without, a trouble of the server is 5xx; a mistake of the client is 400 for
    clients that accept `application/graphql-response+json` and 200 for others.
    """
    errors = result.errors or []
    if result.data is None and not any(error.path for error in errors):
        return _without_data(errors, 400, media)
    return _encoded(200, _formatted(result), media)


def rejected(rejection: Rejected, media: Media) -> Answer:
    """Return the answer to a well-formed request whose operation will not run."""
    return _without_data(rejection.errors, rejection.status, media)


def refused(refusal: HttpRefusal, media: Media) -> Answer:
    """Return the answer to a request that was refused before any operation."""
    body = {"errors": [coded(refusal.code, refusal.message).formatted]}
    return _encoded(refusal.status, body, media, refusal.headers)


def faulted(error: BaseException, media: Media) -> Answer:
    """Return the answer to a request on which the server itself failed; the fault is logged under the id shown."""
    return _without_data([internal(error)], 500, media)


def _without_data(errors: Sequence[GraphQLError], status: int, media: Media) -> Answer:
    trouble = next((_TROUBLES[code] for error in errors if (code := code_of(error)) in _TROUBLES), None)
    legacy = media == JSON and status == 400
    headers = RETRY if trouble == 503 else None
    body = {"errors": [error.formatted for error in errors]}
    return _encoded(trouble or (200 if legacy else status), body, media, headers)


def _formatted(result: ExecutionResult) -> dict[str, Any]:
    formatted: dict[str, Any] = {"data": result.data}
    if result.errors:
        formatted["errors"] = [error.formatted for error in result.errors]
    return formatted


def _encoded(status: int, body: Mapping[str, Any], media: Media, headers: Mapping[str, str] | None = None) -> Answer:
    try:
        content = orjson.dumps(body)
    except TypeError as error:
        # A stored value that JSON cannot say, such as an integer beyond 64 bits: ours to repair, not the client's.
        status, content = 500, orjson.dumps({"errors": [internal(error).formatted]})
    fields = _FIELDS[media]
    return Answer(status, (*fields, *_fields(headers)) if headers else fields, content)


def _fields(headers: Mapping[str, str]) -> Fields:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def _standing(media: Media) -> Fields:
    return ((b"content-type", f"{media}; charset=utf-8".encode()), (b"cache-control", b"no-store"))


_FIELDS: Mapping[Media, Fields] = {
    JSON: _standing(JSON),
    GRAPHQL: _standing(GRAPHQL),
    **dict.fromkeys((HTML, EVENTS, MULTIPART), _standing(JSON)),
}
"""The header fields of every whole answer, by what it was asked in; a page or a stream has its errors in JSON."""
