"""Runs a prepared operation within its time: the one seam between the transports and the execution of GraphQL."""

from typing import Any

from graphql import ExecutionResult
from graphql.execution import execute
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.errors import bounded, code_of, coded
from graphql_api.operations.counters import count_operation
from graphql_api.operations.faults import explained, timed_out
from graphql_api.operations.prepare import PreparedOperation, affordable
from models.interruption import Interrupted, until
from resolvers.context import Context

FATAL = frozenset({"TIMEOUT", "UNAVAILABLE"})
"""Codes of errors after which an answer without any value is no answer: the client should ask again."""


async def run(
    prepared: PreparedOperation,
    variables: dict[str, Any] | None,
    context: object,
    *,
    seconds: float,
    compiled: bool | None = None,
) -> ExecutionResult:
    """Run a query or mutation and return its result, with errors that a client may see.

    The operation has `seconds` for all it does. Cancelling the task that awaits this cancels the operation. `compiled`
    says whether compiled code or the stock executor runs it, to the same result; None leaves that to the compilation.
    """
    if error := affordable(prepared, variables):
        return ExecutionResult(None, [error])
    try:
        with until(seconds):
            result = await _execute(prepared, variables, context, compiled)
    except Interrupted:
        return ExecutionResult(None, [timed_out(seconds)])
    return presentable(result)


async def _execute(
    prepared: PreparedOperation, variables: dict[str, Any] | None, context: object, compiled: bool | None
) -> ExecutionResult:
    if compiled is not False and isinstance(context, Context):
        data = await prepared.compilation.answer(variables or {}, context, at_once=compiled is True)
        if data is not None:
            count_operation(prepared.kind, "compiled")
            return ExecutionResult(data)
        count_operation(prepared.kind, "rerendered" if context.answers else "stock")
    return await by_the_executor(prepared, variables, context)


async def by_the_executor(
    prepared: PreparedOperation, variables: dict[str, Any] | None, context: object, root: object = None
) -> ExecutionResult:
    """The operation, or an event (the `root`) of a subscription, as graphql-core's executor shows it."""
    result = execute(
        prepared.schema,
        prepared.document,
        root_value=root,
        context_value=context,
        variable_values=variables,
        operation_name=prepared.name,
        hide_suggestions=not prepared.suggestions,
        # Strawberry's resolvers expect the `info` that Strawberry's own executor builds.
        executor_class=StrawberryGraphQLCoreExecutionContext,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a TypeGuard that is annotated as bool
    )
    return result if isinstance(result, ExecutionResult) else await result


def presentable(result: ExecutionResult) -> ExecutionResult:
    """The result with errors as a client may see them."""
    if not result.errors:
        return result
    errors = bounded([explained(error) for error in result.errors])
    if all(value is None for value in (result.data or {}).values()):
        fatal = next((error for error in errors if code_of(error) in FATAL), None)
        if fatal:
            # Without `data` the transport may answer with a status that makes clients and balancers try again.
            return ExecutionResult(None, [coded(code_of(fatal) or "", fatal.message)])
    return ExecutionResult(result.data, errors)
