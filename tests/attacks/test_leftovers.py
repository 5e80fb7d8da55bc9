"""What is deleted leaves nothing behind that another might come by."""

import asyncio

from models.estate.agent_interaction import AGENT_INTERACTIONS
from models.estate.listing import LISTINGS
from models.estate.seller_session import SELLER_SESSIONS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, rows, write
from tests.resolvers.estate.negotiating import broken

SAID = {"agentQuery": "What is it worth?", "agentResponse": "A lot."}
LOG = "estateAgentInteractionLog"
TALKS = "{ estateAgentInteractions { nodes { agentQuery } } }"


async def test_what_a_seller_said_goes_with_the_listing(api: Api, parties: Parties, database: Database) -> None:
    ann, bob = await parties.agent("ann"), await parties.agent("bob")
    gone, kept = await make.listing(ann.row), await make.listing(ann.row)
    sue, sam = await parties.seller(gone), await parties.seller(kept)
    bea = await parties.buyer(ann)
    for party in (sue, sam, bea, ann):
        await done(api, LOG, party, sessionId=party.id, **SAID)
    await done(api, "estateListingDelete", ann, id=gid(LISTINGS, gone))
    assert await broken(database) == []
    [left] = await rows(database, AGENT_INTERACTIONS)
    assert {row["sessionId"] for row in left} == {sam.row["_id"], bea.row["_id"], ann.row["_id"]}
    # Another agent opens a portal under the id that has become free: its visitor finds nothing of the one before.
    theirs = await make.listing(bob.row)
    await done(
        *(api, "estateSellerSessionCreate", bob),
        id=sue.id,
        listingId=gid(LISTINGS, theirs),
        sellerName="Eve",
        sellerEmail="eve@example.com",
    )
    [portals] = await rows(database, SELLER_SESSIONS)
    assert sue.row["_id"] in {portal["_id"] for portal in portals}
    assert await api.data(TALKS, by=sue) == {"estateAgentInteractions": {"nodes": []}}


async def test_what_is_said_meanwhile_goes_as_well(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    """Of a listing that is deleted, and of a buyer who is forgotten, while the service still writes down the talk."""
    ann, olga, service = await parties.agent("ann"), await people.operator("olga"), people.service("answering")
    for _ in range(5):
        home, bea = await make.listing(ann.row), await parties.buyer(ann)
        sue = await parties.seller(home)
        said = [write(api, LOG, service, sessionId=party.id, **SAID) for party in (sue, bea) * 4]
        gone = [
            write(api, "estateListingDelete", ann, id=gid(LISTINGS, home)),
            write(api, "estateBuyerSessionErase", olga, id=bea.id),
        ]
        answers = await asyncio.gather(*said[:4], *gone, *said[4:])
        assert {error["code"] for answer in answers for error in answer["userErrors"]} <= {"NOT_FOUND"}
    assert await broken(database) == []
    assert await rows(database, AGENT_INTERACTIONS) == [[]]
