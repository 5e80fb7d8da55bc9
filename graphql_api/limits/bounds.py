"""Compares what an operation asks for with the limits and says which one it exceeds."""

from graphql import GraphQLError

from graphql_api.errors import coded
from graphql_api.limits import ALIASES, DEPTH, DIRECTIVES, ROOT_FIELDS
from graphql_api.limits.measure import SATURATED, Measured


def exceeded(measured: Measured) -> GraphQLError | None:
    """Return the error for the first limit that an operation exceeds, or None."""
    bounds = (
        ("TOO_DEEP", "levels of fields", measured.depth, DEPTH),
        ("TOO_MANY_ALIASES", "aliases", measured.aliases, ALIASES),
        ("TOO_MANY_ROOT_FIELDS", "root fields", measured.root_fields, ROOT_FIELDS),
        ("TOO_MANY_DIRECTIVES", "directives", measured.directives, DIRECTIVES),
    )
    return next((_error(code, noun, asked, limit) for code, noun, asked, limit in bounds if asked > limit), None)


def too_expensive(cost: int, limit: int) -> GraphQLError | None:
    """Return the error for an operation that costs more than the limit, or None."""
    if cost <= limit:
        return None
    message = f"The operation costs {_counted(cost)}, the limit is {limit}; ask for fewer fields or smaller pages."
    return coded("TOO_EXPENSIVE", message, cost=cost, limit=limit)


def _error(code: str, noun: str, asked: int, limit: int) -> GraphQLError:
    message = f"The operation has {_counted(asked)} {noun}, the limit is {limit}; split it into smaller operations."
    return coded(code, message, limit=limit)


def _counted(number: int) -> str:
    return str(number) if number < SATURATED else f"more than {SATURATED}"
