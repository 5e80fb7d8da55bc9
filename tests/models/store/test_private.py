"""Private columns: blanked in each row whose rule does not admit the caller, and in no other."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId

from models.actor import ANONYMOUS, Actor, ActorKind
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.user import USERS
from models.policy import NOBODY
from models.store import Store
from models.store.ask import Ask, One
from models.store.private import redact
from tests.factories import advisor as make
from tests.fixtures.wire import People
from tests.models.store.people import ANSWERING, operator, person

OWNER = person()
MET = ObjectId()

MARKET: dict[str, Any] = {
    "_id": ObjectId(),
    "isPublic": True,
    "status": "active",
    "persona": {"name": "Ada", "title": "Strategist", "bio": "Long."},
    "roleDefinition": {"mission": "Win."},
    "metadata": {"author": "Bo", "owner": {"org": "Acme"}},
}
ARCHIVED: dict[str, Any] = {**MARKET, "_id": MET, "status": "archived", "ownerId": OWNER.profiles["advisor"]}


def _seen(row: dict[str, Any], actor: Actor, *columns: str) -> dict[str, Any]:
    shown = deepcopy(row)
    redact(Ask(ADVISORS, frozenset(columns)), actor, [shown])
    return shown


@pytest.mark.parametrize("actor", [ANONYMOUS, person()], ids=["anonymous", "other"])
def test_prompt_material_is_blanked_for_strangers(actor: Actor) -> None:
    seen = _seen(MARKET, actor, "persona", "roleDefinition", "metadata")
    assert seen["persona"] == MARKET["persona"]
    assert "roleDefinition" not in seen
    assert seen["metadata"] == {"author": "Bo"}


@pytest.mark.parametrize("actor", [operator(), ANSWERING], ids=["operator", "service"])
def test_keepers_see_all(actor: Actor) -> None:
    assert _seen(MARKET, actor, "persona", "roleDefinition", "metadata") == MARKET


def test_who_once_met_it_sees_name_and_image_alone() -> None:
    met = person(advisor_met=frozenset({MET}))
    seen = _seen(ARCHIVED, met, "persona", "roleDefinition", "metadata", "ownerId")
    # The columns that the rules read are in every row that the store fetched; no field of the API shows them unasked.
    assert seen == {"_id": MET, "isPublic": True, "status": "archived", "persona": {"name": "Ada"}}


def test_the_owner_of_an_archived_one_sees_all() -> None:
    assert _seen(ARCHIVED, OWNER, "persona", "roleDefinition", "metadata", "ownerId") == ARCHIVED


def test_a_path_is_blanked_and_its_neighbours_stay() -> None:
    seen = _seen(MARKET, ANONYMOUS, "metadata.owner.org", "metadata.author")
    assert seen["metadata"] == {"author": "Bo"}


def test_each_row_is_decided_for_itself() -> None:
    me = person()
    mine, other = {"_id": me.profiles["advisor"], "email": "a@b.c"}, {"_id": ObjectId(), "email": "d@e.f"}
    rows: list[dict[str, Any]] = [mine, other]
    redact(Ask(USERS, frozenset({"email"})), me, rows)
    assert rows == [{"_id": me.profiles["advisor"], "email": "a@b.c"}, {"_id": other["_id"]}]


def test_what_was_not_asked_for_costs_nothing() -> None:
    row: dict[str, Any] = {"_id": ObjectId(), "name": "Ann"}
    redact(Ask(USERS, frozenset({"name"})), ANONYMOUS, [row])
    assert set(row) == {"_id", "name"}


def test_a_document_that_is_not_there_is_left_alone() -> None:
    assert "metadata" not in _seen({"_id": ObjectId(), "isPublic": True}, ANONYMOUS, "metadata.owner")


async def test_a_private_reference_is_not_followed(store: Store, people: People) -> None:
    ann = await people.person("ann")
    advisor = await make.advisor()
    conversation = await make.conversation(ann, activeAdvisorId=advisor["_id"])
    owner = Actor(ActorKind.ACCOUNT, "ann", ann.account, {"advisor": ann.profile or ObjectId()})
    secretive = replace(CONVERSATIONS, policy=replace(CONVERSATIONS.policy, private={"activeAdvisorId": NOBODY}))
    leads = One("advisor", "activeAdvisorId", Ask(ADVISORS, frozenset({"persona.name"})))
    found = []
    for table in (CONVERSATIONS, secretive):
        row = await store.read.one(
            Ask(table, frozenset({leads.column}), {"_id": conversation["_id"]}, children=(leads,)), owner
        )
        assert row is not None
        found.append((row.get("activeAdvisorId"), row["advisor"]))
    shown = {"_id": advisor["_id"], "persona": {"name": "Ada"}}
    assert found == [(advisor["_id"], shown), (None, None)]
