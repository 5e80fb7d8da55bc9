"""The pipeline as a whole: who gets in, who is told to go, and what every answer carries."""

from models.store.connection import Database
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

VIEWER = "{ viewer { kind account { subject displayName } advisorUser { name plan } } }"


async def test_the_viewer_is_who_the_token_says(api: Api, people: People) -> None:
    ann = await people.person("ann")
    assert await api.data(VIEWER, by=ann) == {
        "viewer": {
            "kind": "ACCOUNT",
            "account": {"subject": "ann", "displayName": "Ann"},
            "advisorUser": {"name": "Ann", "plan": "FREE"},
        }
    }


async def test_operators_services_and_strangers_are_told_apart(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    kind = "{ viewer { kind account { subject } } }"
    assert await api.data(kind, by=olga) == {"viewer": {"kind": "OPERATOR", "account": {"subject": "olga"}}}
    assert await api.data(kind, by=people.service("answering")) == {"viewer": {"kind": "SERVICE", "account": None}}
    assert await api.data(kind, by=ANONYMOUS) == {"viewer": {"kind": "ANONYMOUS", "account": None}}


async def test_a_bad_token_is_refused_and_never_anonymous(api: Api) -> None:
    response = await api.post(VIEWER, None, Caller("mallory", "not.a.token"))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["UNAUTHENTICATED"]


async def test_a_suspended_account_is_shut_out(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await database["accounts"].update_one({"_id": ann.account}, {"$set": {"status": "suspended"}})
    response = await api.post(VIEWER, None, ann)
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert response.json()["errors"][0]["message"] == "This account is suspended."


async def test_looking_at_the_viewer_makes_no_profile(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await database["advisor_users"].delete_many({})
    assert (await api.data(VIEWER, by=ann))["viewer"]["advisorUser"] is None
    assert await database["advisor_users"].count_documents({}) == 0


async def test_the_first_use_of_a_product_makes_the_profile_once(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await database["advisor_users"].delete_many({})
    for _ in range(2):
        await api.data("{ advisorConversations { totalCount } }", by=ann)
    rows = await database["advisor_users"].find({}, {"_id": 0, "name": 1, "plan": 1, "accountId": 1}).to_list()
    assert rows == [{"name": "Ann", "plan": "free", "accountId": ann.account}]
