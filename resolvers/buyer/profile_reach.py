"""Lists of what belongs to a buyer, whichever version of the profile a client names."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import wraps
from typing import Any

import strawberry
from graphql.error import located_error

from models import global_id
from models.actor import Actor
from models.buyer.profile import PROFILES
from models.estate.rules import OWN_AGENT
from models.policy import NOTHING, Filter
from models.store.ask import Ask
from resolvers.context import Info, raw
from resolvers.listing import REQUIRED, Listing, argument
from resolvers.plan import RUNS, Listed
from resolvers.selection import Call, call_of
from resolvers.verbs.root import root
from resolvers.verbs.watch import Happening, watched

ROOT = "rootProfileId"
"""Under this name the buyer is among the arguments of a call once the version that was named has been looked up."""

WHOSE = {"profileId": (argument(strawberry.ID, "Buyer, by any version of the profile."), REQUIRED)}


def mine(actor: Actor) -> Filter:
    """The rows of the agent who asks; none for anybody else."""
    return OWN_AGENT.filter(actor)


def _of_buyer(given: Mapping[str, Any]) -> Filter:
    return NOTHING if given[ROOT] is None else {ROOT: given[ROOT]}


async def _looked_up(call: Call) -> None:
    """Add the buyer of the version to the arguments; none where the caller may not read it."""
    key = global_id.decode(PROFILES, call.arguments["profileId"])
    ask = Ask(PROFILES, frozenset({ROOT}), where={"_id": key})
    profile = None if key is None else await call.context.store.read.one(ask, call.context.actor)
    call.arguments = {**call.arguments, ROOT: None if profile is None else profile[ROOT]}


def listed_of_buyer(listing: Listing, description: str) -> Any:
    """A page of a list that is fixed by the buyer."""

    async def run(call: Call) -> Any:
        await _looked_up(call)
        ask = listing.ask(call, call.arguments, call.below.page, _of_buyer(call.arguments))
        return await call.context.store.read.page(ask, call.context.actor)

    return root(run, description, {**WHOSE, **listing.parameters()}, need=Listed(listing))


def watched_of_buyer(listing: Listing, description: str) -> Any:
    """The same list, kept up to date."""
    field = watched(listing, description, WHOSE, _of_buyer)
    follow, signature = field.metadata[RUNS], field.base_resolver.wrapped_func

    async def run(call: Call) -> AsyncGenerator[Happening, None]:
        await _looked_up(call)
        async with aclosing(follow(call)) as happenings:
            async for happening in happenings:
                yield happening

    @wraps(signature)
    async def resolve(root: Any, info: Info, **_: Any) -> AsyncGenerator[Happening, None]:  # the root has nothing
        try:
            async with aclosing(run(call_of(raw(info)))) as happenings:
                async for happening in happenings:
                    await happening.prepare()
                    yield happening
        except Exception as error:
            # The executor places what a resolver raises, but not what its generator does.
            raise located_error(error, list(raw(info).field_nodes), raw(info).path.as_list()) from error

    return strawberry.subscription(resolver=resolve, description=description, metadata={RUNS: run})
