"""What somebody may not see shows neither in live lists nor in another caller's answers."""

import pytest

from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.estate.property_view import PROPERTY_VIEWS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists, Live
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import done, gid, rows, write
from tests.resolvers.estate.negotiating import ANALYSIS, TERMS, back_up

OFFER = "mutation($input: EstateOfferCreateInput!) { estateOfferCreate(input: $input) { userErrors { code } } }"
ANALYZE = (
    "mutation($input: EstateOfferAnalysisSetInput!) { estateOfferAnalysisSet(input: $input) { userErrors { code } } }"
)
TRACK = "estatePropertyViewTrack"


async def _followed(lists: Lists, field: str, shown: str, by: object) -> Live:
    live = await lists.follow(f"subscription {{ {field} {{ kind {shown} }} }}", by=by)  # type: ignore[arg-type]
    while (await live.event())["kind"] != "SYNCED":
        pass
    return live


@pytest.mark.parametrize("shown", ["", "node { id }", "node { id version updatedAt }"])
async def test_nobody_hears_of_an_offer_by_the_listing(lists: Lists, parties: Parties, shown: str) -> None:
    ann = await parties.agent("ann")
    home = await make.listing(ann.row)
    bea, cy = await parties.buyer(ann), await parties.buyer(ann)
    others = [await _followed(lists, "estateListingChanges", shown, by) for by in (cy, ANONYMOUS)]
    given = {"input": {"listingId": gid(LISTINGS, home), "terms": TERMS}}
    assert await lists.data(OFFER, given, by=bea) == {"estateOfferCreate": {"userErrors": []}}
    for live in others:
        await live.quiet()


@pytest.mark.parametrize("shown", ["", "node { id }", "node { aiAnalysis { confidence } buyerSessionId status }"])
async def test_neither_buyer_nor_seller_hears_of_an_analysis(
    lists: Lists, parties: Parties, people: People, shown: str
) -> None:
    ann = await parties.agent("ann")
    bea, home = await parties.buyer(ann), await make.listing(ann.row, offerCount=1)
    offer = await back_up(home, bea)
    others = [await _followed(lists, "estateOfferChanges", shown, by) for by in (bea, await parties.seller(home))]
    agents = await _followed(lists, "estateOfferChanges", "node { aiAnalysis { confidence } }", ann)
    given = {"input": {"id": gid(OFFERS, offer), "version": 1, "aiAnalysis": ANALYSIS}}
    analysis = people.service("analysis")
    assert await lists.data(ANALYZE, given, by=analysis) == {"estateOfferAnalysisSet": {"userErrors": []}}
    assert await agents.event() == {"kind": "CHANGED", "node": {"aiAnalysis": {"confidence": 0.75}}}
    for live in others:
        await live.quiet()


async def test_strangers_do_not_share_their_keys(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    one, two = gid(LISTINGS, await make.listing(ann.row)), gid(LISTINGS, await make.listing(ann.row))
    for listing in (one, two):
        await done(api, TRACK, ANONYMOUS, listingId=listing, viewDuration=1, clientMutationId="1")
    # The same again is a repetition.
    await done(api, TRACK, ANONYMOUS, listingId=two, viewDuration=1, clientMutationId="1")
    [views] = await rows(database, PROPERTY_VIEWS)
    assert [gid(LISTINGS, view["listingId"]) for view in views] == [one, two]


async def test_a_key_is_its_caller_s_own(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    bea, cy = await parties.buyer(ann), await parties.buyer(ann)
    given = {"listingId": gid(LISTINGS, await make.listing(ann.row)), "terms": TERMS, "clientMutationId": "1"}
    answers = [await write(api, "estateOfferCreate", by, "offer { id }", **given) for by in (bea, cy)]
    assert [answer["userErrors"] for answer in answers] == [[], []]
    [offers] = await rows(database, OFFERS)
    assert [answer["offer"]["id"] for answer in answers] == [gid(OFFERS, offer) for offer in offers]
    assert [offer["buyerSessionId"] for offer in offers] == [bea.row["_id"], cy.row["_id"]]
