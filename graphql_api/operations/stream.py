"""Runs a prepared operation of any kind to its results, one after the other: what long-lived transports carry."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError
from graphql.error import located_error
from graphql.execution import create_source_event_stream
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.operations.compilation import RootField
from graphql_api.operations.counters import count_operation
from graphql_api.operations.faults import internal
from graphql_api.operations.prepare import PreparedOperation, affordable
from graphql_api.operations.run import by_the_executor, presentable, run
from graphql_api.operations.showing import showing
from resolvers.context import Context
from resolvers.selection import Call


@dataclass(frozen=True, slots=True)
class Delivery:
    """One result, ready for the wire: the JSON of it, and where a client resumes after it."""

    body: bytes
    cursor: str | None = None


def stream(
    prepared: PreparedOperation, variables: dict[str, Any] | None, context: object, *, seconds: float
) -> AsyncGenerator[Delivery, None]:
    """The results of an operation: one of a query or a mutation, which has `seconds`; of a subscription all there are.

    A subscription that is refused, or that cannot go on, ends with a result that has `errors`. Closing the generator
    ends all that it has begun.
    """
    if prepared.kind != "subscription":
        return _once(prepared, variables, context, seconds)
    if error := affordable(prepared, variables):
        return _refused(error)
    try:
        found = prepared.compilation.subscribed(variables or {}, context) if isinstance(context, Context) else None
    except GraphQLError:
        found = None
    count_operation("subscription", "stock" if found is None else "compiled")
    if found is None:
        return _by_the_executor(prepared, variables, context)
    return _compiled(prepared, variables, *found)


async def _once(
    prepared: PreparedOperation, variables: dict[str, Any] | None, context: object, seconds: float
) -> AsyncGenerator[Delivery, None]:
    yield _delivered(await run(prepared, variables, context, seconds=seconds))


async def _refused(error: GraphQLError) -> AsyncGenerator[Delivery, None]:
    yield _delivered(ExecutionResult(None, [error]))


async def _compiled(
    prepared: PreparedOperation, variables: dict[str, Any] | None, root: RootField, call: Call
) -> AsyncGenerator[Delivery, None]:
    show = showing(root)
    happenings: Any = root.run(call)
    try:
        async with aclosing(happenings):
            async for happening in happenings:
                try:
                    body = await show.body(happening, call.variables)
                except Exception:  # noqa: BLE001  # whatever it is, the stock executor meets it too, and can say what it is
                    await happening.prepare()
                    body = _encoded(await by_the_executor(prepared, variables, call.context, happening))
                yield Delivery(body, happening.cursor)
    except Exception as error:  # noqa: BLE001  # told to the client as far as it may know it, and the stream is over
        found = located_error(error, list(root.field.nodes), [root.field.key])
        yield _delivered(ExecutionResult(None, [found]))


async def _by_the_executor(
    prepared: PreparedOperation, variables: dict[str, Any] | None, context: object
) -> AsyncGenerator[Delivery, None]:
    executor = StrawberryGraphQLCoreExecutionContext.build(
        prepared.schema,
        prepared.document,
        context_value=context,
        raw_variable_values=variables,
        operation_name=prepared.name,
        hide_suggestions=not prepared.suggestions,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a TypeGuard that is annotated as bool
    )
    found: Any = ExecutionResult(None, executor) if isinstance(executor, list) else create_source_event_stream(executor)
    happenings: Any = found if isinstance(found, ExecutionResult | AsyncIterator) else await found
    if isinstance(happenings, ExecutionResult):
        yield _delivered(happenings)
        return
    try:
        async with aclosing(happenings):
            async for happening in happenings:
                result = await by_the_executor(prepared, variables, context, happening)
                yield Delivery(_encoded(result), happening.cursor)
    except GraphQLError as error:
        yield _delivered(ExecutionResult(None, [error]))


def _delivered(result: ExecutionResult) -> Delivery:
    return Delivery(_encoded(result))


def _encoded(result: ExecutionResult) -> bytes:
    shown = presentable(result)
    body: dict[str, Any] = {}
    if shown.data is not None or not shown.errors or any(error.path for error in shown.errors):
        body["data"] = shown.data
    if shown.errors:
        body["errors"] = [error.formatted for error in shown.errors]
    try:
        return orjson.dumps(body)
    except TypeError as error:
        # A stored value that JSON cannot say: ours to repair, not the client's.
        return orjson.dumps({"errors": [internal(error).formatted]})
