"""A storm of two thousand mutations, right and wrong, by everybody at once: nothing breaks, and nothing is broken."""

import asyncio
import random
import time
from collections import Counter
from typing import Any

from graphql import GraphQLSchema

from models import buyer, estate, global_id
from models.buyer.chat_session import PORTAL as CHAT
from models.buyer.invariants import INVARIANTS as OF_CHATS
from models.estate.buyer_session import PORTAL as BUYER
from models.estate.invariants import INVARIANTS as OF_ESTATE
from models.estate.listing import LISTINGS
from models.estate.seller_session import PORTAL as SELLER
from models.store.connection import Database
from tests.attacks.storming import Storm
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

OPERATIONS = 2_000
QUERIES = 1_600
AT_ONCE = 8
SECONDS = 60
"""A slow machine has done less by then, and goes on to what is to be found."""

APART = ("estateAgent", "estateBuyerSessionSignIn", "estateSellerSessionSignIn", "buyerChatSessionSignIn")
"""Who signs in is another story; but agents are switched off and on, and talk."""

SWITCHES = ("estateAgentDeactivate", "estateAgentReactivate", "estateAgentReactivate", "estateAgentReactivate")

OFTEN = (
    *("estateListingCreate", "estateListingStatusChange", "estateOfferCreate", "estateOfferCounter"),
    *("estateOfferAccept", "estateOfferReject", "estateOfferWithdraw", "estateSellerSessionCreate"),
    *("estateBuyerSessionCreate", "buyerChatMessageSend", "buyerProfileCreate", "buyerSearchRun"),
    *(
        "buyerChatSessionCreate",
        "buyerPropertyInteractionRecord",
        "buyerChatMessageAnswer",
        "estateAgentInteractionLog",
    ),
)

WHO = {
    "estateOffer": ("bea", "cy", "ann", "ann", "analysis"),
    "estateOfferCreate": ("bea", "cy", "dan"),
    "estateOffersExpire": ("analysis",),
    "estateOfferAnalysis": ("analysis",),
    "estateSavedSearch": ("bea", "cy", "ann"),
    "estatePropertyView": ("bea", "anonymous", "ann"),
    "estateAgentInteraction": ("bea", "sue", "ann", "answering"),
    "estateListingEnrichment": ("enrichment",),
    "estateBuyerSessionErase": ("operator",),
    "estateAgentDeactivate": ("operator",),
    "estateAgentReactivate": ("operator",),
    "buyerChatMessage": ("answering",),
    "buyerChatMessageSend": ("chat",),
    "buyerPropertyInteraction": ("chat",),
    "buyerPropertyNote": ("chat", "ann"),
    "buyerRepliers": ("search",),
    "buyerSearchTransaction": ("search",),
    "buyerProfileAnalysis": ("analysis",),
    "buyerChatAgentInsightCreate": ("analysis",),
}
"""Who most often does it, by how a mutation's name begins, the longest beginning first; else an agent."""


RUDE = ("Delete", "Erase", "Rotate", "Deactivate", "Complete", "Pause")
"""Ends of mutations after which somebody or something is gone: most of these are spared."""


async def _callers(parties: Parties, people: People) -> dict[str, Caller]:
    ann, bob = await parties.agent("ann", licenseNumber="1"), await parties.agent("bob", licenseNumber="2")
    profile, home = await make_buyer.profile(ann.row["_id"]), await make.listing(ann.row)
    chat = await parties.chat(profile)
    await make_buyer.chat_search_context(chat.row, await make_buyer.search_transaction(profile))
    await make_buyer.repliers_listing()
    return {
        "ann": ann,
        "bob": bob,
        "chat": chat,
        "sue": await parties.seller(home),
        "anonymous": ANONYMOUS,
        "bea": await parties.buyer(ann),
        "cy": await parties.buyer(ann),
        "dan": await parties.buyer(bob),
        "operator": await people.operator("olga"),
        **{name: people.service(name) for name in ("analysis", "answering", "enrichment", "search")},
    }


async def _renew(parties: Parties, database: Database, callers: dict[str, Caller], chance: random.Random) -> None:
    """Let others come by whose portals and chats are open."""
    for names, portal in ((("bea", "cy", "dan"), BUYER), (("sue",), SELLER), (("chat",), CHAT)):
        found = await database[portal.table.collection].find(dict(portal.condition)).sort("createdAt", -1).to_list(6)
        for name in names if found else ():
            callers[name] = Caller(name, parties.token(portal.table, chance.choice(found)))


def _who(chance: random.Random, mutation: str, callers: dict[str, Caller]) -> Caller:
    if chance.random() < 0.15:
        return callers[chance.choice(sorted(callers))]
    begun = max((start for start in WHO if mutation.startswith(start)), key=len, default="")
    return callers[chance.choice(WHO.get(begun, ("ann", "ann", "bob")))]


def _mutations(schema: GraphQLSchema) -> list[str]:
    assert schema.mutation_type is not None
    ours = [name for name in schema.mutation_type.fields if name.startswith(("estate", "buyer"))]
    plain = [name for name in ours if not name.startswith(APART) or name == "estateAgentInteractionLog"]
    gentle = [name for name in plain if not name.endswith(RUDE)]
    return [*plain, *gentle, *gentle, *OFTEN * 3, *SWITCHES]


async def _ids(database: Database) -> dict[str, list[str]]:
    found = {}
    for table in (*estate.TABLES, *buyer.TABLES):
        rows = await database[table.collection].find({}, {"_id": 1}).sort("createdAt").to_list()
        found[table.type_name] = [global_id.encode(table.tag, row["_id"]) for row in rows]
    return found


async def _once(api: Api, asked: tuple[str, dict[str, Any]], by: Caller) -> None:
    """Ask for something, and see that no fault of the client is one of the server."""
    response = await api.post(*asked, by)
    assert response.status_code < 500, (asked, response.text)
    answer = response.json()
    codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
    assert "INTERNAL" not in codes, (asked, answer)


async def _broken(database: Database) -> dict[str, int]:
    found: Counter[str] = Counter()
    for invariant in (*OF_ESTATE, *OF_CHATS):
        rows = await database[invariant.table.collection].aggregate([*invariant.pipeline])
        found[f"{invariant.table.noun}: {invariant.words}"] += len(await rows.to_list())
    return dict(+found)


async def test_a_storm_breaks_nothing(
    api: Api, parties: Parties, people: People, database: Database, schema: GraphQLSchema
) -> None:
    chance = random.Random(20261121)  # noqa: S311  # the same storm each time
    callers, storm = await _callers(parties, people), Storm(schema, chance)
    mutations, until = _mutations(schema), time.monotonic() + SECONDS
    for number in range(OPERATIONS // AT_ONCE):
        if time.monotonic() > until:
            break
        if number % 4 == 0:
            storm.ids = await _ids(database)
            await _renew(parties, database, callers, chance)
        chosen = [chance.choice(mutations) for _ in range(AT_ONCE)]
        work = [_once(api, storm.mutation(name), _who(chance, name, callers)) for name in chosen]
        await asyncio.gather(*work)
    assert await _broken(database) == {}
    # The storm was not all refusals.
    assert await database[LISTINGS.collection].count_documents({"offerCount": {"$gt": 0}}) > 0


async def test_no_query_is_an_internal_error(
    api: Api, parties: Parties, people: People, database: Database, schema: GraphQLSchema
) -> None:
    chance = random.Random(20261122)  # noqa: S311  # the same queries each time
    callers, storm = await _callers(parties, people), Storm(schema, chance, await _ids(database))
    assert schema.query_type is not None
    queries = [name for name in schema.query_type.fields if name.startswith(("estate", "buyer"))]
    assert len(queries) > 40
    until = time.monotonic() + SECONDS / 2
    for _ in range(QUERIES // AT_ONCE):
        if time.monotonic() > until:
            break
        chosen = [chance.choice(queries) for _ in range(AT_ONCE)]
        work = [_once(api, storm.query(name), callers[chance.choice(sorted(callers))]) for name in chosen]
        await asyncio.gather(*work)
