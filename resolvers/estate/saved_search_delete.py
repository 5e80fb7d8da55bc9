"""A saved search is deleted, with all that it has found."""

import strawberry

from models import global_id
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="A saved search to delete.")
class EstateSavedSearchDeleteInput(Input):
    id: strawberry.ID = required("Search to delete.")


@strawberry.type(description="The search that was deleted.")
class EstateSavedSearchDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the deleted search.")


async def delete(hand: Change, input: EstateSavedSearchDeleteInput) -> Outcome:
    """Delete a saved search and its matches, which the worker makes for none that is gone."""
    key = hand.key(SAVED_SEARCHES, input.id)
    await hand.store.write.delete(SAVED_SEARCHES, key, hand.actor)
    await hand.store.write.effect_delete(SAVED_SEARCH_MATCHES, {"savedSearchId": key})
    return {"deletedId": global_id.encode(SAVED_SEARCHES.tag, key)}


@strawberry.type
class SavedSearchDeleteMutations:
    estateSavedSearchDelete: EstateSavedSearchDeletePayload = change(
        delete, "Delete a saved search, and what it has found by itself."
    )
