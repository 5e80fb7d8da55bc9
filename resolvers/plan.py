"""What a field needs from the store and how its value is had, said once where it is written; planner, both ways of
execution and the laws read it there."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLField

from models import global_id
from models.actor import Actor
from models.policy import Rule
from models.store.ask import Slot
from models.table import Order, Table

if TYPE_CHECKING:
    from resolvers.listing import Listing
    from resolvers.selection import Call

NEEDS = "needs"
"""Under this key a Strawberry field's metadata hold one of the needs below."""

SHOWS = "shows"
"""Under this key they hold one of the values below; a field without one shows the column of its own name."""

RUNS = "runs"
"""Under this key a root field's metadata hold the function that answers it."""

WRITES = "writes"
"""Set in the metadata of every field that `change` makes: a law lets no other into the mutations."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The field shows, or is computed from, these columns (or paths into them) of its row.

    `embedded` marks a document inside the row: the columns asked for below it are paths into this one.
    """

    paths: tuple[str, ...]
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class ToOne:
    """The field shows the row whose id is in `column`; all of them, in order, where it is a list."""

    table: Table[Any]
    column: str
    many: bool = False
    edge: Order | None = None
    """Set when the row is shown as the edge of a list in this order."""


@dataclass(frozen=True, slots=True)
class ToMany:
    """The field shows a list of rows whose `column` holds this row's id, or what it has in its own column `by`."""

    listing: "Listing"
    column: str
    by: str = "_id"


@dataclass(frozen=True, slots=True)
class Listed:
    """The root field shows this list; its own function asks for it."""

    listing: "Listing"


@dataclass(frozen=True, slots=True)
class Parts:
    """The field shows the results in the outcome of a write under its own name, each with rows of its own."""


class Names(ABC):
    """What generated code may use, by the names that it is given here."""

    @abstractmethod
    def bind(self, thing: Any) -> str:
        """The name of an object."""

    @abstractmethod
    def admitted(self, rule: Rule, above: str) -> str:
        """The expression that says whether the rule admits the caller to the row of that name."""


Need = Columns | ToOne | ToMany | Listed | Parts


class Value(ABC):
    """How the value of a field is had from the object above it, on the stock executor and in compiled code alike.

    `holder` is the class of that object: compiled code is made for it, and leaves all others to the executor. `shows`
    names the leaf type whose values alone it has, if any: those need no look before they are shown.
    """

    holder: type = dict
    shows: str | None = None

    @abstractmethod
    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:
        """The value; `slot` is where the planner put the field's rows."""

    @abstractmethod
    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:
        """The same as an expression over the name `above`; `names` knows what else it may use.

        Where null is no answer (not `nullable`), the expression may fail instead.
        """


@dataclass(frozen=True, slots=True)
class Stored(Value):
    """The column of that name."""

    column: str

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # the row alone has it
        return above.get(self.column)

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # as above
        return f"{above}.get({self.column!r})" if nullable else f"{above}[{self.column!r}]"


@dataclass(frozen=True, slots=True)
class Computed(Value):
    """What a function makes of the object above."""

    function: Callable[[Any], Any]
    holder: type = dict

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # the object alone decides
        return self.function(above)

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # as above
        return f"{names.bind(self.function)}({above})"


@dataclass(frozen=True, slots=True)
class Attribute(Value):
    """The attribute of that name of an object that is no row."""

    name: str
    holder: type

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # the object alone has it
        return getattr(above, self.name)

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # as above
        return f"{above}.{self.name}"


@dataclass(frozen=True)
class Key(Value):
    """The global id of the row whose id is in the column."""

    shows = "ID"

    table: Table[Any]
    column: str

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # the row alone has it
        key = above.get(self.column)
        return None if key is None else global_id.encode(self.table.tag, key)

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # as above
        tag, column = self.table.tag, self.column
        if column == "_id":
            return f"{names.bind(global_id.encode)}({tag!r}, {above}['_id'])"
        encode = names.bind(global_id.reference)
        if not nullable:
            return f"{encode}({tag!r}, {above}[{column!r}].binary)"
        return f"(None if (key := {above}.get({column!r})) is None else {encode}({tag!r}, key.binary))"


@dataclass(frozen=True)
class Certain(Value):
    """True."""

    shows = "Boolean"

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # nothing decides
        return True

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # as above
        return "True"


@dataclass(frozen=True)
class Allowed(Value):
    """Whether the rule admits the caller to the row."""

    shows = "Boolean"

    rule: Rule

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # no rows are fetched for it
        return self.rule.admits(actor, above)

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # as above
        return names.admitted(self.rule, above)


@dataclass(frozen=True, slots=True)
class Fetched(Value):
    """What the planner had fetched: the row, the rows, or the page of them."""

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # it lies in the row
        return above[slot]

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # as above
        return f"{above}[{slot!r}]"


Run = Callable[["Call"], Awaitable[Any]]
"""How a root field is answered."""


def need_of(field: GraphQLField) -> Need | None:
    """What a field of the built schema needs; None for one that needs nothing (e.g. `__typename`)."""
    return _metadata(field).get(NEEDS)


def run_of(field: GraphQLField) -> Run | None:
    """The function that answers a root field; None for a resolver of another make."""
    return _metadata(field).get(RUNS)


def value_of(field: GraphQLField) -> Value | None:
    """How a field's value is had; None for a resolver of another make."""
    definition = field.extensions.get("strawberry-definition")
    if definition is None:
        return None
    shown: Value | None = definition.metadata.get(SHOWS)
    return Stored(definition.python_name) if shown is None and definition.base_resolver is None else shown


def _metadata(field: GraphQLField) -> Mapping[Any, Any]:
    found: Mapping[Any, Any] = getattr(field.extensions.get("strawberry-definition"), "metadata", {})
    return found
