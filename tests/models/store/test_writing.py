"""Writes: each is one conditional statement under the policy, and a refused one writes nothing."""

from typing import Any

import pytest
from bson import ObjectId

from models.actor import ANONYMOUS, Actor
from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.memory import MEMORIES, MemoryRow
from models.advisor.message import MESSAGES
from models.advisor.team_template import TEAM_TEMPLATES
from models.errors import Code, Refusal
from models.store import Store
from models.validation import Refusals
from tests.factories import advisor as make
from tests.models.store.people import ANSWERING, operator, person


async def _conversation(store: Store, owner: Actor, **values: Any) -> ObjectId:
    row = ConversationRow(userId=owner.profiles["advisor"], title="Plans", **values)
    return await store.write.insert(CONVERSATIONS, row, owner)


async def _stored(store: Store, key: ObjectId) -> dict[str, Any] | None:
    return await store._database[CONVERSATIONS.collection].find_one({"_id": key})


async def test_insert_stores_what_was_given(store: Store) -> None:
    owner = person()
    row = await _stored(store, await _conversation(store, owner))
    assert row is not None
    assert {**row, "_id": 0, "createdAt": 0, "updatedAt": 0} == {
        "_id": 0,
        "version": 1,
        "createdAt": 0,
        "updatedAt": 0,
        "userId": owner.profiles["advisor"],
        "title": "Plans",
        "messageCount": 0,
    }


@pytest.mark.parametrize(
    ("actor", "code", "message"),
    [
        (ANONYMOUS, Code.UNAUTHENTICATED, "Sign in first: send a bearer token."),
        (person(), Code.FORBIDDEN, "You may not create this conversation."),
        (operator(), Code.FORBIDDEN, "You may not create this conversation."),
        (ANSWERING, Code.FORBIDDEN, "You may not create this conversation."),
    ],
    ids=["anonymous", "other", "operator", "service"],
)
async def test_insert_is_refused_by_the_rule(store: Store, actor: Actor, code: Code, message: str) -> None:
    row = ConversationRow(userId=ObjectId())
    with pytest.raises(Refusal) as refused:
        await store.write.insert(CONVERSATIONS, row, actor)
    assert (refused.value.code, refused.value.message) == (code, message)
    assert await store._database[CONVERSATIONS.collection].count_documents({"userId": row.userId}) == 0


async def test_insert_of_a_taken_value_names_the_column(store: Store, empty: None) -> None:
    await make.team_template("taken")
    with pytest.raises(Refusal) as refused:
        await make_template(store, "taken")
    assert (refused.value.code, refused.value.field) == (Code.ALREADY_EXISTS, ("slug",))
    assert refused.value.message == "There is already a team template with this slug."


async def make_template(store: Store, slug: str) -> ObjectId:
    """Store a team template as an operator does."""
    row = TEAM_TEMPLATES.row(slug=slug, name="Team", description="Four.", category="startup")
    return await store.write.insert(TEAM_TEMPLATES, row, operator())


async def test_insert_of_a_taken_id_names_the_id(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner)
    with pytest.raises(Refusal) as refused:
        await _conversation(store, owner, id=key)
    assert (refused.value.code, refused.value.field) == (Code.ALREADY_EXISTS, ("id",))


async def test_update_changes_and_raises_the_version(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner, updatedAt=5)
    row = await store.write.update(CONVERSATIONS, key, owner, {"title": "New"}, expected_version=1)
    assert (row["title"], row["version"]) == ("New", 2)
    assert row["updatedAt"] > 5
    assert row == await _stored(store, key)


async def test_update_that_names_nothing_writes_nothing(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner, updatedAt=5)
    before = await _stored(store, key)
    assert await store.write.update(CONVERSATIONS, key, owner, {}, expected_version=1) == before
    assert await _stored(store, key) == before
    with pytest.raises(Refusal) as refused:
        await store.write.update(CONVERSATIONS, key, owner, {}, expected_version=2)
    assert refused.value.code is Code.STALE_VERSION
    with pytest.raises(Refusal) as refused:
        await store.write.update(CONVERSATIONS, key, person(), {})
    assert refused.value.code is Code.NOT_FOUND


async def test_update_of_a_stale_version_writes_nothing(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner)
    await store.write.update(CONVERSATIONS, key, owner, {"title": "New"}, expected_version=1)
    before = await _stored(store, key)
    with pytest.raises(Refusal) as refused:
        await store.write.update(CONVERSATIONS, key, owner, {"title": "Late"}, expected_version=1)
    assert (refused.value.code, refused.value.field) == (Code.STALE_VERSION, ("expectedVersion",))
    assert refused.value.message == "The conversation is at version 2, not 1."
    assert await _stored(store, key) == before


@pytest.mark.parametrize("actor", [ANONYMOUS, person(), operator(), ANSWERING], ids=lambda actor: actor.kind)
@pytest.mark.parametrize("verb", ["update", "delete"])
async def test_what_may_not_be_read_is_not_there(store: Store, actor: Actor, verb: str) -> None:
    key = await _conversation(store, person())
    before = await _stored(store, key)
    for wanted in (key, ObjectId()):
        with pytest.raises(Refusal) as refused:
            await _attempt(store, verb, wanted, actor)
        assert (refused.value.code, refused.value.message) == (Code.NOT_FOUND, "No such conversation.")
        assert refused.value.field == ("id",)
    assert await _stored(store, key) == before


async def _attempt(store: Store, verb: str, key: ObjectId, actor: Actor) -> None:
    if verb == "update":
        await store.write.update(CONVERSATIONS, key, actor, {"title": "Mine"})
    else:
        await store.write.delete(CONVERSATIONS, key, actor)


async def test_what_may_be_read_and_not_changed_is_forbidden(store: Store) -> None:
    owner = person()
    key = ObjectId()
    row = {"_id": key, "userId": owner.profiles["advisor"], "sender": "advisor", "content": "So", "version": 1}
    await store._database[MESSAGES.collection].insert_one(row)
    with pytest.raises(Refusal) as refused:
        await store.write.update(MESSAGES, key, owner, {"content": "Else"})
    assert refused.value.code is Code.FORBIDDEN
    assert await store._database[MESSAGES.collection].find_one({"_id": key}) == row


async def test_update_in_the_wrong_state_says_so(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner)
    with pytest.raises(Refusal) as refused:
        await store.write.update(
            CONVERSATIONS, key, owner, {"title": "New"}, when={"messageCount": 3}, otherwise="It has not three."
        )
    assert (refused.value.code, refused.value.message) == (Code.WRONG_STATE, "It has not three.")
    row = await _stored(store, key)
    assert row is not None
    assert (row["title"], row["version"]) == ("Plans", 1)


async def test_update_with_a_wrong_value_names_the_column(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner)
    with pytest.raises(Refusals) as refused:
        await store.write.update(CONVERSATIONS, key, owner, {"title": "x" * 201, "activeAdvisorId": 5})
    assert [(r.code, r.field) for r in refused.value.refusals] == [
        (Code.TOO_LONG, ("title",)),
        (Code.INVALID, ("activeAdvisorId",)),
    ]
    row = await _stored(store, key)
    assert row is not None
    assert row["version"] == 1


async def test_delete_answers_with_what_it_was(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner)
    before = await _stored(store, key)
    assert await store.write.delete(CONVERSATIONS, key, owner) == before
    assert await _stored(store, key) is None


async def test_delete_in_the_wrong_state_leaves_the_row(store: Store) -> None:
    owner = person()
    key = await _conversation(store, owner)
    with pytest.raises(Refusal) as refused:
        await store.write.delete(CONVERSATIONS, key, owner, when={"messageCount": 1})
    assert refused.value.code is Code.WRONG_STATE
    assert await _stored(store, key) is not None


async def _remember(store: Store, owner: Actor, unique: dict[str, Any], value: str) -> tuple[dict[str, Any], bool]:
    row = MemoryRow(userId=owner.profiles["advisor"], value=value, **unique)
    return await store.write.upsert(MEMORIES, unique, row, owner, {"value": value})


async def test_upsert_makes_once_and_then_changes(store: Store) -> None:
    owner = person()
    unique = {"conversationId": ObjectId(), "advisorId": ObjectId(), "key": "goal"}
    first, made = await _remember(store, owner, unique, "grow")
    assert (made, first["value"], first["version"]) == (True, "grow", 1)
    second, made = await _remember(store, owner, unique, "rest")
    assert (made, second["_id"], second["value"], second["version"]) == (False, first["_id"], "rest", 2)
    assert second["createdAt"] == first["createdAt"]


async def test_upsert_is_refused_by_the_rule(store: Store) -> None:
    unique = {"conversationId": ObjectId(), "advisorId": ObjectId(), "key": "goal"}
    row = MemoryRow(userId=ObjectId(), value="grow", **unique)
    with pytest.raises(Refusal) as refused:
        await store.write.upsert(MEMORIES, unique, row, person(), {"value": "grow"})
    assert refused.value.code is Code.FORBIDDEN
    assert await store._database[MEMORIES.collection].count_documents(unique) == 0


async def test_effects_ask_no_rule_and_raise_the_version(store: Store) -> None:
    key = await _conversation(store, person())
    assert await store.write.effect(CONVERSATIONS, {"_id": key}, {"$inc": {"messageCount": 2}}) == 1
    row = await store.write.effect_one(CONVERSATIONS, {"_id": key, "messageCount": 2}, {"$set": {"title": "Full"}})
    assert row is not None
    assert (row["title"], row["messageCount"], row["version"]) == ("Full", 2, 3)
    assert await store.write.effect_one(CONVERSATIONS, {"_id": key, "messageCount": 9}, {"$set": {"title": ""}}) is None
    assert await store.write.effect_delete(CONVERSATIONS, {"_id": key}) == 1
