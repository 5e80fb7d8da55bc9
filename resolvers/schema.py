"""The schema, put together from every product's fields."""

import warnings
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from resolvers.advisor.conversation import ConversationMutations, ConversationQueries
from resolvers.node import NodeQueries
from resolvers.scalars import SCALARS
from resolvers.table import NODES, read
from resolvers.viewer import ViewerQueries


def build_schema() -> strawberry.Schema:
    """Every root field once: two of the same name are an error. One schema a process, since fields remember theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        query: Any = merge_types(
            "Query",
            (
                NodeQueries,
                ViewerQueries,
                ConversationQueries,
            ),
        )
        mutation: Any = merge_types("Mutation", (ConversationMutations,))
    config = StrawberryConfig(auto_camel_case=False, default_resolver=read, scalar_map=SCALARS, sort_schema=True)
    return strawberry.Schema(query, mutation, types=[kind for _, kind in NODES.values()], config=config)
