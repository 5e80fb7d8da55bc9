"""Importing an advisor from a JSON document: every wrong key and value of it is named at once."""

from collections.abc import Mapping
from typing import Any

import strawberry

from models.advisor.advisor import ADVISORS, AdvisorRow
from models.errors import Code, Refusal
from models.validation import Refusals, build
from resolvers.advisor.advisor import CONTENT, MINE, Advisor, add, keeper
from resolvers.connection import Edge
from resolvers.scalars import JSON
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="An advisor as a JSON document.")
class AdvisorImportPersonaInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    json: JSON = required("The document; its keys are those of AdvisorCreateInput's content, `persona` among them.")


@strawberry.type(description="The advisor that was imported.")
class AdvisorImportPersonaPayload(Payload):
    advisor: Advisor | None = one(ADVISORS, "advisor", "The new advisor.")
    advisorEdge: Edge[Advisor] | None = edge(
        ADVISORS, "advisor", MINE.orders.order(None), "The new advisor in the list of your own."
    )


async def import_persona(hand: Change, input: AdvisorImportPersonaInput) -> Outcome:
    """Make a private advisor of the document, within the plan's limit."""
    owner = keeper(hand)
    key = hand.new_key(ADVISORS, input.id)
    return {"advisor": await add(hand, key, owner, content(hand.given["json"]))}


def content(document: Any) -> Mapping[str, Any]:
    """The columns that a document holds. Raises `Refusals` with the path of each key and value that is wrong."""
    if not isinstance(document, dict):
        raise Refusal(Code.INVALID, "The document must be a JSON object.", "json")
    known = {name: value for name, value in document.items() if name in CONTENT}
    wrong = [
        Refusal(Code.INVALID, f"No such key: use {', '.join(CONTENT)}.", "json", name)
        for name in document
        if name not in CONTENT
    ]
    try:
        build(AdvisorRow, known)
    except Refusals as values:
        wrong += [Refusal(found.code, found.message, "json", *found.field) for found in values.refusals]
    if wrong:
        raise Refusals(wrong)
    return known


@strawberry.type
class AdvisorImportMutations:
    advisorImportPersona: AdvisorImportPersonaPayload = change(
        import_persona, "Make a private advisor from a JSON document, within your plan's limit."
    )
