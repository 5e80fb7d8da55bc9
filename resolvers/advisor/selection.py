"""AdvisorSelection: an advisor on a person's board."""

import strawberry
from bson import ObjectId

from models import global_id
from models.actor import Actor
from models.advisor.advisor import ADVISORS
from models.advisor.rules import OWNER, PRODUCT
from models.advisor.selection import SELECTIONS, SelectionRow, SelectionSource
from models.advisor.user import USERS
from models.errors import not_found
from models.policy import Filter, both
from models.store.ask import Ask
from models.validation import build
from resolvers.adjectives import TEXTS, choices, ids, orders, where
from resolvers.advisor.advisor import Advisor
from resolvers.advisor.scope import CHOOSABLE_BY, refuse_unchoosable
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, computed, identity, node, reference, viewer_can
from resolvers.verbs.read import listed
from resolvers.verbs.relate import edge, one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

choice(
    SelectionSource,
    "AdvisorSelectionSource",
    "How an advisor came to a board.",
    MARKETPLACE="Chosen in the marketplace.",
    TEAM="Chosen with a team.",
    MIGRATION="Brought over from an earlier system.",
    CUSTOM="Chosen from the person's own advisors.",
)


@node(SELECTIONS, "An advisor on a person's board. Only the person sees it.")
class AdvisorSelection(Node):
    id: strawberry.ID = identity(SELECTIONS)
    userId: strawberry.ID = reference(USERS, "userId", "Whose board it is.")
    advisorId: strawberry.ID = reference(ADVISORS, "advisorId", "The advisor.")
    advisor: Advisor | None = one(ADVISORS, "advisorId", "The advisor; null while it is inactive and not yours.")
    selectedAt: Timestamp = column("When it was chosen.")
    source: SelectionSource = column("How it came to the board.")
    teamId: str | None = column("Slug of the team that it was chosen with.")
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When the entry was made.")
    updatedAt: Timestamp = column("When the entry was last changed.")
    viewerCanDelete: bool = viewer_can(SELECTIONS, "delete", "Whether you may take it off the board.")


def _on_board(actor: Actor) -> Filter:
    return both(OWNER.filter(actor), {"hidden": False})


BOARD = Listing(
    SELECTIONS,
    orders("AdvisorBoard", SELECTED_AT=("-selectedAt",)),
    fixed=("userId", "hidden"),
    scope=_on_board,
    where=where(
        SELECTIONS,
        source=choices(SelectionSource, "AdvisorSelectionSource"),
        teamId=TEXTS,
        advisorId=ids(ADVISORS),
    ),
)


@strawberry.type
class SelectionQueries:
    advisorBoard: Connection[AdvisorSelection] = listed(BOARD, "Your board, newest choice first.")


@strawberry.input(description="An advisor to put on the board.")
class AdvisorSelectInput(Input):
    advisorId: strawberry.ID = required("The advisor: an active one of the marketplace, or one of your own.")


@strawberry.type(description="The entry of the advisor on the board.")
class AdvisorSelectPayload(Payload):
    selection: AdvisorSelection | None = one(SELECTIONS, "selection", "The entry, new or as it was.")
    selectionEdge: Edge[AdvisorSelection] | None = edge(
        SELECTIONS, "selection", BOARD.orders.order(None), "The entry in your board."
    )
    created: bool = computed(
        lambda outcome: outcome.get("created", False), description="Whether the entry is new; false when it was there."
    )


async def select(hand: Change, input: AdvisorSelectInput) -> Outcome:
    """Put an advisor on the board, unless it is there."""
    person = hand.profile(PRODUCT)
    key = hand.key(ADVISORS, input.advisorId, "advisorId")
    advisor = await hand.readable(ADVISORS, key, *CHOOSABLE_BY, field="advisorId")
    refuse_unchoosable(advisor, person, "advisorId")
    source = SelectionSource.MARKETPLACE if advisor.get("isPublic") else SelectionSource.CUSTOM
    row = build(SelectionRow, {"userId": person, "advisorId": key, "source": source})
    selection, created = await put(hand, row)
    return {"selection": selection, "created": created}


async def put(hand: Change, row: SelectionRow) -> tuple[ObjectId, bool]:
    """The id of the entry of a person and an advisor, and whether it was made now; the advisor counts a new one.

    The count is written in the transaction of the entry, so that archiving the advisor at the same time meets it.
    """
    if await hand.store.write.hold(USERS, {"_id": row.userId}) is None:
        # The profile is being deleted: nothing may be made that outlives it.
        raise not_found(USERS.noun)
    pair = {"userId": row.userId, "advisorId": row.advisorId}
    entry, created = await hand.store.write.upsert(SELECTIONS, pair, row, hand.actor, {})
    if created:
        await hand.store.write.effect_one(ADVISORS, {"_id": row.advisorId}, {"$inc": {"selectionCount": 1}}, quiet=True)
    return entry["_id"], created


@strawberry.input(description="An advisor to take off the board.")
class AdvisorUnselectInput(Input):
    advisorId: strawberry.ID = required("The advisor.")


@strawberry.type(description="The entry that was taken off the board.")
class AdvisorUnselectPayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the entry that is gone.")


async def unselect(hand: Change, input: AdvisorUnselectInput) -> Outcome:
    """Take an advisor off the board."""
    person = hand.profile(PRODUCT)
    key = hand.key(ADVISORS, input.advisorId, "advisorId")
    pair = {"userId": person, "advisorId": key}
    entry = await hand.store.read.one(Ask(SELECTIONS, where=pair), hand.actor)
    if entry is None:
        raise not_found(SELECTIONS.noun, "advisorId")
    await unselect_row(hand, entry["_id"])
    return {"deletedId": global_id.encode(SELECTIONS.tag, entry["_id"])}


async def unselect_row(hand: Change, key: ObjectId) -> None:
    """Remove an entry of a board, and count it off its advisor, within the caller's transaction. Raises NOT_FOUND."""
    gone = await hand.store.write.delete(SELECTIONS, key, hand.actor)
    counted = {"_id": gone["advisorId"], "selectionCount": {"$gt": 0}}
    await hand.store.write.effect_one(ADVISORS, counted, {"$inc": {"selectionCount": -1}}, quiet=True)


@strawberry.type
class SelectionMutations:
    advisorSelect: AdvisorSelectPayload = change(select, "Put an advisor on your board; twice is once.")
    advisorUnselect: AdvisorUnselectPayload = change(unselect, "Take an advisor off your board.")


@strawberry.type
class SelectionSubscriptions:
    advisorBoardChanges: ListChange[AdvisorSelection] = watched(BOARD, "Your board, kept up to date.")
