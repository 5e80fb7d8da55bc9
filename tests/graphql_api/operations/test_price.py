"""Operations that cost too much are not run."""

import strawberry

from graphql_api.operations.prepare import Operations
from graphql_api.operations.run import run


async def test_an_operation_beyond_the_price_is_not_run() -> None:
    nested = Operations(_nested()._schema, introspection=False)
    prepared = nested.prepare("query ($n: Int!) { pages(first: $n) { pages(first: 70) { id } } }", None)
    refused = await run(prepared, {"n": 71}, None, seconds=5)
    assert refused.data is None
    assert [error.extensions for error in refused.errors or ()] == [
        {"code": "TOO_EXPENSIVE", "cost": 1 + 71 * (1 + 70), "limit": 5000}
    ]
    assert (await run(prepared, {"n": 70}, None, seconds=5)).errors is None


def _nested() -> strawberry.Schema:
    @strawberry.type
    class Leaf:
        """A leaf."""

        id: int

    @strawberry.type
    class Branch:
        """A branch."""

        @strawberry.field
        def pages(self, first: int) -> list[Leaf]:
            """As many leaves."""
            return [Leaf(id=1)] * first

    @strawberry.type
    class Trunk:
        """The root."""

        @strawberry.field
        def pages(self, first: int) -> list[Branch]:
            """As many branches."""
            return [Branch()] * first

    return strawberry.Schema(Trunk)
