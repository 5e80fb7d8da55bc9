"""From a selection to a Python function that makes the answer of it: written once, run for every row."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
)

from models.actor import Actor
from models.policy import Rule
from resolvers.leaves import as_it_is, completed
from resolvers.plan import Names, value_of
from resolvers.selection import Field, Selection

Render = Callable[[Any, Actor], Any]
"""From what a root field was answered with to what the client sees of it."""


class Unrenderable(Exception):
    """The selection holds a field with a resolver of its own make: the stock executor has to show it."""


class Deviation(Exception):
    """A value is not what its type promises: the stock executor knows what the specification makes of it."""


def renderer(field: Field) -> Render:
    """The function that shows a root field's answer. Raises `Unrenderable`.

    Whatever it raises itself, the stock executor can say properly: what is wrong, at which path, and which objects are
    null because of it. It never answers otherwise than the executor would.
    """
    assert field.definition is not None  # noqa: S101  # `__typename` has no answer
    source = _Source()
    return source.function(source.completed(field.definition.type, "above", field))


class _Source(Names):
    """Functions as they are being written, with the names that they use.

    Each takes the object above, and the rules of the whole answer as functions for its caller; the first of these is
    the caller himself.
    """

    def __init__(self) -> None:
        self._functions: list[str] = []
        self._names: dict[str, Any] = {"items": _items, "Deviation": Deviation}
        self._objects: dict[Selection, str] = {}
        self._rules: list[Rule] = []
        self._asked: dict[Rule, str] = {}
        self._locals = 0

    def function(self, expression: str) -> Render:
        """The function of (above, actor) that returns the value of the expression."""
        rules = "".join(f" {self.bind(rule.bound)}(actor)," for rule in self._rules)
        whole = f"def answer(above, actor):\n    rules = (actor,{rules})\n    return {expression}\n"
        text = "\n".join([*self._functions, whole])
        # Only names that are made here and literals by `repr` get into the text; nothing of a client's does otherwise.
        exec(compile(text, "<compiled operation>", "exec"), self._names)  # noqa: S102  # see above
        made: Render = self._names["answer"]
        return made

    def completed(self, kind: GraphQLOutputType, value: str, field: Field) -> str:
        """The expression that completes a value (an expression, too) as the specification says for its type."""
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, value, field, nullable=False)
        if is_leaf_type(kind):
            return self._present(kind, value, field, nullable=True)
        name = self._local()
        return f"(None if ({name} := {value}) is None else {self._present(kind, name, field, nullable=True)})"

    def _present(self, kind: Any, value: str, field: Field, *, nullable: bool) -> str:
        if isinstance(kind, GraphQLList):
            item = self._local()
            return f"[{self.completed(kind.of_type, item, field)} for {item} in items({value})]"
        if isinstance(kind, GraphQLObjectType):
            return f"{self._object(field.of(kind))}({value}, rules)"
        if is_abstract_type(kind):
            return f"{self.bind(_ByType(field))}({value}, rules[0])"
        return self._leaf(kind, value, nullable=nullable)

    def _leaf(self, kind: Any, value: str, *, nullable: bool) -> str:
        name = value if value.isidentifier() else self._local()
        first = name if value == name else f"({name} := {value})"
        otherwise = self.bind(completed(kind, nullable=nullable))
        shown, condition = as_it_is(kind, name, first, self.bind)
        return f"({shown} if {condition} else {otherwise}({name}))"

    def _object(self, selection: Selection) -> str:
        """The name of the function that shows an object, written now if it is not there yet."""
        if selection not in self._objects:
            name = self._objects[selection] = f"object{len(self._objects)}"
            members, holders = [], set()
            outer, self._asked = self._asked, {}
            for field in selection.fields:
                expression, holder = self._member(field)
                members.append(f"{field.key!r}: {expression}")
                holders.add(holder)
            self._asked = outer
            self._functions.append(
                f"def {name}(above, rules):\n{self._guard(holders - {None})}    return {{{', '.join(members)}}}\n"
            )
        return self._objects[selection]

    def _member(self, field: Field) -> tuple[str, type | None]:
        if field.name == "__typename":
            return repr(field.kind.name), None
        value = None if field.definition is None else value_of(field.definition)
        if field.definition is None or value is None:
            raise Unrenderable(f"{field.kind.name}.{field.name}")
        kind = field.definition.type
        nullable = not isinstance(kind, GraphQLNonNull)
        code = value.code("above", field.slot, self, nullable=nullable)
        shown = code if value.shows == _leaf_name(kind) else self.completed(kind, code, field)
        return shown, value.holder

    def _guard(self, holders: set[Any]) -> str:
        if len(holders) > 1:
            raise Unrenderable(f"objects of {holders}")
        return "".join(
            f"    if above.__class__ is not {self.bind(holder)}:\n        raise Deviation\n" for holder in holders
        )

    def bind(self, thing: Any) -> str:
        name = f"bound{len(self._names)}"
        self._names[name] = thing
        return name

    def admitted(self, rule: Rule, above: str) -> str:
        if rule in self._asked:
            return self._asked[rule]
        if rule not in self._rules:
            self._rules.append(rule)
        # Asked once of each object, where several of its fields depend on it.
        self._asked[rule] = self._local()
        return f"({self._asked[rule]} := rules[{self._rules.index(rule) + 1}]({above}))"

    def _local(self) -> str:
        self._locals += 1
        return f"value{self._locals}"


class _ByType:
    """Shows objects of an interface by the type that their resolver noted, each by a function written at its first."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._renders: dict[str, Render] = {}

    def __call__(self, above: Any, actor: Actor) -> Any:
        if above.__class__ is not dict:
            raise Deviation
        name = above["__typename"]
        if name not in self._renders:
            kind = self._field.reading.schema.get_type(name)
            source = _Source()
            self._renders[name] = source.function(source._present(kind, "above", self._field, nullable=False))
        return self._renders[name](above, actor)


def _leaf_name(kind: GraphQLOutputType) -> str:
    """The name of a type that shows single leaves; empty for lists and objects."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return inner.name if is_leaf_type(inner) else ""


def _items(value: Any) -> list[Any]:
    if value.__class__ is not list:
        raise Deviation
    found: list[Any] = value
    return found
