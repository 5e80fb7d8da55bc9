"""What is there for arguments and inputs to name: ids, codes, words, times and numbers of the dataset."""

from typing import Any

from models import global_id
from models.store.connection import Database
from models.table import Table
from models.tables import TABLES
from tests.equality.ids import FAR, START
from tests.equality.values import Pool

NAMED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("advisor", "advisorId", "activeAdvisorId", "advisorIds"), ("Advisor",)),
    "conversationId": ("AdvisorConversation",),
    **dict.fromkeys(("userIds", "mentions"), ("AdvisorUser",)),
    "agentId": ("EstateAgent",),
    **dict.fromkeys(("estate.listingId", "estate.ids"), ("EstateListing",)),
    "buyerSessionId": ("EstateBuyerSession",),
    "sellerSessionId": ("EstateSellerSession",),
    "estate.sessionId": ("EstateBuyerSession", "EstateSellerSession", "EstateAgent"),
    "savedSearchId": ("EstateSavedSearch",),
    **dict.fromkeys(("profileId", "buyerProfileId"), ("BuyerProfile",)),
    **dict.fromkeys(("buyer.listingId", "propertyMentioned"), ("BuyerRepliersListing",)),
    "buyer.sessionId": ("BuyerChatSession",),
}
"""Type names of the rows whose ids stand under a name, for one product or for all."""

TEAMS = ("team-0", "team-1", "team-2", "team-9")
CITIES = ("Portland", "salem", "Oslo")
TEXTS: dict[str, tuple[str, ...]] = {
    "": ("strategy", "pricing", "Ada", "Talk", "x"),
    "search": ("pricing", "plan", "Ünïcödé", "strategist -law", '"quoted"', "quiet", "Ann", "Portland"),
    **dict.fromkeys(("slug", "teamId"), TEAMS),
    "category": ("business", "marketing", "startup", "growth"),
    "persona_name": ("Ada 0", "Ada", "Own"),
    "key": ("goal", "other"),
    "clientMutationId": ("once", "twice"),
    **dict.fromkeys(("city", "cities", "location"), CITIES),
    **dict.fromkeys(("features", "mustHaveFeatures"), ("garage", "Garden", "pool")),
    **dict.fromkeys(("propertyType", "propertyTypes"), ("single-family", "Condo")),
    "mlsId": ("mls-1", "mls-3", "mls-9"),
    **dict.fromkeys(("email", "buyerEmail", "sellerEmail"), ("ann@example.com", "new@example.com")),
    **dict.fromkeys(("phone", "buyerPhone", "sellerPhone"), ("+1 555 0101",)),
    **dict.fromkeys(("password", "currentPassword", "newPassword"), ("correct horse battery", "another long one")),
    "inviteCode": ("ANN", "BOB", "NONE"),
    "token": ("invite-ann", "reset-bob"),
    "refreshToken": ("refresh-ann",),
    "sessionCode": ("buyer-ANN-0", "buyer-BOB-2", "seller-ANN-0"),
    "linkToken": ("link-ANN-0-0", "link-BOB-1-0"),
    "externalId": ("ext-0", "ext-4", "ext-9"),
    "lease": ("lease-1", "lease-2"),
    "day": ("2023-11-14", "2023-11-15"),
    "bathrooms": ("2+", "1"),
    "contingencies": ("inspection", "financing"),
}
"""Words that rows have, or that are taken, by the name of the argument or column."""

PRICES = (400_000.0, 450_000.0, 500_000.0)
FLOATS: dict[str, tuple[float, ...]] = {
    "": (0.0, 0.5, 1.0, 2.5),
    **dict.fromkeys(("price", "minPrice", "maxPrice", "offerAmount"), PRICES),
    **dict.fromkeys(("lat", "south"), (45.0, 45.5)),
    "north": (45.52, 46.0),
    **dict.fromkeys(("lng", "west"), (-123.0, -122.7)),
    "east": (-122.0,),
    "radiusMeters": (1_000.0, 90_000.0),
}


async def known(database: Database) -> Pool:
    """The pool of a dataset that is in place."""
    ids = {table.type_name: await _ids(database, table) for table in TABLES}
    named = {
        "": [key for keys in ids.values() for key in keys[::3]],
        "every": [key for keys in ids.values() for key in keys],
        **{name[0].lower() + name[1:]: keys for name, keys in ids.items()},
        **{name: [key for table in tables for key in ids[table]] for name, tables in NAMED.items()},
    }
    searches = await database["buyer_search_transactions"].distinct("transactionId")
    stamps = [START + number * 500 for number in range(12)]
    return {
        "ID": named,
        "String": {**TEXTS, "transactionId": searches},
        "Timestamp": {"": stamps, "from": stamps[:4], "to": stamps[4:], "expiresAt": [FAR]},
        "Int": {"": [1, 2, 3, 4, 7], "sqft": [900], "yearBuilt": [1999]},
        "Float": FLOATS,
        "Date": {"": ["2030-02-28", "2031-01-01"]},
    }


async def _ids(database: Database, table: Table[Any]) -> list[str]:
    keys = [row["_id"] for row in await database[table.collection].find({}, {"_id": 1}).sort("_id").to_list()]
    # Ann asks most, and hers were made last.
    return [global_id.encode(table.tag, key) for key in (*keys, *keys[len(keys) // 2 :])]
