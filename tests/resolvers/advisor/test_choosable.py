"""Who may choose an advisor: a private one serves its owner alone, also those whom it has answered before."""

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.selection import SELECTIONS
from models.advisor.user import USERS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows


async def test_who_met_a_private_advisor_cannot_have_it_answer(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    withdrawn = await make.advisor(bob, name="Withdrawn")
    await database[USERS.collection].update_one({"_id": ann.profile}, {"$set": {"metAdvisorIds": [withdrawn["_id"]]}})
    await make.selection(ann, withdrawn)
    conversation = await make.conversation(ann)
    key, advisor = gid(CONVERSATIONS, conversation), gid(ADVISORS, withdrawn)
    before = await rows(database, CONVERSATIONS, MESSAGES, SELECTIONS)
    assert await refusal(api, "advisorSelect", ann, advisorId=advisor) == ("FORBIDDEN", "advisorId")
    given = {"id": key, "advisorId": advisor}
    assert await refusal(api, "advisorConversationActiveAdvisorSet", ann, **given) == ("FORBIDDEN", "advisorId")
    given = {"activeAdvisorId": advisor}
    assert await refusal(api, "advisorConversationCreate", ann, **given) == ("FORBIDDEN", "activeAdvisorId")
    answer = {"conversationId": key, "advisorId": advisor, "content": "Hello"}
    service = people.service("answering")
    assert await refusal(api, "advisorMessageAppend", service, **answer) == ("WRONG_STATE", "advisorId")
    assert await rows(database, CONVERSATIONS, MESSAGES, SELECTIONS) == before
    own = gid(CONVERSATIONS, await make.conversation(bob))
    assert await done(api, "advisorConversationActiveAdvisorSet", bob, id=own, advisorId=advisor) == {}


async def test_a_conversation_begins_with_the_first_advisor_that_may_answer(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    withdrawn, public = await make.advisor(bob), await make.advisor(name="Public")
    await make.selection(ann, withdrawn, selectedAt=1)
    await make.selection(ann, public, selectedAt=2)
    shown = "conversation { activeAdvisorId }"
    payload = await done(api, "advisorConversationCreate", ann, shown)
    assert payload == {"conversation": {"activeAdvisorId": gid(ADVISORS, public)}}


async def test_deleting_ones_profile_again_with_its_key_leaves_nothing(
    api: Api, people: People, database: Database
) -> None:
    ann = await people.person("ann")
    for _ in range(2):
        payload = await done(api, "advisorAccountDelete", ann, "deletedId", clientMutationId="leave")
        assert payload == {"deletedId": ann.id}
        assert await rows(database, USERS) == [[]]
    assert await refusal(api, "advisorAccountDelete", ann) == ("NOT_FOUND", None)
    assert await rows(database, USERS) == [[]]


async def test_an_import_without_all_its_components_is_refused(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    document = {"persona": {"name": "N", "title": "T"}, "components": [1, None]}
    assert await refusal(api, "advisorImportPersona", ann, json=document) == ("INVALID", "json.components.1")
    assert await rows(database, ADVISORS) == [[]]
