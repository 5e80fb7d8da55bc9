"""Running prepared operations: time, price, faults, and a database that is slow or away."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import orjson
import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure, WaitQueueTimeoutError
from structlog.testing import capture_logs

from graphql_api.limits import ERRORS_BYTES, MESSAGE_CHARACTERS
from graphql_api.operations.prepare import Operations
from graphql_api.operations.run import run
from models.errors import Code, Refusal
from models.validation import Refusals

Mongo = AsyncMongoClient[dict[str, Any]]
Database = AsyncDatabase[dict[str, Any]]


class Lookalike(Exception):
    """Somebody else's exception in the shape of a refusal."""

    code = "OUT_OF_RANGE"
    message = "the secret of the house"
    field = ("price",)


CHEAP = Refusal(Code.OUT_OF_RANGE, "Price must be at least 0.", "input", "price")
BLANK = Refusal(Code.INVALID, "Title must be given.", "input", "title")


@strawberry.type
class Query:
    """Reads in many ways that end badly."""

    @strawberry.field
    def ping(self) -> int | None:
        """One."""
        return 1

    @strawberry.field
    def refuses(self) -> int | None:
        """Refuses in words."""
        raise CHEAP

    @strawberry.field
    def refuses_twice(self) -> int | None:
        """Refuses for two reasons."""
        raise Refusals([CHEAP, BLANK])

    @strawberry.field
    def pretends(self) -> int | None:
        """Breaks with what only looks like a refusal."""
        raise Lookalike("of a library")

    @strawberry.field
    def breaks(self) -> int | None:
        """Breaks with a secret."""
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def coded_by_hand(self) -> int | None:
        """Raises a GraphQL error with a code of its own."""
        raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED", "hint": 1})

    @strawberry.field
    def vast(self) -> int | None:
        """A stored number that GraphQL's Int cannot say."""
        return 5_000_000_000

    @strawberry.field
    def strict(self, value: int = 1) -> int | None:
        """Takes a number, and not null."""
        return value

    @strawberry.field
    def echo(self, value: int | None = None) -> int | None:
        """What it was given."""
        return value

    @strawberry.field
    async def sleeps(self) -> int | None:
        """Takes a minute."""
        await asyncio.sleep(60)
        return 1

    @strawberry.field
    async def reads(self, info: strawberry.Info[Database, None]) -> int | None:
        """Asks the database."""
        return len(await info.context.things.find({}).to_list())

    @strawberry.field
    def corrupt(self) -> int | None:
        """Breaks in the database."""
        raise OperationFailure("the secret of the house", 8000)

    @strawberry.field
    def crowded(self) -> int | None:
        """Waits in vain for a connection of the pool."""
        raise WaitQueueTimeoutError("mongodb://secret")

    @strawberry.field
    def many(self, first: int = 20) -> list[list[int | None]]:
        """A list of pages."""
        return [[1] * first]


@strawberry.type
class Subscription:
    """Streams."""

    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        """One tick."""
        yield 1


OPERATIONS = Operations(strawberry.Schema(Query, subscription=Subscription)._schema, introspection=False)


async def ask(text: str, variables: dict[str, Any] | None = None, context: Any = None, seconds: float = 5) -> Any:
    return await run(OPERATIONS.prepare(text, None), variables, context, seconds=seconds)


def only(result: ExecutionResult) -> tuple[Any, dict[str, Any]]:
    assert result.errors is not None
    [error] = result.errors
    return result.data, dict(error.formatted)


async def test_a_result_without_errors_is_the_data_alone() -> None:
    result = await ask("query ($v: Int) { a: echo(value: $v) ping }", {"v": 7})
    assert (result.data, result.errors) == ({"a": 7, "ping": 1}, None)


async def test_a_refusal_is_shown_as_it_is() -> None:
    data, error = only(await ask("{ ping refuses }"))
    assert data == {"ping": 1, "refuses": None}
    assert error == {
        "message": "Price must be at least 0.",
        "locations": [{"line": 1, "column": 8}],
        "path": ["refuses"],
        "extensions": {"code": "OUT_OF_RANGE", "field": ["input", "price"]},
    }


async def test_several_refusals_are_one_error_with_the_code_of_the_first() -> None:
    data, error = only(await ask("{ ping refusesTwice }"))
    assert data == {"ping": 1, "refusesTwice": None}
    assert error["message"] == "Price must be at least 0.; Title must be given."
    assert error["extensions"] == {"code": "OUT_OF_RANGE", "field": ["input", "price"]}


async def test_an_error_with_a_code_of_its_own_is_shown_with_its_extensions() -> None:
    _, error = only(await ask("{ codedByHand }"))
    assert (error["message"], error["extensions"]) == ("Sign in first.", {"code": "UNAUTHENTICATED", "hint": 1})


@pytest.mark.parametrize("field", ["breaks", "vast", "corrupt", "pretends"])
async def test_any_other_fault_is_masked_and_logged_under_its_id(field: str) -> None:
    with capture_logs() as logs:
        data, error = only(await ask(f"{{ {field} }}"))
    fault = error["extensions"]["id"]
    assert data == {field: None}
    assert error["message"] == f"Internal error. Quote id {fault}."
    assert error["extensions"] == {"code": "INTERNAL", "id": fault}
    [entry] = logs
    assert (entry["event"], entry["id"], entry["path"]) == ("internal error", fault, [field])
    assert entry["exc_info"][1].args


@pytest.mark.parametrize(
    ("text", "variables", "name"),
    [
        ("query ($v: Int!) { echo(value: $v) }", {}, "'$v'"),
        ("query ($v: Int!) { echo(value: $v) }", {"v": "x" * 10_000}, "'$v'"),
        ("query ($v: Int) { echo(value: $v) }", {"v": 2**31}, "'$v'"),
    ],
)
async def test_a_bad_variable_is_named(text: str, variables: dict[str, Any], name: str) -> None:
    data, error = only(await ask(text, variables))
    assert data is None
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert name in error["message"]
    assert len(error["message"]) <= MESSAGE_CHARACTERS + 1


async def test_a_null_that_an_argument_does_not_take_is_the_clients_mistake() -> None:
    data, error = only(await ask("query ($v: Int) { ping strict(value: $v) }", {"v": None}))
    assert data == {"ping": 1, "strict": None}
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "'value'" in error["message"]


async def test_the_price_counts_with_the_actual_variables() -> None:
    text = "query ($n: Int!) { many(first: $n) }"
    assert (await ask(text, {"n": 4999})).errors is None
    prepared = OPERATIONS.prepare("query ($n: Int!) { a: many(first: $n) b: many(first: $n) }", None)
    assert prepared.measured.cost({"n": 10}) == 2


async def test_many_errors_are_bounded() -> None:
    fields = " ".join(f"a{n}: refuses" for n in range(15)) + " refuses " * 5
    result = await ask("{ " + fields + " }")
    assert len(result.errors) == 16
    assert sum(len(orjson.dumps(error.formatted)) for error in result.errors) < ERRORS_BYTES


async def test_an_operation_is_stopped_at_its_deadline() -> None:
    data, error = only(await ask("{ ping sleeps }", seconds=0.05))
    assert data is None
    assert error == {
        "message": "The operation took longer than 0.05 seconds; ask for less at once.",
        "extensions": {"code": "TIMEOUT"},
    }


async def test_cancelling_goes_through() -> None:
    asking = asyncio.create_task(ask("{ sleeps }", seconds=30))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_database_that_is_away_spoils_the_answer_only_if_nothing_is_left(mongodb_uri: str) -> None:
    # No server of this replica set will ever be found.
    async with Mongo(mongodb_uri, replicaSet="elsewhere", serverSelectionTimeoutMS=500) as away:
        data, error = only(await ask("{ reads }", context=away.test, seconds=2))
        assert data is None
        assert error == {
            "message": "The database cannot be reached now; try again in a few seconds.",
            "extensions": {"code": "UNAVAILABLE"},
        }
        data, error = only(await ask("{ ping reads }", context=away.test, seconds=2))
        assert data == {"ping": 1, "reads": None}
        assert error["extensions"] == {"code": "UNAVAILABLE"}


async def test_a_pool_without_a_free_connection_is_unavailable() -> None:
    data, error = only(await ask("{ crowded }"))
    assert (data, error["extensions"]) == (None, {"code": "UNAVAILABLE"})
    assert "secret" not in error["message"]
