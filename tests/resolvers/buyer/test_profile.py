"""Profiles of buyers: who sees them, in lists and one by one, and what the buyer's own chat never learns."""

import json
from typing import Any

import pytest

from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN
from tests.resolvers.advisor.following import refusal as refused
from tests.resolvers.advisor.writing import done, gid
from tests.resolvers.buyer.profile_cast import SECRETS, Cast, agent_who_is_off, cast

ONE = "query($id: ID!) { buyerProfile(id: $id) { name location bedrooms homeType profileVersion current } }"
LIST = "{ buyerProfiles { nodes { name } totalCount } }"
SECRET_FIELDS = " ".join(SECRETS)
NAMED = {
    "name": "Bea Buyer",
    "location": "Portland",
    "bedrooms": 2,
    "homeType": "CONDO",
    "profileVersion": 1,
    "current": True,
}
SEEN = ("chat", "operator", "analysis", "answering", "search")
UNSEEN = ("other chat", "other agent", "portal", "seller", "person", "billing", "enrichment", "anonymous")

HIDDEN = dict.fromkeys(SECRETS)
KNOWN_TO = {
    "chat": set[str](),
    "operator": set[str](),
    "analysis": set(SECRETS) - {"email", "phone"},
    "answering": {"emotionalContext", "emotionalTone", "inferredTags", "dealbreakers", "specialNeeds"},
    "search": {"inferredTags", "dealbreakers", "specialNeeds"},
}


@pytest.fixture
async def there(people: People, parties: Parties) -> Cast:
    """Everybody, and a buyer."""
    return await cast(people, parties)


async def test_is_seen_by_its_agent_the_buyer_and_who_serves_them(api: Api, there: Cast) -> None:
    assert await api.data(ONE, {"id": there.id}, by=there.ann) == {"buyerProfile": NAMED}
    for name in SEEN:
        assert await api.data(ONE, {"id": there.id}, by=there[name]) == {"buyerProfile": NAMED}, name
    for name in UNSEEN:
        assert await api.data(ONE, {"id": there.id}, by=there[name]) == {"buyerProfile": None}, name


async def test_an_agent_who_is_switched_off_reads_on(api: Api, parties: Parties) -> None:
    off, profile = await agent_who_is_off(parties)
    assert (await api.data(ONE, {"id": gid(PROFILES, profile)}, by=off))["buyerProfile"] == NAMED
    assert (await api.data(LIST, by=off))["buyerProfiles"] == {"nodes": [{"name": "Bea Buyer"}], "totalCount": 1}


async def test_is_listed_for_its_agent_alone(api: Api, there: Cast) -> None:
    names = [{"name": "Cem Other"}, {"name": "Bea Buyer"}]
    found = (await api.data(LIST, by=there.ann))["buyerProfiles"]
    assert sorted(found["nodes"], key=str) == sorted(names, key=str)
    assert found["totalCount"] == 2
    for name, caller in there.callers.items():
        assert (await api.data(LIST, by=caller))["buyerProfiles"] == {"nodes": [], "totalCount": 0}, name


@pytest.mark.parametrize("path", ["one", "node", "nested"])
async def test_shows_what_is_private_to_whom_it_is_for(api: Api, there: Cast, path: str) -> None:
    search = await make.search_transaction(there.profile)
    document = {
        "one": f"query($id: ID!) {{ found: buyerProfile(id: $id) {{ {SECRET_FIELDS} }} }}",
        "node": f"query($id: ID!) {{ found: node(id: $id) {{ ... on BuyerProfile {{ {SECRET_FIELDS} }} }} }}",
        "nested": f"query($id: ID!) {{ found: node(id: $id) {{ ... on BuyerSearchTransaction "
        f"{{ profile {{ {SECRET_FIELDS} }} }} }} }}",
    }[path]
    key = gid(SEARCH_TRANSACTIONS, search) if path == "nested" else there.id

    async def seen(caller: Any) -> Any:
        found = (await api.data(document, {"id": key}, by=caller))["found"]
        return found["profile"] if found is not None and path == "nested" else found

    assert await seen(there.ann) == SECRETS
    for name, known in KNOWN_TO.items():
        if path != "nested" or name != "operator":
            assert await seen(there[name]) == {**HIDDEN, **{field: SECRETS[field] for field in known}}, name
    for name in UNSEEN:
        assert await seen(there[name]) is None, name


async def test_the_chat_learns_nothing_private_by_its_other_paths(api: Api, there: Cast) -> None:
    chat = there["chat"]
    within = f'{{ chatSession: buyerChatSession(id: "{chat.id}") {{ profile {{ {SECRET_FIELDS} }} }} }}'
    assert (await api.data(within, by=chat))["chatSession"]["profile"] == HIDDEN
    versions = (
        f"query($id: ID!) {{ buyerProfileVersions(profileId: $id) {{ nodes {{ {SECRET_FIELDS} }} totalCount }} }}"
    )
    found = (await api.data(versions, {"id": there.id}, by=chat))["buyerProfileVersions"]
    assert found == {"nodes": [HIDDEN], "totalCount": 1}
    insights = "query($id: ID!) { buyerProfile(id: $id) { insights { totalCount nodes { id } } } }"
    session = await make.chat_session(there.profile)
    await make.chat_agent_insight(session)
    of_agent = (await api.data(insights, {"id": there.id}, by=there.ann))["buyerProfile"]["insights"]
    assert of_agent["totalCount"] == 1
    of_chat = (await api.data(insights, {"id": there.id}, by=chat))["buyerProfile"]["insights"]
    assert of_chat == {"totalCount": 0, "nodes": []}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ("where: {priorityScore: {gte: 50}}", "where"),
        ("where: {not: {priorityScore: {eq: 77}}}", "where"),
        ("orderBy: {field: PRIORITY, direction: DESC}", "orderBy"),
    ],
)
async def test_what_is_private_neither_finds_nor_orders(api: Api, there: Cast, arguments: str, field: str) -> None:
    for name in ("chat", "answering", "search", "other chat", "portal", "person"):
        answer = await api.answer(f"{{ buyerProfiles({arguments}) {{ totalCount }} }}", by=there[name])
        [error] = answer["errors"]
        assert (error["extensions"]["code"], error["extensions"]["field"]) == ("FORBIDDEN", [field]), name
        assert not any(str(secret) in json.dumps(error) for secret in SECRETS.values() if isinstance(secret, str))


async def test_no_filter_or_search_reaches_other_private_columns(api: Api, there: Cast) -> None:
    for column in set(SECRETS) - {"priorityScore"}:
        answer = await api.answer(
            f'{{ buyerProfiles(where: {{{column}: {{eq: "a"}}}}) {{ totalCount }} }}', by=there.ann
        )
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", column
    for words in ("SECRET", "secret.example", "breaker"):
        search = f'{{ buyerProfiles(search: "{words}") {{ nodes {{ name }} }} }}'
        assert (await api.data(search, by=there.ann))["buyerProfiles"]["nodes"] == []
    assert (await api.data('{ buyerProfiles(search: "bea") { nodes { name } } }', by=there.ann)) == {
        "buyerProfiles": {"nodes": [{"name": "Bea Buyer"}]}
    }
    for name in ("chat", "other agent", "analysis"):
        found = await api.data('{ buyerProfiles(search: "bea") { nodes { name } totalCount } }', by=there[name])
        assert found["buyerProfiles"] == {"nodes": [], "totalCount": 0}, name


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("orderBy: {field: NAME, direction: ASC}", ["Abe", "Bob", "Cyd"]),
        ("orderBy: {field: PRIORITY, direction: DESC}", ["Cyd", "Abe", "Bob"]),
        ("orderBy: {field: CREATED_AT, direction: ASC}", ["Bob", "Cyd", "Abe"]),
        ("where: {homeType: {eq: SINGLE_FAMILY}}", ["Cyd"]),
        ("where: {homeType: {in: [CONDO, DUPLEX]}} orderBy: {field: NAME, direction: ASC}", ["Abe", "Bob"]),
        ("where: {priorityScore: {gt: 10}} orderBy: {field: NAME, direction: DESC}", ["Cyd", "Abe"]),
        ("where: {createdAt: {lte: 1}}", ["Bob"]),
        ('search: "portland"', ["Abe", "Bob", "Cyd"]),
    ],
)
async def test_is_filtered_and_ordered(api: Api, parties: Parties, arguments: str, names: list[str]) -> None:
    ann = await parties.agent("ann")
    key = ann.row["_id"]
    await make.profile(key, name="Bob", priorityScore=10, createdAt=1)
    await make.profile(key, name="Cyd", priorityScore=90, createdAt=2, homeType="single-family")
    await make.profile(key, name="Abe", priorityScore=50, createdAt=3, homeType="duplex")
    await make.profile(key, name="Old", current=False, parentProfileId=key)
    found = (await api.data(f"{{ buyerProfiles({arguments}) {{ nodes {{ name }} }} }}", by=ann))["buyerProfiles"]
    shown = [node["name"] for node in found["nodes"]]
    assert (sorted(shown) if "search" in arguments else shown) == names


async def test_lists_follow_changes_and_hide_the_same(lists: Lists, api: Api, there: Cast, database: Database) -> None:
    document = "subscription { buyerProfileChanges { kind node { name rawInput profileVersion } } }"
    live = await lists.follow(document, by=there.ann)
    assert sorted(node["name"] for node in await live.synced()) == ["Bea Buyer", "Cem Other"]
    await done(api, "buyerProfileUpdate", there.ann, id=there.id, name="Bea Bigger")
    events = sorted(await live.events(2), key=lambda event: str(event["kind"]))
    assert events == [
        {"kind": "ADDED", "node": {"name": "Bea Bigger", "rawInput": "SECRET raw", "profileVersion": 2}},
        {"kind": "REMOVED", "node": None},
    ]
    versions = (
        "subscription($id: ID!) { buyerProfileVersionChanges(profileId: $id) "
        f"{{ kind node {{ profileVersion {SECRET_FIELDS} }} }} }}"
    )
    followed = await lists.follow(versions, {"id": there.id}, by=there["chat"])
    assert await followed.synced() == [{**HIDDEN, "profileVersion": 2}, {**HIDDEN, "profileVersion": 1}]
    newest = {"rootProfileId": there.profile["_id"], "current": True}
    # What is hidden may change without a word; only what is seen of a version brings it again.
    await database["buyer_profiles"].update_one(newest, {"$set": {"rawInput": "SECRET"}})
    await followed.quiet()


async def test_lists_are_followed_by_whom_they_are_for(lists: Lists, there: Cast) -> None:
    mine = "subscription { buyerProfileChanges { kind node { id } } }"
    versions = "subscription($id: ID!) { buyerProfileVersionChanges(profileId: $id) { kind node { id } } }"
    for name in UNSEEN:
        expected = SIGN_IN if name == "anonymous" else NOT_YOURS
        assert await refused(lists, versions, {"id": there.id}, there[name]) == expected, name
    for name in there.callers.keys() - {"other agent"}:
        expected = SIGN_IN if name == "anonymous" else NOT_YOURS
        assert await refused(lists, mine, {}, there[name]) == expected, name
    async with lists.following(mine, by=there["other agent"]) as live:
        assert await live.synced() == []
