"""The scalars of the API beyond GraphQL's own."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NewType

import orjson
import strawberry
from graphql import GraphQLError, Undefined
from strawberry.types.scalar import ScalarDefinition

TIMESTAMP_LIMIT = 9_007_199_254_740_991
JSON_DEPTH = 32
JSON_ITEMS = 10_000
JSON_BYTES = 64 * 1024
INTEGER_LIMIT = 2**63

Timestamp = NewType("Timestamp", int)
Date = NewType("Date", str)
JSON = NewType("JSON", object)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _timestamp_out(value: int | datetime) -> int:
    # A column under a TTL index is a date of MongoDB, which the driver hands over without a zone, in UTC.
    return int(value.replace(tzinfo=UTC).timestamp() * 1000) if isinstance(value, datetime) else value


def _timestamp_in(value: Any) -> int:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole:
        raise GraphQLError("Timestamp must be a whole number of Unix milliseconds.")
    if not 0 <= value <= TIMESTAMP_LIMIT:
        raise GraphQLError(f"Timestamp must be between 0 and {TIMESTAMP_LIMIT}.")
    return int(value)


def _date_in(value: Any) -> str:
    # Python alone would take the forms 20260131 and 2026-W05-6 as well.
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise GraphQLError("Date must be a text YYYY-MM-DD.")
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError("Date must be a day of the calendar.") from error
    return value


def _json_in(value: Any) -> Any:
    _check_json(value, JSON_DEPTH, [JSON_ITEMS])
    given = _given(value)
    if len(orjson.dumps(given)) > JSON_BYTES:
        raise GraphQLError(f"JSON may have {JSON_BYTES} bytes.")
    return given


def _given(value: Any) -> Any:
    """The value without the variables in a literal that were not given: as the specification has it for inputs, a key
    is left out, and an item is null."""
    if isinstance(value, dict):
        return {key: _given(inner) for key, inner in value.items() if inner is not Undefined}
    if isinstance(value, list):
        return [None if inner is Undefined else _given(inner) for inner in value]
    return value


def _check_json(value: Any, depth: int, items: list[int]) -> None:
    items[0] -= 1
    if depth < 0 or items[0] < 0:
        raise GraphQLError(f"JSON must be at most {JSON_DEPTH} levels deep, with at most {JSON_ITEMS} values.")
    if isinstance(value, dict):
        for key, inner in value.items():
            # MongoDB reads such keys as operators or paths, and C strings end at NUL.
            if key.startswith("$") or "." in key or "\0" in key or not key:
                raise GraphQLError("JSON keys must not be empty, begin with '$', or hold '.' or NUL.")
            _check_json(inner, depth - 1, items)
    elif isinstance(value, list):
        for inner in value:
            _check_json(inner, depth - 1, items)
    elif isinstance(value, int):
        if not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
            raise GraphQLError("JSON integers must fit into 64 bits.")
    elif isinstance(value, float) and not math.isfinite(value):
        # A literal in a document can say a number that JSON has no way to answer with.
        raise GraphQLError("JSON numbers must be finite.")


SCALARS: Mapping[object, ScalarDefinition] = {
    Timestamp: strawberry.scalar(
        name="Timestamp",
        description="A time in Unix milliseconds, a JSON number.",
        serialize=_timestamp_out,
        parse_value=_timestamp_in,
    ),
    Date: strawberry.scalar(
        name="Date",
        description="A day of the calendar without a time, YYYY-MM-DD.",
        serialize=lambda value: value,
        parse_value=_date_in,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value: free content that the server keeps and does not read.",
        serialize=lambda value: value,
        parse_value=_json_in,
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    ),
}
"""Python types and the scalars they are served as, for the schema's configuration."""
