"""Root fields that write: one input, one payload, all or nothing, once for each idempotency key."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_type_hints

import strawberry
from bson import ObjectId
from strawberry.types.field import StrawberryField

from models import global_id
from models.actor import Actor, ActorKind
from models.errors import Code, Refusal, not_found
from models.policy import Fixed, RowData, Rule
from models.store import Store
from models.store.ask import Ask
from models.store.writing import forbidden
from models.store.written import noted
from models.table import Table
from models.validation import Refusals
from resolvers.context import Context
from resolvers.gate import Budget, Gate
from resolvers.listing import REQUIRED, argument
from resolvers.selection import Call
from resolvers.table import choice
from resolvers.verbs.root import root
from resolvers.verbs.ways import Way, Work, replay_key, way_of

Outcome = dict[str, Any]
"""What a write did, by the payload's fields: ids of rows to show, and plain values. It is what a replay shows again."""

choice(
    Code,
    "ErrorCode",
    "Why a write was refused; stable, to branch on.",
    UNAUTHENTICATED="Only who signs in can do this.",
    FORBIDDEN="You may see it, and not do this with it.",
    NOT_FOUND="It is not there, or not for you to see.",
    INVALID="A value that is not taken there.",
    TOO_LONG="A text or list that is too long.",
    OUT_OF_RANGE="A number that is too small or too large.",
    CONFLICT="Something else is under way that excludes this.",
    ALREADY_EXISTS="Something else has this id or unique value.",
    STALE_VERSION="It was changed since; the payload shows it as it is now.",
    IDEMPOTENCY_KEY_REUSED="The key was used with another input.",
    CAPACITY_REACHED="There is no room for more.",
    WRONG_STATE="It is not in a state that allows this.",
    RATE_LIMITED="Too many of these in a short time.",
    PLAN_REQUIRED="Your plan does not allow more.",
)


@strawberry.type(description="Why a write was refused, in terms of its input.")
class UserError:
    """The user's errors are data; the developer's are top-level errors."""

    code: Code = strawberry.field(description="Stable code, to branch on.")
    message: str = strawberry.field(description="One sentence for people, in English.")
    field: list[str] | None = strawberry.field(description="Path of the input field at fault; null when none is.")


def required(description: str) -> Any:
    """An input field that must be given."""
    return strawberry.field(description=description)


def optional(description: str) -> Any:
    """An input field that may be left out; `Change.given` tells whether it was, or null was given."""
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input
class Input:
    """What every mutation's input holds."""

    clientMutationId: str | None = optional(
        "Idempotency key: sent again with the same input within 24 hours, the first answer comes back."
    )


@strawberry.type
class Payload:
    """What every mutation's payload holds."""

    userErrors: list[UserError] = strawberry.field(
        description="Why nothing was written, or which parts were left out; empty when all was written."
    )
    clientMutationId: str | None = strawberry.field(description="The idempotency key of the input.")


@dataclass(frozen=True, slots=True)
class Change:
    """The hand that a mutation works with: who writes, where, and what the input holds as it was given."""

    context: Context
    given: Mapping[str, Any]
    _spent: set[tuple[Budget, str]] = field(default_factory=set)

    @property
    def actor(self) -> Actor:
        """Who writes."""
        return self.context.actor

    @property
    def store(self) -> Store:
        """Where."""
        return self.context.store

    @property
    def address(self) -> str:
        """The client's address, as far as proxies are believed."""
        return self.context.address

    async def spend(self, budget: Budget, key: str) -> None:
        """Count one attempt, also when the transaction is run again. Raises RATE_LIMITED for too many."""
        if (budget, key) not in self._spent:
            self._spent.add((budget, key))
            await self.gate.spend(budget, key)

    def become(self, actor: Actor) -> None:
        """Let what follows be the actor's, who has signed in with this write: once it has succeeded."""
        self.context.becoming = actor

    @property
    def gate(self) -> Gate:
        """Where tokens are given. Raises LookupError inside programs where nobody signs in."""
        if self.context.gate is None:
            raise LookupError("Nobody signs in here.")
        return self.context.gate

    def patch(self, *columns: str) -> dict[str, Any]:
        """Those of the columns that the input names: absent is unchanged, null is cleared."""
        return {column: self.given[column] for column in columns if column in self.given}

    def key(self, table: Table[Any], text: str, *field: str) -> ObjectId:
        """The id of a row of the table. Raises NOT_FOUND for what is none."""
        key = global_id.decode(table, text)
        if key is None:
            raise not_found(table.noun, *(field or ("id",)))
        return key

    def new_key(self, table: Table[Any], text: str | None) -> ObjectId:
        """The id that the client chose for a new row, or a fresh one. Raises INVALID for an id of another kind."""
        if text is None:
            return ObjectId()
        key = global_id.decode(table, text)
        if key is None:
            raise Refusal(Code.INVALID, f"Must be '{table.tag}' and 12 bytes in URL-safe base64.", "id")
        return key

    async def readable(self, table: Table[Any], key: ObjectId, *columns: str, field: str = "id") -> dict[str, Any]:
        """The columns of a row that the caller may read. Raises NOT_FOUND, also for what may not be seen."""
        row = await self.store.read.one(Ask(table, frozenset(columns), where={"_id": key}), self.actor)
        if row is None:
            raise not_found(table.noun, field)
        return row

    def demand(self, rule: Rule, row: RowData, message: str) -> None:
        """Go on when the rule admits the row; else raise FORBIDDEN with the message, or UNAUTHENTICATED."""
        if not rule.admits(self.actor, row):
            raise forbidden(self.actor, message)

    def profile(self, product: str) -> ObjectId:
        """The caller's profile in a product. Raises UNAUTHENTICATED (FORBIDDEN for a service) for who has none."""
        key = self.actor.profiles.get(product)
        if key is None:
            raise forbidden(self.actor, "Only a person can do this.")
        return key


KNOWN = Fixed(frozenset(ActorKind) - {ActorKind.ANONYMOUS}, "anyone but strangers")
"""Who may write at all; what more it takes is the tables' affair."""


def change(
    run: Callable[[Change, Any], Awaitable[Outcome]],
    description: str,
    *,
    by: Rule = KNOWN,
    current: str = "",
    atomic: bool = True,
    secrets: Sequence[str] = (),
    replays: bool = True,
) -> Any:
    """A mutation that does `run` in a transaction and shows its outcome; who is not one of `by` is told to sign in.

    `current` names the payload's field that shows the row as it is when the input's `expectedVersion` was stale.
    What is too large for one transaction is not `atomic`: it makes its own, and goes on where it was when it is run
    again. Of the payload's `secrets` nothing is stored: a replay has none. What `replays` not is done each time.
    """
    kind = get_type_hints(run)["input"]
    way = way_of(atomic=atomic, replays=replays)
    write = _Write(run, kind, by, current, way, tuple(secrets))
    return root(write.answer, description, {"input": (argument(kind, "What to write."), REQUIRED)}, writes=True)


@dataclass(frozen=True, slots=True)
class _Write:
    """A mutation, as `change` was told of it."""

    run: Callable[[Change, Any], Awaitable[Outcome]]
    kind: type
    by: Rule
    current: str
    way: Way
    secrets: tuple[str, ...]

    async def answer(self, call: Call) -> Outcome:
        """Do it, and fetch what its payload shows."""
        context, given = call.context, call.arguments["input"]
        # Before anything is written: a payload that cannot be shown is a mistake of the document.
        children = call.below.picked.children(call)
        for refusal in context.refused.values():
            raise refusal
        hand = Change(context, given)
        told: Outcome = {}

        async def work() -> Outcome:
            hand.demand(self.by, {}, "")
            outcome = await self.run(hand, _read(self.kind, given))
            told.update({name: outcome.pop(name, None) for name in self.secrets})
            return outcome

        with noted() as written:
            outcome = await _attempted(call, self.way, work, self.current)
        if not outcome["userErrors"]:
            outcome |= told
            if context.becoming is not None:
                context.renew(context.becoming)
        context.becoming = None
        # After the transaction: what is shown is stored.
        await context.store.read.attend(children, [outcome], context.actor, written)
        for name, picked in call.below.parts.items():
            results = outcome.setdefault(name, [])
            await context.store.read.attend(picked.children(call), results, context.actor, written)
        return outcome


def _read(kind: type, given: Mapping[str, Any]) -> Any:
    """The input as an object of its class, with null for what was not given; documents within it stay as they are."""
    return kind(**{field.python_name: given.get(field.python_name) for field in _fields(kind)})


@cache
def _fields(kind: Any) -> Sequence[StrawberryField]:
    return tuple(kind.__strawberry_definition__.fields)


async def _attempted(call: Call, way: Way, work: Work, current: str) -> Outcome:
    given = call.arguments["input"]
    again = given.get("clientMutationId")
    outcome: Outcome
    try:
        outcome = dict(await way(call.context.store, None if again is None else replay_key(call, given), work))
    except Refusals as several:
        outcome = {"userErrors": [user_error(refusal) for refusal in several.refusals]}
    except Refusal as refusal:
        outcome = {"userErrors": [user_error(refusal)]}
        if refusal.code is Code.STALE_VERSION and current:
            outcome[current] = global_id.bare(given["id"])
    return {"userErrors": [], **outcome, "clientMutationId": again}


def user_error(refusal: Refusal) -> dict[str, Any]:
    """A refusal as a payload shows it; an outcome may hold some, for parts that were left out."""
    return {"code": refusal.code, "message": refusal.message, "field": list(refusal.field) or None}
