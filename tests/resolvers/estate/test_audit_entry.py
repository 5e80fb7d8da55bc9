"""The audit: each agent reads what happened to his own access, the operator everybody's, and others nothing."""

from typing import Any

import pytest

from models.estate.audit_entry import AUDIT_ENTRIES, KEPT_DAYS, AuditEvent
from models.store.connection import Database
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid
from tests.resolvers.estate.signing_in import attempt, enter, person, stored

ENTRIES = """query($agent: ID!) { estateAuditEntries(agentId: $agent) {
    totalCount nodes { event address agentId agent { firstName } version } } }"""
CHANGES = """subscription($agent: ID!) { estateAuditEntryChanges(agentId: $agent) { kind node { event address } } }"""


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.estate.entry.LEVEL_SECONDS", 0)


async def test_the_agent_and_the_operator_read_it(api: Api, people: People) -> None:
    pam = await person()
    await attempt(api, password="wrong")
    signed_in, _ = await enter(api)
    nodes = [
        {"event": event, "address": "127.0.0.1", "agentId": pam.id, "agent": {"firstName": "Pam"}, "version": 1}
        for event in ("SIGNED_IN", "SIGN_IN_FAILED")
    ]
    for who in (signed_in, await people.operator("olga")):
        found = await api.data(ENTRIES, {"agent": pam.id}, by=who)
        assert found == {"estateAuditEntries": {"totalCount": 2, "nodes": nodes}}


async def test_who_is_switched_off_reads_it(api: Api, parties: Parties) -> None:
    otto = await parties.agent("otto", active=False)
    await make.audit_entry(otto.row, event=AuditEvent.SWITCHED_OFF)
    found = await api.data(ENTRIES, {"agent": otto.id}, by=otto)
    assert [node["event"] for node in found["estateAuditEntries"]["nodes"]] == ["SWITCHED_OFF"]


async def others(parties: Parties, people: People) -> tuple[str, dict[str, Caller], str]:
    """An agent with an entry in the audit, everybody who may not read it, and its id."""
    ann = await parties.agent("ann")
    entry = await make.audit_entry(ann.row, address="192.0.2.7")
    callers: dict[str, Caller] = {
        "other agent": await parties.agent("bob"),
        "buyer": await parties.buyer(ann),
        "seller": await parties.seller(await make.listing(ann.row)),
        "chat": await parties.chat(await make_buyer.profile(ann.row["_id"])),
        "plain": await people.person("plain"),
        "anonymous": ANONYMOUS,
        **{
            name: people.service(name)
            for name in ("analysis", "answering", "billing", "enrichment", "search", "stranger")
        },
    }
    return ann.id, callers, gid(AUDIT_ENTRIES, entry)


async def test_nobody_else_reads_it(api: Api, parties: Parties, people: People) -> None:
    """Neither in the list, nor by its count, nor by its id."""
    agent, callers, key = await others(parties, people)
    empty: dict[str, Any] = {"estateAuditEntries": {"totalCount": 0, "nodes": []}}
    for who in callers.values():
        assert await api.data(ENTRIES, {"agent": agent}, by=who) == empty
        assert await api.data("query($id: ID!) { node(id: $id) { id } }", {"id": key}, by=who) == {"node": None}


async def test_ids_of_other_kinds_have_no_entries(api: Api, people: People, parties: Parties) -> None:
    _, _, key = await others(parties, people)
    olga = await people.operator("olga")
    for wrong in (key, "", "x", "eAgt"):
        found = await api.data(ENTRIES, {"agent": wrong}, by=olga)
        assert found == {"estateAuditEntries": {"totalCount": 0, "nodes": []}}


async def test_it_is_told_as_it_happens(lists: Lists, api: Api, people: People) -> None:
    pam = await person()
    signed_in, token = await enter(api)
    live = await lists.follow(CHANGES, {"agent": pam.id}, by=await people.operator("olga"))
    assert await live.synced() == [{"event": "SIGNED_IN", "address": "127.0.0.1"}]
    await done(api, "estateAgentSignOut", signed_in, refreshToken=token)
    assert await live.event() == {"kind": "ADDED", "node": {"event": "SIGNED_OUT", "address": "127.0.0.1"}}


async def test_nobody_else_is_told(lists: Lists, parties: Parties, people: People) -> None:
    agent, callers, _ = await others(parties, people)
    for name, who in callers.items():
        live = await lists.follow(CHANGES, {"agent": agent}, by=who)
        if name == "other agent":
            assert await live.synced() == []
            continue
        [error] = (await live.answer())["errors"]
        assert error["extensions"]["code"] == ("UNAUTHENTICATED" if name == "anonymous" else "FORBIDDEN")


async def test_entries_are_kept_for_400_days(api: Api, database: Database) -> None:
    await person()
    await enter(api)
    [entry] = await stored(database, AUDIT_ENTRIES)
    days = (entry["expiresAt"].timestamp() - entry["createdAt"] / 1000) / 86_400
    assert abs(days - KEPT_DAYS) < 2
