"""What a resolver knows of the request."""

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry import Info as StrawberryInfo

from models.actor import Actor
from models.errors import Refusal
from models.store import Store
from models.store.ask import Slot
from models.store.live.caller import Caller
from resolvers.gate import Gate


@dataclass(frozen=True, slots=True)
class Answer:
    """What a root field was answered with: a value, or an error."""

    value: Any = None
    error: Exception | None = None

    def taken(self) -> Any:
        """The value; raises the error."""
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(slots=True)
class Context:
    """The request: who asks, the store, and the largest page (in rows).

    `refused` are the nested lists whose arguments were wrong, by slot: each fails at its own place in the answer.
    `answers` are those that root fields were given before the stock executor took over, by slot. `resume` is the cursor
    from which a list goes on whose operation names none: transports have their own ways to carry it. `address` is the
    client's, as far as proxies are believed; there is no `gate` where nobody signs in.
    """

    actor: Actor
    store: Store
    page_limit: int = 100
    request_id: str = ""
    refused: dict[Slot, Refusal] = field(default_factory=dict)
    answers: dict[Slot, Answer] = field(default_factory=dict)
    resume: str | None = None
    address: str = ""
    gate: Gate | None = None
    becoming: Actor | None = None
    """Who the caller is once the write that is under way has succeeded."""

    _caller: Caller | None = None

    @property
    def caller(self) -> Caller:
        """The actor as he is for lists that stay open longer than his rights stay the same."""
        if self._caller is None:
            self._caller = Caller(self.actor)
        return self._caller

    def doubt(self) -> None:
        """Something about the actor has changed: nothing more is shown until `renew` says what he is now."""
        self.caller.doubt()

    def renew(self, actor: Actor) -> None:
        """This is the actor from now on."""
        self.actor = actor
        self.caller.renew(actor)


Info = StrawberryInfo[Context, None]


def raw(info: Info) -> GraphQLResolveInfo[Any]:
    """The executor's own info: Strawberry's shows neither field nodes nor variables as they are."""
    return info._raw_info
