"""Runs a prepared operation within its time: the one seam between the transports and the execution of GraphQL."""

import asyncio
from typing import Any

import pymongo
from graphql import ExecutionResult
from graphql.execution import execute
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.errors import bounded, code_of, coded
from graphql_api.limits import DATABASE_MARGIN_SECONDS
from graphql_api.operations.faults import explained, timed_out
from graphql_api.operations.prepare import PreparedOperation, affordable

FATAL = frozenset({"TIMEOUT", "UNAVAILABLE"})
"""Codes of errors after which an answer without any value is no answer: the client should ask again."""


async def run(
    prepared: PreparedOperation, variables: dict[str, Any] | None, context: object, *, seconds: float
) -> ExecutionResult:
    """Run a query or mutation and return its result, with errors that a client may see.

    The operation has `seconds` for all it does; the database learns the same deadline. Cancelling the task that awaits
    this cancels the operation.
    """
    if error := affordable(prepared, variables):
        return ExecutionResult(None, [error])
    try:
        async with asyncio.timeout(seconds):
            # pymongo sends what is left of its time with each command, so that the database stops working as well. It
            # gets less than the whole, because only pymongo can tell a database that is slow from one that is away.
            with pymongo.timeout(max(seconds - DATABASE_MARGIN_SECONDS, seconds / 2)):
                result = await _execute(prepared, variables, context)
    except TimeoutError:
        return ExecutionResult(None, [timed_out(seconds)])
    return _presentable(result)


async def _execute(prepared: PreparedOperation, variables: dict[str, Any] | None, context: object) -> ExecutionResult:
    result = execute(
        prepared.schema,
        prepared.document,
        context_value=context,
        variable_values=variables,
        operation_name=prepared.name,
        hide_suggestions=not prepared.suggestions,
        # Strawberry's resolvers expect the `info` that Strawberry's own executor builds.
        executor_class=StrawberryGraphQLCoreExecutionContext,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a TypeGuard that is annotated as bool
    )
    return result if isinstance(result, ExecutionResult) else await result


def _presentable(result: ExecutionResult) -> ExecutionResult:
    if not result.errors:
        return result
    errors = bounded([explained(error) for error in result.errors])
    if all(value is None for value in (result.data or {}).values()):
        fatal = next((error for error in errors if code_of(error) in FATAL), None)
        if fatal:
            # Without `data` the transport may answer with a status that makes clients and balancers try again.
            return ExecutionResult(None, [coded(code_of(fatal) or "", fatal.message)])
    return ExecutionResult(result.data, errors)
