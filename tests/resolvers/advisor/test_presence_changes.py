"""Who is online, kept up to date: of each person for that person alone, so far."""

from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.models.store.live.copies import of
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, refusal

LIST = """subscription ($ids: [ID!]!) {
  advisorPresenceChanges(userIds: $ids) { kind node { isOnline currentConversationId } }
}"""

BEAT = """mutation ($online: Boolean!, $id: ID) {
  advisorPresenceHeartbeat(input: {online: $online, conversationId: $id}) { userErrors { code } }
}"""


async def test_one_sees_oneself_come_look_and_go(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    given = of(await rows.conversation(ada))
    live = await lists.follow(LIST, {"ids": [ada.id, "nonsense"]}, by=ada)
    assert await live.synced() == []
    await lists.data(BEAT, {"online": True}, by=ada)
    await lists.data(BEAT, {"online": True, **given}, by=ada)
    await lists.data(BEAT, {"online": False}, by=ada)
    assert await live.events(3) == [
        {"kind": "ADDED", "node": {"isOnline": True, "currentConversationId": None}},
        {"kind": "CHANGED", "node": {"isOnline": True, "currentConversationId": given["id"]}},
        {"kind": "CHANGED", "node": {"isOnline": False, "currentConversationId": None}},
    ]


async def test_nobody_sees_another(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    given = {"ids": [ada.id]}
    following = [
        await lists.follow(LIST, given, by=each) for each in (await people.person("bob"), await people.operator("root"))
    ]
    following.append(await lists.follow(LIST, {"ids": []}, by=ada))
    assert [await live.synced() for live in following] == [[], [], []]
    await lists.data(BEAT, {"online": True}, by=ada)
    for live in following:
        await live.quiet()
    assert await refusal(lists, LIST, given, ANONYMOUS) == SIGN_IN
    for service in ("answering", "billing"):
        assert await refusal(lists, LIST, given, people.service(service)) == NOT_YOURS
    assert await refusal(lists, LIST, {"ids": [ada.id] * 101}, ada) == {
        "code": "OUT_OF_RANGE",
        "field": ["userIds"],
        "message": "At most 100 people may be asked for at once.",
    }
