"""Root fields of subscriptions: a list as it stands, and from then on what becomes of it."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import strawberry
from graphql.error import located_error

from models import global_id
from models.policy import EVERYTHING, RowData
from models.store.ask import Ask
from models.store.live.following import Event, Following, Kind, Watched
from models.store.live.sources import Sources
from resolvers.context import Context, Info, raw
from resolvers.geography import PLACES
from resolvers.listing import Listing, Narrow, argument, signed
from resolvers.plan import RUNS, Attribute
from resolvers.selection import Call, call_of
from resolvers.table import choice, shown
from resolvers.verbs.root import Parameters

T = TypeVar("T")

choice(
    Kind,
    "ListChangeKind",
    "What an event says of its row, or of the whole list.",
    ADDED="The row is in the list: from the start, or from now on.",
    SYNCED="The list has been told as it stands; what follows happens now.",
    CHANGED="The row is in the list and has changed.",
    REMOVED="The row has left the list: deleted, no longer matching, or no longer yours to see.",
    RESYNC="Changes were missed: drop all rows, the list is told anew.",
)


@dataclass(frozen=True, slots=True)
class Until:
    """When a row is to be looked at again because of the time alone, told from these `columns` of it: Unix
    milliseconds, or None for never."""

    moment: Callable[[RowData], int | None]
    columns: frozenset[str]


@dataclass(slots=True)
class Happening:
    """An event as it is shown. `node` is there once `prepare` has been awaited.

    `ask` is the list's question as it was at the start, `asked` makes it as it is now: lists below its rows may depend
    on the time.
    """

    event: Event
    ask: Ask
    asked: Callable[[], Ask]
    sources: Sources
    context: Context
    node: Mapping[str, Any] | None = None

    @property
    def kind(self) -> Kind:
        """What it says."""
        return self.event.kind

    @property
    def cursor(self) -> str | None:
        """Where the list goes on after it."""
        return self.event.cursor

    @property
    def id(self) -> str | None:
        """The global id of its row."""
        return None if self.event.key is None else global_id.encode(self.ask.table.tag, self.event.key)

    async def prepare(self) -> None:
        """Fetch what is shown of the row."""
        if self.event.row is not None:
            change = self.event.change
            shows = self.sources.shown
            ask = self.asked() if change is not None and self.ask.children else self.ask
            self.node = self.event.row if change is None else await shows(ask, self.context.actor, change)


@strawberry.type(description="One event of a list that is kept up to date.")
class ListChange(Generic[T]):
    """Shown from a `Happening`."""

    kind: Kind = shown(Attribute("kind", Happening), "What it says.")
    cursor: str | None = shown(
        Attribute("cursor", Happening),
        "Where the list goes on after this event, for `after`; null until the list is synced.",
    )
    id: strawberry.ID | None = shown(Attribute("id", Happening), "Global id of the row; null for the whole list.")
    node: T | None = shown(Attribute("node", Happening), "The row as it is after the event; null for a removed one.")


def watched(
    listing: Listing,
    description: str,
    arguments: Parameters | None = None,
    narrow: Narrow | None = None,
    *,
    until: Until | None = None,
    pace_seconds: float = 0.0,
) -> Any:
    """A list, kept up to date. `arguments` are the field's own ones, which `narrow` turns into a condition on the rows.

    `first` (or `last`) bounds what it begins with and how far it reaches: rows beyond the last of these do not enter.
    """

    def asked(call: Call) -> Ask:
        extra = EVERYTHING if narrow is None else narrow(call.arguments)
        given = {name: value for name, value in call.arguments.items() if name != "after"}
        return listing.ask(call, given, call.below.change, extra)

    # What is computed has no place in time, and `after` and `before` would be places in an order.
    left_out = {"after", "before", "search", *PLACES}
    own = {name: kind for name, kind in listing.parameters().items() if name not in left_out}
    return watch(asked, description, {**(arguments or {}), **own}, until=until, pace_seconds=pace_seconds)


def watch(
    asked: Callable[[Call], Ask],
    description: str,
    parameters: Parameters,
    *,
    until: Until | None = None,
    pace_seconds: float = 0.0,
) -> Any:
    """The list that a function asks for, kept up to date."""

    async def run(call: Call) -> AsyncGenerator[Happening, None]:
        def ask() -> Ask:
            found = asked(call)
            return found if until is None else replace(found, columns=found.columns | until.columns)

        context = call.context
        moment = None if until is None else until.moment
        followed = Watched(ask, context.caller, _name(call), moment, pace_seconds)
        sources, question = context.store.live, ask()
        events = Following(sources, followed).events(_begin(call))
        async with aclosing(events):
            async for event in events:
                yield Happening(event, question, ask, sources, context)

    async def resolve(root: Any, info: Info, **_: Any) -> AsyncGenerator[Happening, None]:  # the root has nothing
        try:
            async with aclosing(run(call_of(raw(info)))) as happenings:
                async for happening in happenings:
                    await happening.prepare()
                    yield happening
        except Exception as error:
            # The executor places what a resolver raises, but not what its generator does.
            raise located_error(error, list(raw(info).field_nodes), raw(info).path.as_list()) from error

    after = {
        "after": (argument(str | None, "Only what has happened since the event with this cursor."), strawberry.UNSET)
    }
    resolver = signed(resolve, {**parameters, **after})
    return strawberry.subscription(resolver=resolver, description=description, metadata={RUNS: run})


def _begin(call: Call) -> str | None:
    """The cursor where the list goes on: the argument's, or else the transport's."""
    given = call.arguments.get("after")
    # An empty header is how transports carry none; an empty argument is no cursor.
    return given if given is not None else call.context.resume or None


def _name(call: Call) -> str:
    """The list and its arguments in one text, but for where it begins."""
    given = {name: value for name, value in call.arguments.items() if name != "after"}
    return f"{call.field.name} {json.dumps(given, default=str, sort_keys=True)}"
