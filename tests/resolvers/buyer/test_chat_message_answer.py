"""Answering a question: by the service, once, piece by piece; and what follows from what it tells."""

import asyncio
from typing import Any

import pytest

from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS
from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.chat_session import CHAT_SESSIONS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.buyer.chat_scene import Scene, Stored, seen

CLAIM, RELEASE = "buyerChatMessageClaim", "buyerChatMessageRelease"
APPEND, ANSWER, FAIL = "buyerChatMessageAppend", "buyerChatMessageAnswer", "buyerChatMessageFail"
TABLES = (CHAT_MESSAGES, CHAT_SESSIONS, CHAT_AGENT_INSIGHTS)
GLAD = {
    "questionCategory": "LOGISTICS",
    "sentimentScore": 0.8,
    "intentClassification": "SCHEDULING",
    "agentPath": "1->3",
}


async def _asked(here: Scene, **values: Any) -> tuple[Stored, str]:
    row = await make.chat_message(here.session, **values)
    await here.set(totalQuestions=1)
    return row, gid(CHAT_MESSAGES, row)


async def test_an_answer_is_stored_with_what_the_question_tells(api: Api, here: Scene) -> None:
    row, key = await _asked(here)
    shown = "message { aiResponse aiResponseDraft answerStatus answeredAt questionCategory agentPath }"
    by = here.services["answering"]
    payload = await done(api, ANSWER, by, shown, id=key, aiResponse="Very.", analysis=GLAD)
    stored = await here.now(CHAT_MESSAGES, row)
    assert payload["message"] == {
        "aiResponse": "Very.",
        "aiResponseDraft": None,
        "answerStatus": "ANSWERED",
        "answeredAt": stored["answeredAt"],
        "questionCategory": "LOGISTICS",
        "agentPath": "1->3",
    }
    assert (stored["sentimentScore"], stored["intentClassification"]) == (0.8, "scheduling")
    session = await here.chat_now()
    # Half a point for the question, three for the intent, and the sentiment.
    assert (session["engagementScore"], session["decisionStage"], session["version"]) == (4.3, "ready", 1)


async def test_of_twenty_answers_at_once_one_is_given(api: Api, here: Scene, database: Database) -> None:
    row, key = await _asked(here)
    by = here.services["answering"]
    payloads = await asyncio.gather(
        *(write(api, ANSWER, by, id=key, aiResponse=f"answer {place}", analysis=GLAD) for place in range(20))
    )
    given = [place for place, payload in enumerate(payloads) if not payload["userErrors"]]
    codes = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert (len(given), codes) == (1, ["WRONG_STATE"] * 19)
    stored = await here.now(CHAT_MESSAGES, row)
    assert (stored["aiResponse"], stored["version"]) == (f"answer {given[0]}", 2)
    assert await database[CHAT_AGENT_INSIGHTS.collection].count_documents({}) == 1


@pytest.mark.parametrize("mutation", [CLAIM, RELEASE, APPEND, ANSWER, FAIL])
async def test_nobody_else_answers(api: Api, here: Scene, database: Database, mutation: str) -> None:
    _, key = await _asked(here, lease="held", leaseUntil=4_000_000_000_000)
    more = {RELEASE: {"lease": "held"}, APPEND: {"draft": "x", "lease": "held"}, CLAIM: {"lease": "held"}}
    given = {"id": key, "lease": "held", **more.get(mutation, {})}
    before = await rows(database, *TABLES)
    assert await refusal(api, mutation, ANONYMOUS, **given) == ("UNAUTHENTICATED", None)
    services = [service for name, service in here.services.items() if name != "answering"]
    for caller in (here.ann, here.bob, here.chat, here.other_chat, here.buyer, here.operator, here.account, *services):
        assert await refusal(api, mutation, caller, **given) == ("FORBIDDEN", None), caller.name
    assert await rows(database, *TABLES) == before


async def test_an_answer_grows_before_the_eyes_of_the_buyer(api: Api, here: Scene, lists: Lists) -> None:
    _, key = await _asked(here)
    by = here.services["answering"]
    document = """subscription($id: ID!) { buyerChatMessageChanges(sessionId: $id) {
      kind node { aiResponse aiResponseDraft answerStatus } } }"""
    live = await lists.follow(document, {"id": here.chat.id}, by=here.chat)
    await live.synced()
    lease = (await done(api, CLAIM, by, "lease restarted", id=key))["lease"]
    for piece, draft in (("It is ", "It is "), ("very ", "It is very "), ("quiet.", "It is very quiet.")):
        await done(api, APPEND, by, id=key, draft=piece, lease=lease)
        node = (await live.event())["node"]
        assert node == {"aiResponse": None, "aiResponseDraft": draft, "answerStatus": "WAITING"}
    await done(api, ANSWER, by, id=key, lease=lease)
    node = (await live.event())["node"]
    assert node == {"aiResponse": "It is very quiet.", "aiResponseDraft": None, "answerStatus": "ANSWERED"}


async def test_a_claim_is_for_one(api: Api, here: Scene) -> None:
    row, key = await _asked(here)
    by = here.services["answering"]
    payloads = await asyncio.gather(*(write(api, CLAIM, by, "lease restarted", id=key) for _ in range(10)))
    [mine] = [payload for payload in payloads if not payload["userErrors"]]
    assert mine["restarted"] is False
    for lease in (None, "another"):
        given = {} if lease is None else {"lease": lease}
        assert await refusal(api, ANSWER, by, id=key, aiResponse="x", **given) == ("WRONG_STATE", "lease")
        assert await refusal(api, FAIL, by, id=key, **given) == ("WRONG_STATE", "lease")
    assert await refusal(api, APPEND, by, id=key, draft="x", lease="another") == ("WRONG_STATE", "lease")
    await done(api, CLAIM, by, id=key, lease=mine["lease"], seconds=300)
    stored = await here.now(CHAT_MESSAGES, row)
    assert (stored["lease"], stored.get("aiResponse")) == (mine["lease"], None)
    assert await refusal(api, CLAIM, by, id=key, seconds=301) == ("OUT_OF_RANGE", "seconds")


async def test_what_was_left_begins_anew(api: Api, here: Scene) -> None:
    row, key = await _asked(here)
    by = here.services["answering"]
    lease = (await done(api, CLAIM, by, "lease", id=key))["lease"]
    await done(api, APPEND, by, id=key, draft="Half", lease=lease)
    await done(api, RELEASE, by, id=key, lease=lease)
    assert (await here.now(CHAT_MESSAGES, row))["aiResponseDraft"] == "Half"
    assert (await seen(api, by, "buyerChatAnswersDue", "nodes { id }"))["nodes"] == [{"id": key}]
    again = await done(api, CLAIM, by, "lease restarted message { aiResponseDraft }", id=key)
    assert (again["restarted"], again["message"]) == (True, {"aiResponseDraft": None})


async def test_a_failed_question_has_no_answer_any_more(api: Api, here: Scene) -> None:
    row, key = await _asked(here, aiResponseDraft="Half")
    by = here.services["answering"]
    await done(api, FAIL, by, id=key)
    stored = await here.now(CHAT_MESSAGES, row)
    assert (stored["answerStatus"], stored["aiResponseDraft"], stored.get("aiResponse")) == ("failed", None, None)
    for mutation, given in ((ANSWER, {"aiResponse": "x"}), (FAIL, {}), (CLAIM, {})):
        assert (await refusal(api, mutation, by, id=key, **given))[0] == "WRONG_STATE"


async def test_an_answer_has_its_bounds(api: Api, here: Scene) -> None:
    _, key = await _asked(here, lease="held", leaseUntil=4_000_000_000_000, aiResponseDraft="x" * 31_990)
    by = here.services["answering"]
    held = {"id": key, "lease": "held"}
    assert await refusal(api, APPEND, by, **held, draft="y" * 11) == ("TOO_LONG", "draft")
    await done(api, APPEND, by, **held, draft="y" * 10)
    assert await refusal(api, ANSWER, by, **held, aiResponse="z" * 32_001) == ("TOO_LONG", "aiResponse")
    assert await refusal(api, ANSWER, by, **held, analysis={"sentimentScore": 1.5}) == (
        "OUT_OF_RANGE",
        "sentimentScore",
    )
    await done(api, ANSWER, by, **held)


async def test_without_a_draft_an_answer_must_be_given(api: Api, here: Scene) -> None:
    _, key = await _asked(here)
    by = here.services["answering"]
    assert await refusal(api, ANSWER, by, id=key) == ("INVALID", "aiResponse")
    assert await refusal(api, ANSWER, by, id="nonsense", aiResponse="x") == ("NOT_FOUND", "id")
    payload = await done(api, ANSWER, by, "message { aiResponse questionCategory }", id=key, aiResponse="x")
    assert payload["message"] == {"aiResponse": "x", "questionCategory": None}


async def test_a_hot_lead_is_told_at_once_and_once(api: Api, here: Scene, lists: Lists, database: Database) -> None:
    document = "subscription { buyerChatAgentInsightChanges { kind node { insightType priority sessionId } } }"
    live = await lists.follow(document, by=here.ann)
    other = await lists.follow(document, by=here.bob)
    assert await live.synced() == []
    assert await other.synced() == []
    by = here.services["answering"]
    for _ in range(2):
        _, key = await _asked(here)
        await done(api, ANSWER, by, id=key, aiResponse="Tomorrow at ten.", analysis=GLAD)
    event = await live.event()
    assert event == {
        "kind": "ADDED",
        "node": {"insightType": "HOT_LEAD", "priority": "URGENT", "sessionId": here.chat.id},
    }
    await live.quiet()
    await other.quiet()
    [insight] = await database[CHAT_AGENT_INSIGHTS.collection].find().to_list()
    about = {name: insight[name] for name in ("sessionId", "profileId", "agentId")}
    assert about == {
        "sessionId": here.session["_id"],
        "profileId": here.profile["_id"],
        "agentId": here.ann.row["_id"],
    }


async def test_once_it_is_settled_the_same_is_told_again(api: Api, here: Scene, database: Database) -> None:
    await make.chat_agent_insight(here.session, status="dismissed")
    _, key = await _asked(here)
    await done(api, ANSWER, here.services["answering"], id=key, aiResponse="Yes.", analysis=GLAD)
    assert await database[CHAT_AGENT_INSIGHTS.collection].count_documents({"insightType": "hot_lead"}) == 2
