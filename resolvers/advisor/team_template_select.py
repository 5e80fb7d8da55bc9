"""Choosing a team: each of its advisors is put on the board that can be, and each has a result of its own."""

from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.rules import PRODUCT
from models.advisor.selection import SELECTIONS, SelectionRow, SelectionSource
from models.advisor.team_template import TEAM_TEMPLATES
from models.errors import Refusal, not_found
from models.policy import RowData
from models.store.ask import Ask
from models.validation import build
from resolvers.advisor.scope import CHOOSABLE_BY, refuse_unchoosable
from resolvers.advisor.selection import AdvisorSelection, put
from resolvers.table import column
from resolvers.verbs.relate import one, parts
from resolvers.verbs.write import Change, Input, Outcome, Payload, UserError, change, required


@strawberry.type(description="What became of one advisor of a chosen team.")
class AdvisorTeamSelectResult:
    advisorId: strawberry.ID = column("The advisor.")
    selection: AdvisorSelection | None = one(SELECTIONS, "selection", "Its entry on the board, new or as it was.")
    created: bool = column("Whether the entry is new.")
    userError: UserError | None = column("Why it is not on the board; null when it is.")


@strawberry.input(description="A team to put on the board.")
class AdvisorTeamSelectInput(Input):
    slug: str = required("Readable id of the team.")


@strawberry.type(description="What became of each advisor of the team.")
class AdvisorTeamSelectPayload(Payload):
    results: list[AdvisorTeamSelectResult] = parts("One result an advisor, in the team's order.")


async def select_team(hand: Change, input: AdvisorTeamSelectInput) -> Outcome:
    """Put the advisors of a team on the board, as far as they can be chosen."""
    person = hand.profile(PRODUCT)
    ask = Ask(TEAM_TEMPLATES, frozenset({"advisorIds"}), where={"slug": input.slug})
    team = await hand.store.read.one(ask, hand.actor)
    if team is None:
        raise not_found(TEAM_TEMPLATES.noun, "slug")
    members: list[ObjectId] = team["advisorIds"]
    there = await hand.store.read.several(Ask(ADVISORS, frozenset(CHOOSABLE_BY)), members, hand.actor)
    results = [await _chosen(hand, person, key, there.get(key), input.slug) for key in members]
    return {"results": results}


async def _chosen(hand: Change, person: ObjectId, key: ObjectId, advisor: RowData | None, slug: str) -> dict[str, Any]:
    result = {"advisorId": global_id.encode(ADVISORS.tag, key), "selection": None, "created": False, "userError": None}
    try:
        if advisor is None:
            raise not_found(ADVISORS.noun)
        refuse_unchoosable(advisor, person, "advisorId")
    except Refusal as refusal:
        return {**result, "userError": {"code": refusal.code.value, "message": refusal.message, "field": None}}
    row = build(SelectionRow, {"userId": person, "advisorId": key, "source": SelectionSource.TEAM, "teamId": slug})
    selection, created = await put(hand, row)
    return {**result, "selection": selection, "created": created}


@strawberry.type
class TeamTemplateSelectMutations:
    advisorTeamSelect: AdvisorTeamSelectPayload = change(
        select_team, "Put every advisor of a team on your board that can be chosen."
    )
