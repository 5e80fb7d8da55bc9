"""Opening a chat and changing its link: who may, what a chat needs, and what is stored of a link."""

import hashlib

import pytest

from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.estate.agent import AGENTS
from models.global_id import bare
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.buyer.chat_scene import Scene, seen

CREATE, ROTATE = "buyerChatSessionCreate", "buyerChatSessionLinkRotate"
TABLES = (CHAT_SESSIONS, CHAT_SEARCH_CONTEXTS)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def test_a_chat_is_about_the_latest_search(api: Api, here: Scene, database: Database) -> None:
    latest = await make.search_transaction(here.profile, createdAt=here.search["createdAt"] + 1000)
    shown = (
        "linkToken link session { id status profileId searchContexts { nodes { isActive contextType "
        "searchTransactionId } } } sessionEdge { cursor node { id } }"
    )
    payload = await done(api, CREATE, here.ann, shown, profileId=gid(PROFILES, here.profile))
    session = payload["session"]
    assert session["searchContexts"]["nodes"] == [
        {
            "isActive": True,
            "contextType": "INITIAL_SEARCH",
            "searchTransactionId": gid(SEARCH_TRANSACTIONS, latest),
        }
    ]
    assert (session["status"], session["profileId"]) == ("ACTIVE", gid(PROFILES, here.profile))
    assert payload["sessionEdge"]["node"]["id"] == session["id"]
    assert payload["link"] == f"{SETTINGS.web_url}/buyer/chat#{payload['linkToken']}"
    row = await database[CHAT_SESSIONS.collection].find_one({"_id": bare(session["id"])})
    assert row is not None
    assert row["accessTokenHash"] == _hash(payload["linkToken"])
    assert (row["agentId"], row["rootProfileId"]) == (here.ann.row["_id"], here.profile["rootProfileId"])


async def test_the_secret_of_a_link_is_shown_once_and_stored_nowhere(api: Api, here: Scene, database: Database) -> None:
    given = {"profileId": gid(PROFILES, here.profile), "clientMutationId": "once"}
    first = await done(api, CREATE, here.ann, "linkToken link session { id }", **given)
    again = await done(api, CREATE, here.ann, "linkToken link session { id }", **given)
    assert again == {"session": first["session"], "linkToken": None, "link": None}
    assert await database[CHAT_SESSIONS.collection].count_documents({"accessTokenHash": _hash(first["linkToken"])}) == 1
    for name in await database.list_collection_names():
        async for row in database[name].find():
            assert first["linkToken"] not in str(row), name


async def test_an_id_may_be_chosen_and_is_taken_once(api: Api, here: Scene) -> None:
    key = gid(CHAT_SESSIONS, here.profile["_id"])
    given = {"profileId": gid(PROFILES, here.profile), "id": key}
    assert (await done(api, CREATE, here.ann, "session { id }", **given))["session"] == {"id": key}
    assert await refusal(api, CREATE, here.ann, **given) == ("ALREADY_EXISTS", "id")


async def test_others_open_none(api: Api, here: Scene, database: Database) -> None:
    before = await rows(database, *TABLES)
    given = {"profileId": gid(PROFILES, here.profile)}
    assert await refusal(api, CREATE, here.bob, **given) == ("NOT_FOUND", "profileId")
    assert await refusal(api, CREATE, ANONYMOUS, **given) == ("UNAUTHENTICATED", None)
    others = (here.chat, here.buyer, here.seller, here.account, here.operator, *here.services.values())
    for caller in others:
        assert await refusal(api, CREATE, caller, **given) == ("FORBIDDEN", None), caller.name
    assert await rows(database, *TABLES) == before


async def test_what_a_chat_needs(api: Api, here: Scene, database: Database) -> None:
    bare_profile = await make.profile(here.ann.row["_id"], name="Dan")
    before = await rows(database, *TABLES)
    [error] = (await write(api, CREATE, here.ann, profileId=gid(PROFILES, bare_profile)))["userErrors"]
    assert (error["code"], error["field"], error["message"].split(":")[0]) == (
        "WRONG_STATE",
        ["profileId"],
        "no_search_data",
    )
    for unknown in (gid(PROFILES, here.ann.row["_id"]), "nonsense", here.chat.id):
        assert await refusal(api, CREATE, here.ann, profileId=unknown) == ("NOT_FOUND", "profileId")
    await here.switch_off()
    [error] = (await write(api, CREATE, here.ann, profileId=gid(PROFILES, here.profile)))["userErrors"]
    assert (error["code"], error["message"].split(":")[0]) == ("WRONG_STATE", "agent_not_activated")
    after = await rows(database, CHAT_SEARCH_CONTEXTS)
    assert after == [before[1]]
    assert await database[CHAT_SESSIONS.collection].count_documents({}) == 2


async def test_a_later_version_of_a_profile_has_the_searches_of_the_first(api: Api, here: Scene) -> None:
    later = await make.profile(
        here.ann.row["_id"],
        rootProfileId=here.profile["_id"],
        parentProfileId=here.profile["_id"],
        profileVersion=2,
        current=False,
    )
    payload = await done(api, CREATE, here.ann, "session { profileId }", profileId=gid(PROFILES, later))
    assert payload["session"] == {"profileId": gid(PROFILES, later)}


PREVIEW = "ready problem propertyCount searchedAt"


async def test_a_preview_tells_the_agent_what_is_there(api: Api, here: Scene) -> None:
    async def preview(profile: object) -> object:
        return await seen(api, here.ann, "buyerChatPreview", PREVIEW, f'profileId: "{profile}"')

    ready = {"ready": True, "problem": None, "propertyCount": 3, "searchedAt": here.search["createdAt"]}
    nothing = {"ready": False, "propertyCount": 0, "searchedAt": None}
    assert await preview(gid(PROFILES, here.profile)) == ready
    empty = await make.profile(here.ann.row["_id"])
    assert await preview(gid(PROFILES, empty)) == {**nothing, "problem": "NO_SEARCH_DATA"}
    foreign = await make.profile(here.bob.row["_id"])
    await make.search_transaction(foreign)
    for unknown in (gid(PROFILES, foreign), "nonsense"):
        assert await preview(unknown) == {**nothing, "problem": "BUYER_NOT_FOUND"}
    await here.switch_off()
    assert await preview(gid(PROFILES, here.profile)) == {**ready, "ready": False, "problem": "AGENT_NOT_ACTIVATED"}


async def test_a_preview_is_for_agents(api: Api, here: Scene) -> None:
    arguments = f'profileId: "{gid(PROFILES, here.profile)}"'
    others = (here.chat, here.buyer, here.seller, here.account, here.operator, ANONYMOUS, *here.services.values())
    for caller in others:
        assert await seen(api, caller, "buyerChatPreview", PREVIEW, arguments) is None, caller.name


async def test_a_changed_link_lets_out_who_came_by_the_old_one(api: Api, here: Scene) -> None:
    payload = await done(api, ROTATE, here.ann, "linkToken link session { id version }", id=here.chat.id)
    row = await here.chat_now()
    assert row["accessTokenHash"] == _hash(payload["linkToken"])
    assert (row["signInVersion"], payload["session"]) == (2, {"id": here.chat.id, "version": 2})
    assert (await api.post("{ viewer { kind } }", {}, here.chat)).status_code == 401


@pytest.mark.parametrize("status", ["active", "paused", "completed"])
async def test_a_link_is_changed_while_the_chat_goes_on(api: Api, here: Scene, status: str) -> None:
    await here.set(status=status)
    errors = (await write(api, ROTATE, here.ann, id=here.chat.id))["userErrors"]
    assert [error["code"] for error in errors] == (["WRONG_STATE"] if status == "completed" else [])


async def test_others_change_no_link(api: Api, here: Scene, database: Database) -> None:
    before = await rows(database, CHAT_SESSIONS)
    for caller in here.outsiders:
        expected = ("UNAUTHENTICATED", None) if caller.token is None else ("NOT_FOUND", "id")
        assert await refusal(api, ROTATE, caller, id=here.chat.id) == expected, caller.name
    for caller in (here.chat, here.operator, here.services["analysis"], here.services["answering"]):
        assert await refusal(api, ROTATE, caller, id=here.chat.id) == ("FORBIDDEN", None), caller.name
    assert await rows(database, CHAT_SESSIONS) == before
    await database[AGENTS.collection].update_one({"_id": here.ann.row["_id"]}, {"$set": {"active": False}})
    assert await refusal(api, ROTATE, here.ann, id=here.chat.id) == ("FORBIDDEN", None)
    assert await rows(database, CHAT_SESSIONS) == before
