"""What public sources know about a listing: written by the service that asks them, and nothing else by it."""

from typing import Any

import pytest

from models.estate.listing import LISTINGS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.estate.listing_callers import expected, scene

SET = "estateListingEnrichmentSet"

KNOWN: dict[str, Any] = {
    "schoolRatings": [{"name": "Elm School", "rating": 9}],
    "walkScore": 71,
    "crimeStats": {"perThousand": 3.5},
    "nearbyAmenities": ["park", {"kind": "shop"}],
    "comps": [],
}


async def _stored(database: Database) -> dict[str, Any]:
    found = await database[LISTINGS.collection].find_one({})
    assert found is not None
    return found


@pytest.mark.parametrize("status", ["active", "withdrawn"])
async def test_the_service_writes_it_and_nothing_else(
    api: Api, parties: Parties, people: People, database: Database, status: str
) -> None:
    row = await make.listing((await parties.agent("ann")).row, status=status)
    before = await _stored(database)
    shown = "listing { enrichedData { schoolRatings walkScore crimeStats nearbyAmenities comps lastEnriched } version }"
    payload = await done(api, SET, people.service("enrichment"), shown, id=gid(LISTINGS, row), enrichedData=KNOWN)
    found = payload["listing"]["enrichedData"]
    at = found.pop("lastEnriched")
    assert (found, payload["listing"]["version"]) == (KNOWN, 1)
    assert before["updatedAt"] <= at < before["updatedAt"] + 60_000
    assert await _stored(database) == {**before, "enrichedData": {**KNOWN, "lastEnriched": at}}


async def test_it_takes_the_place_of_what_was_known(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    known = {**KNOWN, "lastEnriched": 1}
    row = await make.listing((await parties.agent("ann")).row, enrichedData=known)
    less = {name: value for name, value in KNOWN.items() if name != "walkScore"}
    await done(api, SET, people.service("enrichment"), id=gid(LISTINGS, row), enrichedData=less)
    stored = (await _stored(database))["enrichedData"]
    assert stored.pop("lastEnriched") > 1
    assert stored == less


async def test_nobody_else_does(api: Api, parties: Parties, people: People, database: Database) -> None:
    there = await scene(parties, people)
    stored = await rows(database, LISTINGS)
    given = {"id": gid(LISTINGS, there.house), "enrichedData": KNOWN}
    callers = {name: by for name, by in there.callers.items() if name != "enrichment"}
    found = {name: await refusal(api, SET, caller, **given) for name, caller in callers.items()}
    wanted = expected(there, {"anonymous": ("UNAUTHENTICATED", None)}, ("FORBIDDEN", None))
    assert found == {name: wanted[name] for name in callers}
    assert await rows(database, LISTINGS) == stored


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"walkScore": 101}, "OUT_OF_RANGE", "enrichedData.walkScore"),
        ({"walkScore": -1}, "OUT_OF_RANGE", "enrichedData.walkScore"),
        ({"nearbyAmenities": ["park"] * 501}, "TOO_LONG", "enrichedData.nearbyAmenities"),
        ({"comps": [1] * 201}, "TOO_LONG", "enrichedData.comps"),
    ],
)
async def test_wrong_values_are_named(
    api: Api, parties: Parties, people: People, database: Database, values: dict[str, Any], code: str, field: str
) -> None:
    row = await make.listing((await parties.agent("ann")).row)
    before = await _stored(database)
    given = {"id": gid(LISTINGS, row), "enrichedData": {**KNOWN, **values}}
    assert await refusal(api, SET, people.service("enrichment"), **given) == (code, field)
    assert await _stored(database) == before


async def test_what_is_not_there_is_not_found(api: Api, parties: Parties, people: People) -> None:
    ann = await parties.agent("ann")
    for key in ("nonsense", ann.id, gid(LISTINGS, ann.row["_id"])):
        found = await refusal(api, SET, people.service("enrichment"), id=key, enrichedData=KNOWN)
        assert found == ("NOT_FOUND", "id")
