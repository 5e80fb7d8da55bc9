"""A plugin of pytest: with BOTH_PATHS=1 each query that any test sends over HTTP is run by the other executor as well.

The client gets the compiled answer; a test whose stock answer has other bytes fails when it is over. Mutations are left
out, since they would write twice, and answers that tell of time or of a database that is away.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import ExecutionResult, print_ast
from pymongo.monitoring import CommandStartedEvent
from structlog.testing import capture_logs

from graphql_api.errors import code_of
from graphql_api.http import endpoint
from graphql_api.operations.counters import OPERATIONS
from graphql_api.operations.prepare import PreparedOperation
from graphql_api.operations.run import FATAL, run
from resolvers.context import Context
from tests.equality.ways import Answer, alike, answer
from tests.fixtures import wire

ATTEMPTS = 3
"""Times that both are asked again where they differ: rows may change and time passes between the two."""


RECKONED = re.compile(rb'"since":[0-9]{13}')


@dataclass
class Both:
    """Stands in for `run`, and remembers what differed."""

    differences: list[str] = field(default_factory=list)

    async def run(
        self, prepared: PreparedOperation, variables: dict[str, Any] | None, context: Context, *, seconds: float
    ) -> ExecutionResult:
        """Run the operation compiled, and a query by the stock executor too."""
        given = await run(prepared, variables, context, seconds=seconds)
        # Tests of the transport have a schema and a context of their own.
        if prepared.kind == "query" and isinstance(context, Context):
            with _unseen():
                await self._compare(given, prepared, variables, context, seconds)
        return given

    async def _compare(
        self,
        given: ExecutionResult,
        prepared: PreparedOperation,
        variables: dict[str, Any] | None,
        context: Context,
        seconds: float,
    ) -> None:
        async def again(*, compiled: bool) -> ExecutionResult:
            fresh = Context(context.actor, context.store, context.page_limit, context.request_id)
            return await run(prepared, variables, fresh, seconds=seconds, compiled=compiled)

        one, other = given, await again(compiled=False)
        for _ in range(ATTEMPTS):
            if _told_of_trouble(one) or _told_of_trouble(other) or alike(_fixed(one), _fixed(other)):
                return
            one, other = await again(compiled=True), await again(compiled=False)
        text = print_ast(prepared.document)
        self.differences.append(
            f"{context.actor.key} asks with {variables}:\n{text}\ncompiled {answer(one)}\nstock    {answer(other)}"
        )


@pytest.fixture(autouse=True)
def both_paths(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ask both ways what the test asks, unless BOTH_PATHS says no."""
    if os.environ.get("BOTH_PATHS") != "1":
        yield
        return
    both = Both()
    monkeypatch.setattr(endpoint, "run", both.run)
    monkeypatch.setattr(wire.Calls, "started", _started)
    yield
    assert not both.differences, "\n".join(both.differences)


@contextmanager
def _unseen() -> Iterator[None]:
    """Leave no trace of what is run here in the calls, logs and counters that tests look at."""
    counted = OPERATIONS.copy()
    COMPARING.append(True)
    try:
        with capture_logs():
            yield
    finally:
        COMPARING.pop()
        OPERATIONS.clear()
        OPERATIONS.update(counted)


COMPARING: list[bool] = []
"""An entry for each comparison that is under way; a context variable would not reach questions that are gathered."""


def _started(calls: wire.Calls, event: CommandStartedEvent, note: Any = wire.Calls.started) -> None:
    if not COMPARING:
        note(calls, event)


def _fixed(result: ExecutionResult) -> Answer:
    """The answer without times that are reckoned from now: no two ways ask in one millisecond."""
    given = answer(result)
    return Answer(RECKONED.sub(b"", given.data), given.errors)


def _told_of_trouble(result: ExecutionResult) -> bool:
    return any(code_of(error) in FATAL for error in result.errors or ())
