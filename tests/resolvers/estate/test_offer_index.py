"""The lists of offers are carried by the index of whoever asks, in each order, without a scan or a sort."""

import pytest

from models.estate.listing import LISTINGS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import explained, stages
from tests.resolvers.advisor.writing import gid
from tests.resolvers.estate.negotiating import scene

LIST = """query($listing: ID, $buyer: ID, $where: EstateOfferWhere, $order: EstateOfferOrder) {
  estateOffers(listingId: $listing, buyerSessionId: $buyer, where: $where, orderBy: $order) { nodes { id } totalCount }
}"""

WALKED = [
    ("agent", (), "page_agent"),
    ("agent", ("listing",), "page_listing"),
    ("agent", ("buyer",), "page_buyer"),
    ("agent", ("listing", "buyer"), "page_listing"),
    ("buyer", (), "page_buyer"),
    ("buyer", ("listing",), "page_listing"),
    ("seller", (), "page_listing"),
    ("operator", ("listing",), "page_listing"),
]


async def _check(api: Api, database: Database, by: Caller, index: str, **given: object) -> None:
    await api.data(LIST, given, by=by)
    sent = [command for command in api.calls.seen if "estate_offers" in command.values()]
    assert len(sent) == 2
    for command in sent:
        hint = command.get("hint")
        assert isinstance(hint, str)
        assert hint.startswith(index)
        found = set(stages(await explained(database, command)))
        assert "IXSCAN" in found
        assert not found & {"COLLSCAN", "SORT"}


@pytest.mark.parametrize(("who", "named", "index"), WALKED)
async def test_each_list_has_its_index(
    api: Api,
    parties: Parties,
    people: People,
    database: Database,
    who: str,
    named: tuple[str, ...],
    index: str,
) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row)
    seller, olga = await parties.seller(listing), await people.operator("olga")
    by = {"agent": there.agent, "buyer": there.buyer, "seller": seller, "operator": olga}[who]
    ids = {"listing": gid(LISTINGS, listing), "buyer": there.buyer.id}
    given = {name: ids[name] for name in named}
    for field in ("CREATED_AT", "UPDATED_AT", "OFFER_AMOUNT"):
        for direction in ("ASC", "DESC"):
            order = {"field": field, "direction": direction}
            await _check(api, database, by, index, order=order, **given)


async def test_a_status_narrows_the_walk(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = gid(LISTINGS, await make.listing(there.agent.row))
    pending = {"status": {"eq": "PENDING"}}
    await _check(api, database, there.agent, "page_agent_status_created", where=pending)
    await _check(api, database, there.agent, "page_listing_status_created", where=pending, listing=listing)
    await _check(api, database, there.agent, "page_agent_listing_created", where={"listingId": {"eq": listing}})


async def test_what_is_to_analyze_is_walked_by_status(api: Api, people: People, database: Database) -> None:
    await api.data("{ estateOffersToAnalyze { nodes { id } totalCount } }", by=people.service("analysis"))
    sent = [command for command in api.calls.seen if "estate_offers" in command.values()]
    assert [command["hint"] for command in sent] == ["page_unanalyzed_created"] * 2
    for command in sent:
        assert not set(stages(await explained(database, command))) & {"COLLSCAN", "SORT"}
