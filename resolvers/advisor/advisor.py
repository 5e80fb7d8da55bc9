"""Advisor: an AI advisor, a person's own or one of the marketplace."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from bson import ObjectId

from models.advisor.advisor import ADVISORS, OWN, AdvisorRow, AdvisorStatus
from models.advisor.rules import PRODUCT
from models.advisor.user import USERS
from models.errors import Code, Refusal
from models.policy import Filter
from models.validation import build
from resolvers.adjectives import BOOLEANS, TAGS, TEXTS, choices, orders, where
from resolvers.advisor.advisor_allowance import claim
from resolvers.advisor.advisor_input import AdvisorContentInput, AdvisorPersonaInput
from resolvers.advisor.persona import AdvisorLocalization, AdvisorMetadata, AdvisorPersona, AdvisorRoleDefinition
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import JSON, Timestamp
from resolvers.table import Node, choice, column, embedded, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.advisor.user import AdvisorUser

choice(
    AdvisorStatus,
    "AdvisorStatus",
    "Whether an advisor answers.",
    ACTIVE="It can be chosen and answers.",
    INACTIVE="It rests: it stays on the boards that it is on, is chosen by nobody, and may come back.",
    ARCHIVED="It has left for good: off every board, and seen by name and image by whom it has answered.",
)

CONTENT = (
    *("firstName", "lastName", "imageUrl", "schemaVersion", "category", "persona", "roleDefinition", "components"),
    *("metadata", "localization", "modelHint", "tags"),
)
"""The columns that are an advisor's content, written by whoever keeps it."""

NOT_ARCHIVED: Filter = {"status": {"$ne": AdvisorStatus.ARCHIVED.value}}


@node(ADVISORS, "An AI advisor. Of an archived one, people whom it has answered see name and image alone.")
class Advisor(Node):
    id: strawberry.ID = identity(ADVISORS)
    firstName: str | None = column("First name.")
    lastName: str | None = column("Last name.")
    imageUrl: str | None = column("Address of a picture.")
    schemaVersion: str | None = column("Version of the persona's format.")
    status: AdvisorStatus = column("Whether it answers.")
    ownerId: strawberry.ID | None = reference(USERS, "ownerId", "Owner of a private advisor; shown to the owner alone.")
    owner: Annotated["AdvisorUser", strawberry.lazy("resolvers.advisor.user")] | None = one(
        USERS, "ownerId", "Owner of a private advisor; shown to the owner alone."
    )
    isPublic: bool | None = column("Whether everyone finds it in the marketplace while it is active.")
    featured: bool | None = column("Whether the marketplace shows it first.")
    category: str | None = column("Category, e.g. 'business', 'marketing' or 'technical'.")
    persona: AdvisorPersona = embedded("Who it plays.")
    roleDefinition: AdvisorRoleDefinition | None = embedded("What it is told to do; shown to its owner alone.")
    components: list[JSON] | None = column("Further parts of its prompt; shown to its owner alone.")
    metadata: AdvisorMetadata | None = embedded("Where its description comes from.")
    localization: AdvisorLocalization | None = embedded("The languages that it speaks.")
    modelHint: str | None = column("Model that should answer; shown to its owner alone.")
    tags: list[str] | None = column("Tags.")
    deletedAt: Timestamp | None = column("When it was archived.")
    selectionCount: int | None = column("Number of people who chose it for their boards.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When it was made.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(ADVISORS, "update", "Whether you may change or archive it.")


ADVISOR_WHERE = where(
    ADVISORS,
    status=choices(AdvisorStatus, "AdvisorStatus"),
    category=TEXTS,
    tags=TAGS,
    featured=BOOLEANS,
    persona_name=TEXTS,
)

MINE = Listing(
    ADVISORS,
    orders("AdvisorsMine", CREATED_AT=("-createdAt",), NAME=("persona.name",)),
    fixed=("ownerId",),
    scope=OWN.filter,
    where=ADVISOR_WHERE,
)


@strawberry.type
class AdvisorQueries:
    advisor: Advisor | None = one_by_id(ADVISORS, "An advisor of the marketplace, or one of your own.")
    advisorsMine: Connection[Advisor] = listed(MINE, "Your own advisors, newest first, archived ones included.")


@strawberry.input(description="A new advisor.")
class AdvisorCreateInput(AdvisorContentInput):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    persona: AdvisorPersonaInput = required("Who it plays.")
    isPublic: bool | None = optional("Whether it enters the marketplace at once; for the operator alone.")
    featured: bool | None = optional("Whether the marketplace shows it first; for the operator alone.")


@strawberry.type(description="The advisor that was made.")
class AdvisorCreatePayload(Payload):
    advisor: Advisor | None = one(ADVISORS, "advisor", "The new advisor.")
    advisorEdge: Edge[Advisor] | None = edge(
        ADVISORS, "advisor", MINE.orders.order(None), "The new advisor in the list of your own."
    )


async def create(hand: Change, input: AdvisorCreateInput) -> Outcome:
    """Make an advisor: private within the plan's limit, or, by the operator, one of the marketplace."""
    owner = keeper(hand)
    for column_name in ("isPublic", "featured"):
        if hand.given.get(column_name) and not hand.actor.operator:
            raise Refusal(Code.FORBIDDEN, f"Only the operator may set {column_name}: leave it out.", column_name)
    key = hand.new_key(ADVISORS, input.id)
    return {"advisor": await add(hand, key, owner, hand.patch(*CONTENT, "isPublic", "featured"))}


def keeper(hand: Change) -> ObjectId | None:
    """Whose a new advisor is: the person's who makes it; the operator's are the marketplace's and have no owner."""
    profile = hand.profile(PRODUCT)
    return None if hand.actor.operator else profile


async def add(hand: Change, key: ObjectId, owner: ObjectId | None, values: Mapping[str, Any]) -> ObjectId:
    """Store a new advisor, counted against its owner's plan. Raises PLAN_REQUIRED, and `Refusals` for wrong values."""
    row = build(AdvisorRow, {**values, "id": key, "ownerId": owner})
    await hand.store.write.insert(ADVISORS, row, hand.actor)
    if owner is not None:
        await claim(hand, owner)
    return key


@strawberry.input(description="Changes of an advisor's content.")
class AdvisorUpdateInput(AdvisorContentInput):
    id: strawberry.ID = required("Id of the advisor.")
    expectedVersion: int | None = optional("Write only if the advisor is still at this version.")
    persona: AdvisorPersonaInput | None = optional("Who it plays.")


@strawberry.type(description="The advisor that was changed.")
class AdvisorUpdatePayload(Payload):
    advisor: Advisor | None = one(ADVISORS, "advisor", "The advisor as it is now.")


async def update(hand: Change, input: AdvisorUpdateInput) -> Outcome:
    """Change an advisor's content, unless it is archived."""
    key = hand.key(ADVISORS, input.id)
    await hand.store.write.update(
        ADVISORS,
        key,
        hand.actor,
        hand.patch(*CONTENT),
        expected_version=input.expectedVersion,
        when=NOT_ARCHIVED,
        otherwise="An archived advisor cannot be changed: make a new one.",
    )
    return {"advisor": key}


@strawberry.type
class AdvisorMutations:
    advisorCreate: AdvisorCreatePayload = change(create, "Make an advisor, private within your plan's limit.")
    advisorUpdate: AdvisorUpdatePayload = change(
        update, "Change an advisor's content; what is absent stays, null clears.", current="advisor"
    )
