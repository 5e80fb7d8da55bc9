"""Every order and filter of the lists of profiles, searches and homes is carried by an index, for their agent."""

import pytest

from graphql_api.schema import executable_schema
from models.buyer.profile import PROFILES
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api
from tests.laws.explaining import check
from tests.laws.lists import Shown, document, exposed, filters, keys, orderings
from tests.resolvers.advisor.writing import gid

NAMES = {
    "Query.buyerProfiles",
    "Query.buyerProfileVersions",
    "Query.buyerSearchTransactions",
    "Query.buyerRepliersListings",
    "BuyerProfile.chatSessions",
    "BuyerProfile.insights",
}
LISTS = [shown for shown in exposed(executable_schema()) if str(shown) in NAMES]


def test_all_are_there() -> None:
    assert {str(shown) for shown in LISTS} == NAMES


@pytest.mark.parametrize("shown", LISTS, ids=str)
async def test_is_carried(api: Api, parties: Parties, database: Database, shown: Shown) -> None:
    ann = await parties.agent("ann")
    ids = {**keys(), "BuyerProfile": gid(PROFILES, await make.profile(ann.row["_id"]))}
    looked = 0
    for arguments in [*orderings(shown), *filters(shown, ids)]:
        text = document(shown, arguments, ids)
        await api.data(text, by=ann)
        for command in list(api.calls.seen):
            if shown.listing.table.collection in str(command):
                await check(database, command, text)
                looked += 1
    assert looked >= 4
