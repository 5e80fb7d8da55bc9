"""The executable schema, built once a process."""

from functools import cache

from graphql import GraphQLSchema
from strawberry import Schema

from resolvers.schema import build_schema


@cache
def strawberry_schema() -> Schema:
    """Built once: fields remember the schema they were built for, and a second one would take them over."""
    return build_schema()


def executable_schema() -> GraphQLSchema:
    """The schema as the executor takes it."""
    return strawberry_schema()._schema


def schema_text() -> str:
    """The schema in GraphQL's own language: sorted, described."""
    return strawberry_schema().as_str() + "\n"
