"""Principals: an identity becomes one account with one profile, however many requests arrive first."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId

from models.actor import ActorKind
from models.advisor.user import PROFILE
from models.clock import now
from models.errors import Code, Refusal
from models.principal import Identity, Visit
from models.store import Store
from models.store.principals import LOGIN_NOTED_MILLISECONDS
from models.tables import PORTALS
from tests.fixtures.wire import Calls

ANN = Identity("https://id.example", "ann", "ann@example.com", True, "Ann", "https://example.com/ann.png")


async def _account(store: Store) -> dict[str, Any]:
    return await store._database["accounts"].find_one({"subject": "ann"}) or {}


async def test_fifty_first_uses_make_one_account_and_one_profile(store: Store, empty: None) -> None:
    actors = await asyncio.gather(*(store.principals.actor(ANN, [PROFILE]) for _ in range(50)))
    assert len({(actor.account, actor.profiles["advisor"]) for actor in actors}) == 1
    assert await store._database["accounts"].count_documents({}) == 1
    assert await store._database["advisor_users"].count_documents({}) == 1


async def test_many_people_may_come_for_the_first_time_at_once(store: Store, empty: None) -> None:
    """Each several times over: MongoDB tries a lost upsert again for one of the profile's unique indexes only."""
    people = [Identity("https://id.example", f"person {number}") for number in range(40)]
    actors = await asyncio.gather(*(store.principals.actor(who, [PROFILE]) for who in people for _ in range(6)))
    assert len({actor.profiles["advisor"] for actor in actors}) == 40
    assert await store._database["accounts"].count_documents({}) == 40
    assert await store._database["advisor_users"].count_documents({}) == 40


async def test_the_account_and_profile_say_what_the_token_said(store: Store, empty: None) -> None:
    actor = await store.principals.actor(ANN, [PROFILE])
    assert (actor.kind, actor.name) == (ActorKind.ACCOUNT, "https://id.example ann")
    account = await _account(store)
    told = ("issuer", "subject", "email", "emailVerified", "displayName", "imageUrl", "status", "version")
    assert [account[column] for column in told] == [
        *("https://id.example", "ann", "ann@example.com", True, "Ann", "https://example.com/ann.png", "active", 1)
    ]
    profile = await store._database["advisor_users"].find_one({"_id": actor.profiles["advisor"]}) or {}
    assert (profile["accountId"], profile["clerkId"]) == (account["_id"], "https://id.example ann")
    assert (profile["email"], profile["name"], profile["plan"]) == ("ann@example.com", "Ann", "free")


async def test_a_product_that_is_not_used_gets_no_profile(store: Store, empty: None) -> None:
    actor = await store.principals.actor(ANN, [], [PROFILE])
    assert dict(actor.profiles) == {}
    assert await store._database["advisor_users"].count_documents({}) == 0


async def test_the_same_subject_of_another_issuer_is_another_person(store: Store, empty: None) -> None:
    one = await store.principals.actor(ANN, [PROFILE])
    other = await store.principals.actor(replace(ANN, issuer="https://other.example"), [PROFILE])
    assert one.account != other.account
    assert one.profiles["advisor"] != other.profiles["advisor"]


@pytest.mark.parametrize("status", ["suspended", "deleted"])
async def test_who_is_shut_out_stays_out(store: Store, empty: None, status: str) -> None:
    await store.principals.actor(ANN, [])
    await store._database["accounts"].update_one({}, {"$set": {"status": status}})
    with pytest.raises(Refusal) as refused:
        await store.principals.actor(replace(ANN, email="new@example.com"), [PROFILE])
    assert (refused.value.code, refused.value.message) == (Code.FORBIDDEN, f"This account is {status}.")
    assert (await _account(store))["email"] == "ann@example.com"
    assert await store._database["advisor_users"].count_documents({}) == 0


async def test_news_of_the_provider_are_kept(store: Store, empty: None) -> None:
    await store.principals.actor(ANN, [])
    await store.principals.actor(replace(ANN, email="new@example.com", emailVerified=False), [])
    account = await _account(store)
    assert (account["email"], account["emailVerified"], account["version"]) == ("new@example.com", False, 2)


async def test_a_token_that_says_less_takes_nothing_away(store: Store, empty: None) -> None:
    await store.principals.actor(ANN, [])
    before = await _account(store)
    await store.principals.actor(Identity(ANN.issuer, ANN.subject), [])
    assert await _account(store) == before


async def test_the_last_login_is_noted_once_an_hour(store: Store, empty: None) -> None:
    await store.principals.actor(ANN, [])
    long_ago = now() - LOGIN_NOTED_MILLISECONDS - 1000
    await store._database["accounts"].update_one({}, {"$set": {"lastLoginAt": long_ago}})
    await store.principals.actor(ANN, [])
    noted = (await _account(store))["lastLoginAt"]
    assert noted > long_ago
    await store.principals.actor(ANN, [])
    assert (await _account(store))["lastLoginAt"] == noted


async def test_grants_come_with_the_profile(store: Store, empty: None) -> None:
    first = await store.principals.actor(ANN, [PROFILE])
    met = [ObjectId(), ObjectId()]
    await store._database["advisor_users"].update_one({}, {"$set": {"metAdvisorIds": met}})
    again = await store.principals.actor(ANN, [], [PROFILE])
    assert again.profiles == first.profiles
    assert dict(again.grants) == {"advisor.met": frozenset(met)}


async def test_operators_are_told_by_their_role(store: Store, empty: None) -> None:
    await store.principals.actor(ANN, [])
    await store._database["accounts"].update_one({}, {"$set": {"platformRoles": ["operator"]}})
    assert (await store.principals.actor(ANN, [])).kind is ActorKind.OPERATOR


async def test_who_is_known_costs_one_call(store: Store, watched: tuple[Any, Calls], empty: None) -> None:
    await store.principals.actor(ANN, [PROFILE])
    watched[1].seen.clear()
    await store.principals.actor(ANN, [PROFILE])
    assert watched[1].names == ["aggregate"]


async def test_who_is_found_is_found_in_a_transaction_too(
    store: Store, watched: tuple[Any, Calls], empty: None
) -> None:
    """What a majority does not hold yet may be missing in a transaction that begins then: nobody is made from it."""
    watched[1].seen.clear()
    await store.principals.actor(ANN, [PROFILE])
    with pytest.raises(Refusal):
        await store.principals.visitor(Visit(PORTALS[0], ObjectId(), 1))
    asked = [command for command in watched[1].seen if next(iter(command)) in ("aggregate", "find")]
    assert [command["readConcern"]["level"] for command in asked] == ["majority", "majority"]
