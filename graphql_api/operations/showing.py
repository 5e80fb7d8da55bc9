"""Writes the events of a subscription: what several subscribers see of one change is made once for all of them."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from graphql_api.operations.compilation import RootField
from models.actor import Actor
from models.policy import Rule
from models.store.ask import Ask
from models.store.pipeline import touched
from resolvers.plan import Allowed, value_of
from resolvers.rendering import Render, renderer
from resolvers.selection import Field
from resolvers.verbs.watch import Happening

KEPT = 1_000
"""Selections of which the way to write them is kept; those of running subscriptions keep themselves."""


class Showing:
    """One selection of one subscription field, whoever subscribes to it."""

    def __init__(self, root: RootField) -> None:
        self._root = root
        self._fields = root.field.below.fields
        self._renders: Mapping[str, Render] = {
            field.key: renderer(field) for field in self._fields if field.name == "node"
        }
        below = [inner for field in self._fields if field.name == "node" for inner in field.below.fields]
        self._allowed = frozenset(rule for rule in map(_allowed, below) if rule is not None)
        self._rules: tuple[Rule, ...] | None = None

    async def body(self, happening: Happening, variables: Mapping[str, Any]) -> bytes:
        """The event as its subscriber sees it, in JSON. What it raises, the stock executor can say properly."""
        actor, change = happening.context.actor, happening.event.change
        if change is None or happening.event.row is None:
            await happening.prepare()
            return orjson.dumps({"data": {self._root.field.key: self._root.render(happening, actor)}})
        key = (self, *self._audience(happening.ask, actor, happening.event.row, variables))
        shown: Any = change.memo.get(key)
        if shown is None:
            making = self._nodes(happening, actor)
            # A task of its own where others are waited for: who asked first may leave before the next one has it.
            shown = change.memo[key] = asyncio.ensure_future(making) if happening.ask.children else await making
        if isinstance(shown, asyncio.Future):
            shown = shown.result() if shown.done() else await asyncio.shield(shown)
        return orjson.dumps({"data": {self._root.field.key: self._assembled(happening, shown)}})

    def _audience(
        self, ask: Ask, actor: Actor, row: Mapping[str, Any], variables: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """What sets those apart who see different things: the rules' word on the row, or, where other rows are shown
        with it, who they are and what they ask of those."""
        if ask.children:
            return (_Same(actor), repr(sorted(variables.items())))
        if self._rules is None:
            # In any order, but always the same.
            self._rules = (*{*touched(ask.table, ask.columns).values(), *self._allowed},)
        return tuple([rule.admits(actor, row) for rule in self._rules])

    async def _nodes(self, happening: Happening, actor: Actor) -> Mapping[str, Any]:
        await happening.prepare()
        renders = self._renders.items()
        return {key: orjson.Fragment(orjson.dumps(render(happening.node, actor))) for key, render in renders}

    def _assembled(self, happening: Happening, nodes: Mapping[str, Any]) -> dict[str, Any]:
        own = {"kind": happening.kind.name, "cursor": happening.cursor, "id": happening.id}
        own["__typename"] = self._fields[0].kind.name
        return {field.key: nodes[field.key] if field.name == "node" else own[field.name] for field in self._fields}


@lru_cache(KEPT)
def showing(root: RootField) -> Showing:
    """The way to write a root field's events; the same for all who subscribe by the same operation."""
    return Showing(root)


def _allowed(field: Field) -> Rule | None:
    value = None if field.definition is None else value_of(field.definition)
    return value.rule if isinstance(value, Allowed) else None


class _Same:
    """An actor as a key: the very same one, kept as long as the key is."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._actor is self._actor

    def __hash__(self) -> int:
        return id(self._actor)
