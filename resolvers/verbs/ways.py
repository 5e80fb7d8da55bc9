"""How often a write is done: once for each idempotency key, resumed where it is too large for that, or each time."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from models.actor import ActorKind
from models.store import Store
from models.store.replay import Outcome, ReplayKey
from resolvers.selection import Call

Work = Callable[[], Awaitable[Outcome]]
Way = Callable[[Store, ReplayKey | None, Work], Awaitable[Outcome]]


def way_of(*, atomic: bool, replays: bool) -> Way:
    """The way of a write that is one transaction (`atomic`) or makes its own, and whose outcome is kept or is not."""
    return (_once if atomic else _resumed) if replays else _each_time(atomic=atomic)


async def _once(store: Store, key: ReplayKey | None, work: Work) -> Outcome:
    return await (store.write.transact(work) if key is None else store.replays.once(key, work))


def _each_time(*, atomic: bool) -> Way:
    """Do it whether or not it was done before."""

    async def again(store: Store, _: ReplayKey | None, work: Work) -> Outcome:
        return await (store.write.transact(work) if atomic else work())

    return again


async def _resumed(store: Store, key: ReplayKey | None, work: Work) -> Outcome:
    earlier = None if key is None else await store.replays.earlier(key)
    if earlier is not None:
        return earlier
    outcome = await work()

    async def done() -> Outcome:
        return outcome

    return outcome if key is None else await store.replays.once(key, done)


def replay_key(call: Call, given: Mapping[str, Any]) -> ReplayKey:
    """The key under which the first outcome of a write is kept."""
    said = {name: value for name, value in given.items() if name != "clientMutationId"}
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    actor = call.context.actor
    # Strangers all have the same name: the key of one must neither answer another nor stand in the other's way.
    who = f"{actor.key} {call.context.address} {digest}" if actor.kind is ActorKind.ANONYMOUS else actor.key
    return ReplayKey(who, call.field.name, given["clientMutationId"], digest)
