"""How a column may be compared with what a client gives: the inputs, and the Mongo conditions of their operators."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

from models.errors import Code, Refusal
from models.policy import Filter
from resolvers.scalars import Timestamp

VALUES = 100
"""Items in a list given to `in`, and conditions in one `and` or `or`."""

TEXT_CHARACTERS = 512
"""Length of a text that a column is compared with."""


@strawberry.input(description="Conditions on a text; all that are given must hold.")
class TextComparison:
    """Prefixes only: what is in the middle of a text no index finds."""

    eq: str | None = strawberry.field(default=strawberry.UNSET, description="Equal to this; null finds rows without.")
    in_: list[str] | None = strawberry.field(name="in", default=strawberry.UNSET, description="Equal to one of these.")
    startsWith: str | None = strawberry.field(
        default=strawberry.UNSET, description="Beginning with this, in the same case."
    )


@strawberry.input(
    description="Conditions on a text, compared without regard to its case; all that are given must hold."
)
class CaselessTextComparison:
    """The rows hold a key made of each text, and what a client gives is made into one, too."""

    eq: str | None = strawberry.field(default=strawberry.UNSET, description="Equal to this; null finds rows without.")
    in_: list[str] | None = strawberry.field(name="in", default=strawberry.UNSET, description="Equal to one of these.")
    startsWith: str | None = strawberry.field(default=strawberry.UNSET, description="Beginning with this.")


@strawberry.input(description="Conditions on an id; all that are given must hold.")
class IdComparison:
    """Ids of another type match nothing."""

    eq: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Equal to this; null finds rows without."
    )
    in_: list[strawberry.ID] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="Equal to one of these."
    )


@strawberry.input(description="Conditions on a truth value.")
class BooleanComparison:
    """Columns of truth values have defaults, so there is no row without one."""

    eq: bool = strawberry.field(description="Equal to this.")


@strawberry.input(description="Conditions on a whole number; all that are given must hold.")
class IntComparison:
    """A row without the number is found by `eq: null` alone."""

    eq: int | None = strawberry.field(default=strawberry.UNSET, description="Equal to this; null finds rows without.")
    in_: list[int] | None = strawberry.field(name="in", default=strawberry.UNSET, description="Equal to one of these.")
    lt: int | None = strawberry.field(default=strawberry.UNSET, description="Less.")
    lte: int | None = strawberry.field(default=strawberry.UNSET, description="Less or equal.")
    gt: int | None = strawberry.field(default=strawberry.UNSET, description="Greater.")
    gte: int | None = strawberry.field(default=strawberry.UNSET, description="Greater or equal.")


@strawberry.input(description="Conditions on a number; all that are given must hold.")
class FloatComparison:
    """Finite numbers: a literal such as `1e999` is none."""

    eq: float | None = strawberry.field(default=strawberry.UNSET, description="Equal to this; null finds rows without.")
    in_: list[float] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="Equal to one of these."
    )
    lt: float | None = strawberry.field(default=strawberry.UNSET, description="Less.")
    lte: float | None = strawberry.field(default=strawberry.UNSET, description="Less or equal.")
    gt: float | None = strawberry.field(default=strawberry.UNSET, description="Greater.")
    gte: float | None = strawberry.field(default=strawberry.UNSET, description="Greater or equal.")


@strawberry.input(description="Conditions on a time; all that are given must hold.")
class TimestampComparison:
    """Unix milliseconds."""

    eq: Timestamp | None = strawberry.field(default=strawberry.UNSET, description="At this time.")
    lt: Timestamp | None = strawberry.field(default=strawberry.UNSET, description="Before.")
    lte: Timestamp | None = strawberry.field(default=strawberry.UNSET, description="Before or at.")
    gt: Timestamp | None = strawberry.field(default=strawberry.UNSET, description="After.")
    gte: Timestamp | None = strawberry.field(default=strawberry.UNSET, description="After or at.")


@strawberry.input(description="Conditions on a list of texts; all that are given must hold.")
class TagsComparison:
    """Each row holds several."""

    has: str | None = strawberry.field(default=strawberry.UNSET, description="Holding this one.")
    hasAny: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Holding at least one of these.")
    hasAll: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Holding each of these.")


@dataclass(frozen=True, slots=True)
class Comparable:
    """How a column may be compared: the input's type, and from a value given there to the stored one.

    `column` is the one that is compared, where it is another than that of the filter's name.
    """

    kind: type
    value: Callable[[Any], Any] = lambda given: given
    column: str | None = None


_OPERATORS = {
    "eq": "$eq",
    "in": "$in",
    "lt": "$lt",
    "lte": "$lte",
    "gt": "$gt",
    "gte": "$gte",
    "has": "$eq",
    "hasAny": "$in",
    "hasAll": "$all",
}


def compared(name: str, column: str, comparable: Comparable, given: Mapping[str, Any]) -> Filter:
    """The condition on the column of what was given under `name`. Raises `Refusal` for what no column is compared
    with."""
    tests: dict[str, Any] = {}
    for operator, value in given.items():
        if value is None and operator != "eq":
            continue
        bounded(value, name, operator)
        if operator == "startsWith":
            tests["$regex"] = f"^{re.escape(comparable.value(value))}"
        elif isinstance(value, list):
            # Each of none is held by every row; to MongoDB by no row.
            if value or operator != "hasAll":
                tests[_OPERATORS[operator]] = [comparable.value(item) for item in value]
        else:
            tests[_OPERATORS[operator]] = comparable.value(value)
    return {column: tests} if tests else {}


def bounded(value: Any, *path: str) -> None:
    """Raise `Refusal` for a value, at this path within `where`, that is too long, or that no column can hold."""
    if isinstance(value, list) and len(value) > VALUES:
        raise Refusal(Code.OUT_OF_RANGE, f"At most {VALUES} items are allowed.", "where", *path)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and len(item) > TEXT_CHARACTERS:
            raise Refusal(Code.TOO_LONG, f"At most {TEXT_CHARACTERS} characters are allowed.", "where", *path)
        if isinstance(item, str) and "\0" in item:
            raise Refusal(Code.INVALID, "The character NUL is not allowed.", "where", *path)
        if isinstance(item, float) and not math.isfinite(item):
            raise Refusal(Code.OUT_OF_RANGE, "A number must be finite.", "where", *path)
