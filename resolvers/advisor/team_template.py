"""AdvisorTeamTemplate: a team of advisors that is chosen in one step."""

from collections.abc import Sequence

import strawberry
from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.selection import SELECTIONS
from models.advisor.team_template import TEAM_TEMPLATES, TeamTemplateRow
from models.errors import Code, Refusal
from models.store.ask import Ask
from models.validation import Refusals, build
from resolvers.adjectives import BOOLEANS, TEXTS, orders, where
from resolvers.advisor.advisor import Advisor
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, computed, identity, node, viewer_can
from resolvers.verbs.read import listed, one_by
from resolvers.verbs.relate import edge, one, several
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@node(TEAM_TEMPLATES, "A team of advisors that is chosen in one step.")
class AdvisorTeamTemplate(Node):
    id: strawberry.ID = identity(TEAM_TEMPLATES)
    slug: str = column("Readable id, which never changes.")
    name: str = column("Name of the team.")
    description: str = column("What the team is for.")
    category: str = column("Category, e.g. 'startup', 'marketing', 'development' or 'sales'.")
    advisorIds: list[strawberry.ID] = computed(
        lambda row: [global_id.encode(ADVISORS.tag, key) for key in row["advisorIds"]],
        "advisorIds",
        description="The advisors of the team, in order.",
    )
    advisors: list[Advisor] = several(
        ADVISORS, "advisorIds", "The advisors of the team, in order, without those that you may not see."
    )
    icon: str | None = column("Address of a picture.")
    featured: bool = column("Whether it is shown first.")
    sortOrder: int = column("Place in the list, lowest first.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When it was made.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(TEAM_TEMPLATES, "update", "Whether you may change it.")
    viewerCanDelete: bool = viewer_can(TEAM_TEMPLATES, "delete", "Whether you may delete it.")


TEMPLATES = Listing(
    TEAM_TEMPLATES,
    orders("AdvisorTeamTemplate", SORT=("sortOrder", "name"), NAME=("name",)),
    fixed=(),
    where=where(TEAM_TEMPLATES, category=TEXTS, featured=BOOLEANS),
)


@strawberry.type
class TeamTemplateQueries:
    advisorTeamTemplates: Connection[AdvisorTeamTemplate] = listed(TEMPLATES, "The teams, in their sort order.")
    advisorTeamTemplate: AdvisorTeamTemplate | None = one_by(
        TEAM_TEMPLATES, "slug", "A team by its readable id.", "Readable id of the team."
    )


@strawberry.input(description="A new team.")
class AdvisorTeamTemplateCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    slug: str = required("Readable id: small letters and digits, in words joined by '-'.")
    name: str = required("Name of the team.")
    description: str = required("What the team is for.")
    category: str = required("Category, e.g. 'startup', 'marketing', 'development' or 'sales'.")
    advisorIds: list[strawberry.ID] = required("The advisors of the team, in order, at most 50, each once.")
    icon: str | None = optional("Address of a picture.")
    featured: bool | None = optional("Whether it is shown first; false unless given.")
    sortOrder: int | None = optional("Place in the list, lowest first; 0 unless given.")


@strawberry.type(description="The team that was made.")
class AdvisorTeamTemplateCreatePayload(Payload):
    teamTemplate: AdvisorTeamTemplate | None = one(TEAM_TEMPLATES, "teamTemplate", "The new team.")
    teamTemplateEdge: Edge[AdvisorTeamTemplate] | None = edge(
        TEAM_TEMPLATES, "teamTemplate", TEMPLATES.orders.order(None), "The new team in the list."
    )


async def create(hand: Change, input: AdvisorTeamTemplateCreateInput) -> Outcome:
    """Make a team."""
    key = hand.new_key(TEAM_TEMPLATES, input.id)
    members = _members(hand, input.advisorIds)
    said = hand.patch("slug", *CONTENT)
    row = build(TeamTemplateRow, {**said, "id": key, "advisorIds": members})
    await hand.store.write.insert(TEAM_TEMPLATES, row, hand.actor)
    await _refuse_missing(hand, members)
    return {"teamTemplate": key}


CONTENT = ("name", "description", "category", "icon", "featured", "sortOrder")


def _members(hand: Change, ids: Sequence[str]) -> list[ObjectId]:
    """The advisors' ids. Raises `Refusals` that name the places of those that are none, or there twice."""
    wrong, seen = [], dict[ObjectId, None]()
    for place, text in enumerate(ids):
        key = global_id.decode(ADVISORS, text)
        if key is None:
            wrong.append(_no_such_advisor(place))
        elif key in seen:
            wrong.append(Refusal(Code.INVALID, "This advisor is named twice: leave it out.", "advisorIds", str(place)))
        else:
            seen[key] = None
    if wrong:
        raise Refusals(wrong)
    return list(seen)


async def _refuse_missing(hand: Change, members: Sequence[ObjectId]) -> None:
    """Raise `Refusals` that name the places of advisors which are not there.

    Called after the write, which is undone then: whether an advisor is there is told to those alone who may write.
    """
    there = await hand.store.read.several(Ask(ADVISORS), members, hand.actor)
    wrong = [_no_such_advisor(place) for place, key in enumerate(members) if key not in there]
    if wrong:
        raise Refusals(wrong)


def _no_such_advisor(place: int) -> Refusal:
    return Refusal(Code.NOT_FOUND, f"No such {ADVISORS.noun}.", "advisorIds", str(place))


@strawberry.input(description="Changes of a team.")
class AdvisorTeamTemplateUpdateInput(Input):
    id: strawberry.ID = required("Id of the team.")
    expectedVersion: int | None = optional("Write only if the team is still at this version.")
    name: str | None = optional("Name of the team.")
    description: str | None = optional("What the team is for.")
    category: str | None = optional("Category, e.g. 'startup', 'marketing', 'development' or 'sales'.")
    advisorIds: list[strawberry.ID] | None = optional("The advisors of the team, in order, at most 50, each once.")
    icon: str | None = optional("Address of a picture.")
    featured: bool | None = optional("Whether it is shown first.")
    sortOrder: int | None = optional("Place in the list, lowest first.")


@strawberry.type(description="The team that was changed.")
class AdvisorTeamTemplateUpdatePayload(Payload):
    teamTemplate: AdvisorTeamTemplate | None = one(TEAM_TEMPLATES, "teamTemplate", "The team as it is now.")


async def update(hand: Change, input: AdvisorTeamTemplateUpdateInput) -> Outcome:
    """Change a team; its slug stays, since boards and links hold it."""
    key = hand.key(TEAM_TEMPLATES, input.id)
    changes = hand.patch(*CONTENT, "advisorIds")
    members = _members(hand, input.advisorIds or ())
    if input.advisorIds is not None:
        changes["advisorIds"] = members
    await hand.store.write.update(TEAM_TEMPLATES, key, hand.actor, changes, expected_version=input.expectedVersion)
    await _refuse_missing(hand, members)
    return {"teamTemplate": key}


@strawberry.input(description="A team to delete.")
class AdvisorTeamTemplateDeleteInput(Input):
    id: strawberry.ID = required("Id of the team.")


@strawberry.type(description="The team that was deleted.")
class AdvisorTeamTemplateDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the team that is gone.")


async def delete(hand: Change, input: AdvisorTeamTemplateDeleteInput) -> Outcome:
    """Delete a team; advisors chosen with it stay on their boards, without its slug.

    Everybody's entries that were chosen with it change in one transaction: their number has no bound but the time of an
    operation. When that is over nothing has changed, and the operator gives it more time (OPERATION_SECONDS).
    """
    key = hand.key(TEAM_TEMPLATES, input.id)
    gone = await hand.store.write.delete(TEAM_TEMPLATES, key, hand.actor)
    await hand.store.write.effect(SELECTIONS, {"teamId": gone["slug"]}, {"$unset": {"teamId": ""}})
    return {"deletedId": global_id.encode(TEAM_TEMPLATES.tag, key)}


@strawberry.type
class TeamTemplateMutations:
    advisorTeamTemplateCreate: AdvisorTeamTemplateCreatePayload = change(create, "Make a team; for the operator.")
    advisorTeamTemplateUpdate: AdvisorTeamTemplateUpdatePayload = change(
        update, "Change a team; what is absent stays, null clears. For the operator.", current="teamTemplate"
    )
    advisorTeamTemplateDelete: AdvisorTeamTemplateDeletePayload = change(delete, "Delete a team; for the operator.")
