"""Who may see a row is asked anew at each change of it, and who the caller is whenever that may have changed."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from models import global_id
from models.actor import ANONYMOUS as NOBODY
from models.actor import ActorKind
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Answer, Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.models.store.live.copies import FOLLOW, hurry, of

CONVERSATIONS = "subscription { advisorConversationChanges { kind id node { title } } }"

MARKETPLACE = """subscription {
  advisorMarketplaceChanges { kind id node { persona { name } modelHint viewerCanUpdate } }
}"""


def _said(event: Answer) -> tuple[str, Any]:
    return event["kind"], event["node"]


async def test_a_row_that_changes_hands_leaves_one_list_and_enters_the_other(
    people: People, lists: Lists, database: Database
) -> None:
    ada, bob = await people.person("ada"), await people.person("bob")
    row = await rows.conversation(ada, title="Plans")
    hers = await lists.follow(CONVERSATIONS, by=ada)
    his = await lists.follow(CONVERSATIONS, by=bob)
    assert (await hers.synced(), await his.synced()) == ([{"title": "Plans"}], [])
    await database["advisor_conversations"].update_one(
        {"_id": row["_id"]}, {"$set": {"userId": bob.profile, "title": "His plans"}}
    )
    key = global_id.encode("aCon", row["_id"])
    assert await hers.event() == {"kind": "REMOVED", "id": key, "node": None}
    assert await his.event() == {"kind": "ADDED", "id": key, "node": {"title": "His plans"}}
    await database["advisor_conversations"].update_one({"_id": row["_id"]}, {"$set": {"title": "Secret"}})
    assert _said(await his.event()) == ("CHANGED", {"title": "Secret"})
    await hers.quiet()


async def test_private_columns_differ_in_one_and_the_same_change(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keepers read what an advisor is made of, everybody else who it is."""
    hurry(monkeypatch)
    ada, bob, root = await people.person("ada"), await people.person("bob"), await people.operator("root")
    row = await rows.advisor(ada, name="Ada", isPublic=True, modelHint="small")
    seen: dict[str, Any] = {"persona": {"name": "Ada"}, "modelHint": None, "viewerCanUpdate": False}
    kept = seen | {"modelHint": "small", "viewerCanUpdate": True}
    service = people.service("answering")
    expected = {ada: kept, bob: seen, root: kept, ANONYMOUS: seen, service: kept | {"viewerCanUpdate": False}}
    following = {caller: await lists.follow(MARKETPLACE, by=caller) for caller in expected}
    assert {caller: await live.synced() for caller, live in following.items()} == {
        caller: [node] for caller, node in expected.items()
    }
    await database[ADVISORS.collection].update_one({"_id": row["_id"]}, {"$set": {"modelHint": "large"}})
    for caller in (ada, root, service):
        event = await following[caller].event()
        assert _said(event) == ("CHANGED", expected[caller] | {"modelHint": "large"}), caller.name
    # To all others nothing has happened: what they hear next is the next change.
    # As somebody else's: who kept it is a stranger now.
    await database[ADVISORS.collection].update_one({"_id": row["_id"]}, {"$set": {"ownerId": bob.profile}})
    assert _said(await following[ada].event()) == ("CHANGED", seen)
    assert _said(await following[bob].event()) == ("CHANGED", kept | {"modelHint": "large"})
    assert _said(await following[ANONYMOUS].event()) == ("CHANGED", seen)


async def test_in_doubt_nothing_is_told_until_it_is_known_who_asks(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    live = await lists.follow(FOLLOW, of(conversation), by=ada)
    await live.synced()
    live.context.doubt()
    await rows.message(conversation, "meanwhile")
    waiting = asyncio.create_task(live.event())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    live.context.renew(replace(live.context.actor))
    event = await waiting
    assert (event["kind"], event["node"]["content"]) == ("ADDED", "meanwhile")


async def test_a_snapshot_too_waits_while_there_is_doubt(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    await rows.message(conversation, "one")
    live = await lists.follow(FOLLOW, of(conversation), by=ada)
    live.context.doubt()
    waiting = asyncio.create_task(live.answer())
    await asyncio.sleep(0.2)
    assert not waiting.done()
    live.context.renew(NOBODY)
    assert (await waiting)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_who_stays_who_he_is_misses_nothing(people: People, lists: Lists) -> None:
    """Also in a list whose rows end by time, and whose filter so is another at each moment."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    typing = "subscription ($id: ID!) { advisorTypingChanges(conversationId: $id) { kind node { isTyping } } }"
    for document in (FOLLOW, typing):
        live = await lists.follow(document, of(conversation), by=ada)
        await live.synced()
        live.context.doubt()
        live.context.renew(replace(live.context.actor))
        await live.quiet()


async def test_other_rights_are_told_as_another_list(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    root = await people.operator("root")
    row = await rows.advisor(name="Ada", modelHint="small")
    live = await lists.follow(MARKETPLACE, by=root)
    assert [node["modelHint"] for node in await live.synced()] == ["small"]
    live.context.renew(replace(live.context.actor, kind=ActorKind.ACCOUNT))
    assert _said(await live.event()) == ("RESYNC", None)
    assert [node["modelHint"] for node in await live.synced()] == [None]
    await database[ADVISORS.collection].update_one(
        {"_id": row["_id"]}, {"$set": {"modelHint": "large", "persona.name": "Ada L."}}
    )
    assert (await live.event())["node"]["modelHint"] is None


async def test_what_waits_is_not_told_by_rights_that_are_gone(people: People, lists: Lists) -> None:
    """Renewed while nobody reads: neither the rest of a snapshot nor that of the changes is for who he was."""
    ada, bob = await people.person("ada"), await people.person("bob")
    conversation = await rows.conversation(ada)
    begun = await lists.follow(FOLLOW, of(conversation), by=ada)
    await begun.synced()
    for number in range(3):
        await rows.message(conversation, f"for ada: {number}")
    beginning = await lists.follow(FOLLOW, of(conversation), by=ada)
    for live in (begun, beginning):
        assert (await live.event())["node"]["content"] == "for ada: 0"
        assert bob.profile is not None
        live.context.renew(replace(live.context.actor, profiles={"advisor": bob.profile}))
        assert (await live.event())["kind"] == "RESYNC"
        assert await live.synced() == []
    await rows.message(conversation, "still hers")
    await begun.quiet()
    await beginning.quiet()


async def test_who_may_see_nothing_any_more_is_told_so_and_let_go(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    for actor, code in (
        (NOBODY, "UNAUTHENTICATED"),
        (replace(NOBODY, kind=ActorKind.ACCOUNT, account=ada.account), "FORBIDDEN"),
    ):
        live = await lists.follow(FOLLOW, of(conversation), by=ada)
        await live.synced()
        live.context.renew(actor)
        answer = await live.answer()
        assert answer["data"] is None
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
        assert [delivery async for delivery in live._deliveries] == []
