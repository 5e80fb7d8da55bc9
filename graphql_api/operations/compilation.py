"""Compiled execution: an operation's root fields are answered and shown by functions that were made for it once."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
)

from graphql_api.limits import VARIANTS
from graphql_api.operations.variables import Variables
from resolvers.context import Answer, Context
from resolvers.plan import Run, run_of
from resolvers.rendering import Render, Unrenderable, renderer
from resolvers.selection import Call, Field, Reading

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RootField:
    """A field of the operation itself: how it is answered, and how the answer is shown."""

    field: Field
    run: Run
    render: Render


@dataclass(frozen=True, slots=True)
class Variant:
    """The operation as it is for certain values of the variables that its directives ask."""

    names: tuple[str, ...]
    """The keys of the answer, in order."""
    roots: tuple[RootField, ...]
    constants: Mapping[str, str]
    """What `__typename` answers with, by key."""


class Pace:
    """Lets so many operations be compiled a second when they are first seen.

    Compiling costs about as much as parsing and validating. Who sends a stream of new documents must not make the
    server do that twice the work for nothing: beyond the pace, an operation is compiled when it is seen again.
    """

    def __init__(self, a_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second = a_second
        self._clock = clock
        self._second = 0
        self._number = 0

    def allows(self) -> bool:
        """Whether one more may be compiled now; counts it."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._number = second, 0
        self._number += 1
        return self._number <= self._a_second


class Compilation:
    """Runs one operation of a valid document; what it cannot do it leaves to the stock executor."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, pace: Pace
    ) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._pace = pace
        self._due = False
        self._variants: dict[tuple[Any, ...], Variant | None] = {}

    async def answer(self, given: Mapping[str, Any], context: Context, *, at_once: bool = False) -> Data | None:
        """The data of an answer without errors; None where there is an error to tell, or nothing was compiled.

        Then the stock executor is to run the operation with the same context: it finds there what root fields were
        answered with so far, errors among them, and asks only for the rest. `at_once` asks nobody for the pace.
        """
        if not (self._due or at_once):
            self._due = True
            if not self._pace.allows():
                return None
        values = self._variables.coerced(given)
        variant = None if values is None else self._variant(values)
        if values is None or variant is None:
            return None
        if len(variant.roots) > 1 and self._operation.operation is not OperationType.MUTATION:
            await asyncio.gather(*(_answered(root, context, values) for root in variant.roots))
        data: Data = dict.fromkeys(variant.names)
        data.update(variant.constants)
        for root in variant.roots:
            answer = context.answers.get(root.field.slot) or await _answered(root, context, values)
            if answer.error is not None or context.refused:
                return None
            try:
                data[root.field.key] = root.render(answer.value, context.actor)
            except Exception:  # noqa: BLE001  # whatever it is, the stock executor meets it too, and can say what it is
                return None
        return data

    def subscribed(self, given: Mapping[str, Any], context: Context) -> tuple[RootField, Call] | None:
        """The root field of a subscription and its call; None where that is the stock executor's affair.

        Raises graphql-core's error for arguments that the variables spoil.
        """
        values = self._variables.coerced(given)
        variant = None if values is None else self._variant(values)
        if values is None or variant is None or len(variant.roots) != 1:
            return None
        root = variant.roots[0]
        return root, Call(context, root.field, values)

    def _variant(self, values: Mapping[str, Any]) -> Variant | None:
        key = tuple(values.get(name) for name in self._asked)
        if key not in self._variants:
            if len(self._variants) >= VARIANTS:
                return None
            self._variants[key] = self._compiled(values)
        return self._variants[key]

    def _compiled(self, values: Mapping[str, Any]) -> Variant | None:
        fragments = {
            node.name.value: node for node in self._document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        reading = Reading(self._schema, fragments, {name: values[name] for name in self._asked if name in values})
        kind = self._schema.get_root_type(self._operation.operation)
        assert kind is not None  # noqa: S101  # validation has seen it
        try:
            fields = reading.root(kind, self._operation.selection_set).fields
            roots = tuple(_root(field) for field in fields if field.name != "__typename")
        except (Unrenderable, GraphQLError):
            # An error is a directive's, to which a variable gives null: the executor says so at the field in question.
            return None
        constants = {field.key: kind.name for field in fields if field.name == "__typename"}
        return Variant(tuple(field.key for field in fields), roots, constants)

    @cached_property
    def _variables(self) -> Variables:
        return Variables(self._schema, self._operation)

    @cached_property
    def _asked(self) -> tuple[str, ...]:
        """The variables that directives ask, anywhere in the document."""
        nodes = _under(self._document, lambda node: isinstance(node, DirectiveNode))
        return tuple(sorted({name.name.value for node in nodes for name in _under(node, _is_variable)}))


def _root(field: Field) -> RootField:
    run = None if field.definition is None else run_of(field.definition)
    if run is None:
        raise Unrenderable(field.name)
    return RootField(field, run, renderer(field))


async def _answered(root: RootField, context: Context, values: Mapping[str, Any]) -> Answer:
    try:
        answer = Answer(await root.run(Call(context, root.field, values)))
    except Exception as error:  # noqa: BLE001  # it is kept for the stock executor, which tells it at its path
        answer = Answer(error=error)
    context.answers[root.field.slot] = answer
    return answer


def _is_variable(node: Node) -> bool:
    return isinstance(node, VariableNode)


def _under(node: Node, wanted: Callable[[Node], bool]) -> Iterator[Any]:
    if wanted(node):
        yield node
        return
    for key in node.keys:
        inner = getattr(node, key, None)
        for child in inner if isinstance(inner, list | tuple) else (inner,):
            if isinstance(child, Node):
                yield from _under(child, wanted)
