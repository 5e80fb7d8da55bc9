"""Root fields: each is one function of its call, which the stock executor and compiled code run alike."""

from collections.abc import Mapping
from typing import Any

import strawberry

from resolvers.context import Info, raw
from resolvers.listing import signed
from resolvers.plan import NEEDS, RUNS, WRITES, Need, Run
from resolvers.selection import call_of, slot_of

Parameters = Mapping[str, tuple[Any, Any]]
"""The arguments of a field: name → annotation and default."""


def root(
    run: Run, description: str, parameters: Parameters | None = None, *, need: Need | None = None, writes: bool = False
) -> Any:
    """A root field that `run` answers."""

    async def resolve(root: Any, info: Info, **_: Any) -> Any:
        answer = info.context.answers.get(slot_of(raw(info)))
        # Compiled code hands over what it has answered already: nothing is asked, and nothing written, twice.
        return await run(call_of(raw(info))) if answer is None else answer.taken()

    metadata = {NEEDS: need, RUNS: run, **({WRITES: True} if writes else {})}
    return strawberry.field(resolver=signed(resolve, parameters or {}), description=description, metadata=metadata)
