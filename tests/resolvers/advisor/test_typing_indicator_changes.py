"""Who is typing in a conversation, kept up to date for its owner alone."""

from models import global_id
from models.advisor.advisor import ADVISORS
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.models.store.live.copies import of
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, out_of_range, refusal

LIST = """subscription ($id: ID!, $first: Int) {
  advisorTypingChanges(conversationId: $id, first: $first) { kind node { advisor { persona { name } } } }
}"""

SET = """mutation ($id: ID!, $advisor: ID) {
  advisorTypingSet(input: {conversationId: $id, isTyping: true, advisorId: $advisor}) { userErrors { code } }
}"""


async def test_the_owner_sees_who_types(people: People, lists: Lists) -> None:
    ada, advisor = await people.person("ada"), await rows.advisor(name="Grace")
    given = of(await rows.conversation(ada))
    live = await lists.follow(LIST, given, by=ada)
    assert await live.synced() == []
    await lists.data(SET, given, by=ada)
    by_advisor = {**given, "advisor": global_id.encode(ADVISORS.tag, advisor["_id"])}
    await lists.data(SET, by_advisor, by=people.service("answering"))
    assert await live.events(2) == [
        {"kind": "ADDED", "node": {"advisor": None}},
        {"kind": "ADDED", "node": {"advisor": {"persona": {"name": "Grace"}}}},
    ]


async def test_nobody_else_does(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    given = of(await rows.conversation(ada))
    following = [
        await lists.follow(LIST, given, by=each) for each in (await people.person("bob"), await people.operator("root"))
    ]
    assert [await live.synced() for live in following] == [[], []]
    await lists.data(SET, given, by=ada)
    for live in following:
        await live.quiet()
    assert await refusal(lists, LIST, given, ANONYMOUS) == SIGN_IN
    for service in ("answering", "billing"):
        assert await refusal(lists, LIST, given, people.service(service)) == NOT_YOURS
    assert await refusal(lists, LIST, {"id": "nonsense"}, ada) == NOT_YOURS
    assert await refusal(lists, LIST, {**given, "first": -1}, ada) == out_of_range("first", -1)
