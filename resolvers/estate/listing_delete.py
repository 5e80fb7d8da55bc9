"""Deletes a listing on which nobody has made an offer, with its views, its matches, its seller's portals and what was
said in them."""

from typing import Any

import strawberry
from bson import ObjectId

from models.errors import Code, Refusal
from models.estate.agent_interaction import AGENT_INTERACTIONS, SessionType
from models.estate.listing import LISTINGS, ListingStatus
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.estate.seller_session import SELLER_SESSIONS
from models.policy import Filter
from models.store.ask import Ask
from models.table import Table
from resolvers.estate.listing import editable
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

BATCH = 1_000
"""Views that are removed in one transaction: a listing may have very many."""

BELOW: tuple[Table[Any], ...] = (SELLER_SESSIONS, SAVED_SEARCH_MATCHES, PROPERTY_VIEWS)
"""The tables whose rows go with their listing, beside what was said in the portals. Only of views there are more than
fit into one transaction."""

WITHOUT_OFFERS: Filter = {"offerCount": 0}

TAKEABLE = (ListingStatus.ACTIVE.value, ListingStatus.PENDING.value)
"""Statuses in which a listing still gathers offers, views and portals."""


@strawberry.input(description="A listing to delete.")
class EstateListingDeleteInput(Input):
    id: strawberry.ID = required("The listing; one with offers, also closed ones, cannot be deleted: withdraw it.")


@strawberry.type(description="The listing that was deleted.")
class EstateListingDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the listing that is gone.")


async def delete(hand: Change, input: EstateListingDeleteInput) -> Outcome:
    """Delete a listing with all that hangs on it.

    Each step is a transaction of its own and the listing goes last: interrupted, it goes on when it is asked again.
    """
    key = hand.key(LISTINGS, input.id)

    async def close() -> None:
        await _close(hand, key)

    async def batch() -> int:
        return await _views(hand, key)

    async def rest() -> None:
        await _rest(hand, key)

    await hand.store.write.transact(close)
    while await hand.store.write.transact(batch):
        pass
    await hand.store.write.transact(rest)
    return {"deletedId": input.id}


async def _close(hand: Change, key: ObjectId) -> None:
    """Withdraw the listing, so that nothing is added to it any more. Raises WRONG_STATE for one with offers."""
    row = await editable(hand, key, "offerCount", "status")
    if row["offerCount"]:
        raise Refusal(Code.WRONG_STATE, "Offers were made on it, so it cannot be deleted: withdraw it instead.")
    if row["status"] in TAKEABLE:
        await _withdraw(hand, key)


async def _withdraw(hand: Change, key: ObjectId) -> None:
    # Whoever makes an offer at the same time writes the same row: one of the two is run again.
    withdrawn: dict[str, Any] = {"status": ListingStatus.WITHDRAWN.value}
    await hand.store.write.update(LISTINGS, key, hand.actor, withdrawn, when=WITHOUT_OFFERS)


async def _views(hand: Change, key: ObjectId) -> int:
    """Remove some of what was seen of the listing; the number removed."""
    rows = await hand.store.read.some(Ask(PROPERTY_VIEWS, where={"listingId": key}), hand.actor, BATCH)
    if not rows:
        return 0
    some = {"listingId": key, "_id": {"$in": [row["_id"] for row in rows]}}
    return await hand.store.write.effect_delete(PROPERTY_VIEWS, some)


async def _rest(hand: Change, key: ObjectId) -> None:
    await hand.store.write.delete(LISTINGS, key, hand.actor, WITHOUT_OFFERS)
    portals = await hand.store.read.some(Ask(SELLER_SESSIONS, where={"listingId": key}), hand.actor, BATCH)
    said = {"sessionType": SessionType.SELLER.value, "sessionId": {"$in": [portal["_id"] for portal in portals]}}
    await hand.store.write.effect_delete(AGENT_INTERACTIONS, said)
    for table in BELOW:
        await hand.store.write.effect_delete(table, {"listingId": key})


@strawberry.type
class ListingDeleteMutations:
    estateListingDelete: EstateListingDeletePayload = change(
        delete, "Delete one of your listings on which nobody has made an offer.", atomic=False
    )
