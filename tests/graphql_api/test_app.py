"""The pipeline as a whole: who gets in, who is told to go, and what every answer carries."""

import time

import httpx
import jwt
import pytest
from starlette.types import Message

from graphql_api.app import build_app, token_rules
from graphql_api.settings import SettingsError
from models.store.connection import Database
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api, Caller, Calls, People

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
    assert response.json()["errors"] == [
        {
            "message": "The token is not valid: malformed. Sign in again.",
            "extensions": {"code": "UNAUTHENTICATED"},
        }
    ]


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


async def test_browsers_of_other_origins_are_let_in_by_name_alone(watched: tuple[Database, Calls]) -> None:
    settings = SETTINGS.model_copy(update={"cors_origins": ["https://app.example.com"]})
    transport = httpx.ASGITransport(build_app(settings, watched[0]))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        known = await http.options("/graphql", headers={"Origin": "https://app.example.com", **asked})
        assert known.status_code == 200
        assert known.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
        assert "Access-Control-Allow-Credentials" not in known.headers
        for origin in ("https://app.example.com.evil.example", "null", "http://app.example.com"):
            other = await http.options("/graphql", headers={"Origin": origin, **asked})
            assert other.status_code == 400
            assert "Access-Control-Allow-Origin" not in other.headers


async def test_every_answer_carries_its_id_and_says_nothing_of_the_server(api: Api) -> None:
    for path, status in (("/graphql", 400), ("/health/live", 200), ("/nowhere", 404), ("/graphql/", 404)):
        response = await api.http.get(path, headers={"X-Request-ID": "mine-1"})
        assert (response.status_code, response.headers["X-Request-ID"]) == (status, "mine-1")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "server" not in response.headers


async def test_settings_that_do_not_fit_are_named(watched: tuple[Database, Calls]) -> None:
    settings = SETTINGS.model_copy(update={"auth_algorithm": "RS256", "auth_jwks": "ftp://id.example/keys"})
    with pytest.raises(SettingsError, match="AUTH_JWKS"):
        build_app(settings, watched[0])


@pytest.mark.parametrize(
    "claims",
    [
        *({"name": name} for name in ("x" * 300, " ", "\0")),
        {"email": "x" * 400},
        *({"picture": picture} for picture in ("https://x/" + "y" * 3000, "javascript:alert(1)")),
    ],
)
async def test_a_person_is_not_shut_out_by_what_the_token_says(
    api: Api, database: Database, claims: dict[str, str]
) -> None:
    """Neither at the first use nor later: what has no room is left out, and what is known stays."""
    rules = token_rules(SETTINGS)
    payload = {"iss": rules.issuer, "aud": rules.audience, "sub": "zoe", "exp": int(time.time()) + 60}
    caller = Caller("zoe", jwt.encode({**payload, **claims}, str(rules.secret), "HS256"))
    for _ in range(2):
        found = await api.data(
            "{ viewer { account { subject displayName email imageUrl } } advisorMe { name } }", by=caller
        )
        account = {"subject": "zoe", "displayName": None, "email": None, "imageUrl": None}
        assert found == {"viewer": {"account": account}, "advisorMe": {"name": None}}
    assert await database["accounts"].count_documents({"subject": "zoe"}) == 1


async def test_a_payload_that_cannot_be_shown_writes_nothing(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    document = """mutation { advisorConversationCreate(input: {title: "x"}) {
        conversation { id messages(first: 1000) { nodes { id } } } userErrors { code } } }"""
    answer = await api.answer(document, by=ann)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {"code": "OUT_OF_RANGE", "field": ["first"]}
    assert await database["advisor_conversations"].count_documents({}) == 0


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/graphql/"])
async def test_what_is_not_served_has_a_code(api: Api, path: str) -> None:
    response = await api.http.post(path, json={"query": "{ viewer { kind } }"})
    assert response.status_code == 404
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["NOT_FOUND"]


async def test_the_server_opens_and_closes_with_its_application(watched: tuple[Database, Calls]) -> None:
    asked = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    answered: list[str] = []

    async def receive() -> Message:
        return asked.pop(0)

    async def send(message: Message) -> None:
        answered.append(message["type"])

    await build_app(SETTINGS, watched[0])({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    assert answered == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
