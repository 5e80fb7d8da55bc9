"""The schema, put together from every product's fields."""

import warnings
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from resolvers.advisor import fields as advisor
from resolvers.buyer import fields as buyer
from resolvers.estate import fields as estate
from resolvers.node import NodeQueries
from resolvers.scalars import SCALARS
from resolvers.table import NODES, read
from resolvers.viewer import ViewerQueries


def build_schema() -> strawberry.Schema:
    """Every root field once: two of the same name are an error. One schema a process, since fields remember theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        query: Any = merge_types(
            "Query", (NodeQueries, ViewerQueries, *advisor.QUERIES, *estate.QUERIES, *buyer.QUERIES)
        )
        mutation: Any = merge_types("Mutation", (*advisor.MUTATIONS, *estate.MUTATIONS, *buyer.MUTATIONS))
        subscription: Any = merge_types(
            "Subscription", (*advisor.SUBSCRIPTIONS, *estate.SUBSCRIPTIONS, *buyer.SUBSCRIPTIONS)
        )
    config = StrawberryConfig(auto_camel_case=False, default_resolver=read, scalar_map=SCALARS, sort_schema=True)
    nodes = [kind for _, kind in NODES.values()]
    return strawberry.Schema(query, mutation, subscription, types=nodes, config=config)
