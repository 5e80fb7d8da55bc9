"""The analysis of an offer: written by its service alone, of the terms in force, for the agent."""

from typing import Any

import pytest

from models.clock import now
from models.mail.mail import MAILS
from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import done, refusal, rows
from tests.resolvers.estate.negotiating import ANALYSIS, TERMS, broken, key, offer, scene, stored

SET = "estateOfferAnalysisSet"
DUE = "{ estateOffersToAnalyze { nodes { id } totalCount } }"


async def test_it_is_all_that_changes(api: Api, parties: Parties, people: People, database: Database) -> None:
    row = await offer(database, await scene(parties))
    before = await stored(database, row)
    shown = "offer { aiAnalysis { marketComparison strengths risks recommendation confidence } }"
    payload = await done(api, SET, people.service("analysis"), shown, id=key(row), version=1, aiAnalysis=ANALYSIS)
    assert payload == {"offer": {"aiAnalysis": ANALYSIS}}
    assert await stored(database, row) == {**before, "aiAnalysis": ANALYSIS}
    assert await rows(database, MAILS) == [[]]


async def test_it_goes_with_the_terms(api: Api, parties: Parties, people: People, database: Database) -> None:
    there, service = await scene(parties), people.service("analysis")
    row = await offer(database, there)
    await done(api, SET, service, id=key(row), version=1, aiAnalysis=ANALYSIS)
    await done(api, "estateOfferCounter", there.agent, id=key(row), version=1, terms=TERMS)
    assert "aiAnalysis" not in await stored(database, row)
    assert await refusal(api, SET, service, id=key(row), version=1, aiAnalysis=ANALYSIS) == ("STALE_VERSION", "version")
    assert "aiAnalysis" not in await stored(database, row)
    assert await broken(database) == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"confidence": 1.01}, "OUT_OF_RANGE", "aiAnalysis.confidence"),
        ({"confidence": -0.01}, "OUT_OF_RANGE", "aiAnalysis.confidence"),
        ({"strengths": ["x" * 1_001]}, "TOO_LONG", "aiAnalysis.strengths.0"),
        ({"risks": ["x"] * 51}, "TOO_LONG", "aiAnalysis.risks"),
        ({"recommendation": "x" * 20_001}, "TOO_LONG", "aiAnalysis.recommendation"),
    ],
)
async def test_what_is_no_analysis(
    api: Api,
    parties: Parties,
    people: People,
    database: Database,
    changes: dict[str, Any],
    code: str,
    field: str,
) -> None:
    row = await offer(database, await scene(parties))
    given = {"id": key(row), "version": 1, "aiAnalysis": {**ANALYSIS, **changes}}
    assert await refusal(api, SET, people.service("analysis"), **given) == (code, field)
    assert "aiAnalysis" not in await stored(database, row)


async def test_what_is_to_analyze_is_told_to_the_service(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    there = await scene(parties)
    second, first = [await offer(database, there, createdAt=created) for created in (2_000, 1_000)]
    for state in ("countered", "accepted", "rejected", "withdrawn"):
        await offer(database, there, state)
    await offer(database, there, aiAnalysis=ANALYSIS)
    await offer(database, there, expiresAt=now() - 1)
    found = (await api.data(DUE, by=people.service("analysis")))["estateOffersToAnalyze"]
    assert found == {"nodes": [{"id": key(first)}, {"id": key(second)}], "totalCount": 2}
    others = (there.agent, there.buyer, ANONYMOUS, await people.operator("olga"), people.service("answering"))
    for by in others:
        assert (await api.data(DUE, by=by))["estateOffersToAnalyze"] == {"nodes": [], "totalCount": 0}
