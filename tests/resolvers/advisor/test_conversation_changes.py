"""One's conversations, kept up to date, for their owner alone."""

from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, out_of_range, refusal

LIST = """subscription ($first: Int, $where: AdvisorConversationWhere) {
  advisorConversationChanges(first: $first, where: $where) { kind id node { id title messageCount } }
}"""

CREATE = """mutation ($title: String!) {
  advisorConversationCreate(input: {title: $title}) { conversation { id } userErrors { code } }
}"""

RENAME = """mutation ($id: ID!, $title: String!) {
  advisorConversationUpdate(input: {id: $id, title: $title}) { userErrors { code } }
}"""

DELETE = "mutation ($id: ID!) { advisorConversationDelete(input: {id: $id}) { userErrors { code } } }"

WITH_TYPING = """subscription {
  advisorConversationChanges { kind node { title typing(first: 5) { nodes { isTyping } totalCount } } }
}"""


async def test_its_owner_hears_of_all_that_becomes_of_them(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    live = await lists.follow(LIST, by=ada)
    assert await live.synced() == []
    made = await lists.data(CREATE, {"title": "Plans"}, by=ada)
    key = made["advisorConversationCreate"]["conversation"]["id"]
    await lists.data(RENAME, {"id": key, "title": "Other plans"}, by=ada)
    await lists.data(DELETE, {"id": key}, by=ada)
    assert await live.events(3) == [
        {"kind": "ADDED", "id": key, "node": {"id": key, "title": "Plans", "messageCount": 0}},
        {"kind": "CHANGED", "id": key, "node": {"id": key, "title": "Other plans", "messageCount": 0}},
        {"kind": "REMOVED", "id": key, "node": None},
    ]


async def test_nobody_else_hears_of_them(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    others = [await people.person("bob"), await people.operator("root")]
    following = [await lists.follow(LIST, by=other) for other in others]
    assert [await live.synced() for live in following] == [[], []]
    await rows.conversation(ada)
    for live in following:
        await live.quiet()
    assert await refusal(lists, LIST, {}, ANONYMOUS) == SIGN_IN
    for service in ("answering", "billing"):
        assert await refusal(lists, LIST, {}, people.service(service)) == NOT_YOURS
    assert await refusal(lists, LIST, {"first": 101}, ada) == out_of_range("first", 101)


async def test_a_filter_by_time_is_entered_and_left(people: People, lists: Lists, database: Database) -> None:
    ada = await people.person("ada")
    row = await rows.conversation(ada, updatedAt=1_000)
    live = await lists.follow(LIST, {"where": {"updatedAt": {"gte": 2_000, "lt": 3_000}}}, by=ada)
    assert await live.synced() == []
    for moment in (1_999, 2_000, 2_500, 3_000):
        await database["advisor_conversations"].update_one({"_id": row["_id"]}, {"$set": {"updatedAt": moment}})
    assert [event["kind"] for event in await live.events(3)] == ["ADDED", "CHANGED", "REMOVED"]


async def test_lists_below_a_row_are_shown_as_of_its_change(people: People, lists: Lists, database: Database) -> None:
    """A sign of typing that has ended is nobody's typing any more, however long the list is followed already."""
    ada = await people.person("ada")
    row = await rows.conversation(ada, title="Plans")
    live = await lists.follow(WITH_TYPING, by=ada)
    await live.synced()
    sign = await rows.typing_indicator(row)
    key, change = {"_id": row["_id"]}, {"$inc": {"messageCount": 1}, "$set": {"title": "More plans"}}
    await database["advisor_conversations"].update_one(key, change)
    assert (await live.event())["node"] == {
        "title": "More plans",
        "typing": {"nodes": [{"isTyping": True}], "totalCount": 1},
    }
    # As if its ten seconds were over: after the list began, and before the next change.
    await database["advisor_typing_indicators"].update_one(
        {"_id": sign["_id"]},
        [{"$set": {"expiresAt": {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": -1}}}}],
    )
    await database["advisor_conversations"].update_one(key, {"$set": {"title": "Silence"}})
    assert (await live.event())["node"] == {"title": "Silence", "typing": {"nodes": [], "totalCount": 0}}
