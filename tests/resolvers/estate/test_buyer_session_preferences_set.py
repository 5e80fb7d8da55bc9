"""What a buyer looks for: told by the buyer or the agent, as a whole."""

import pytest

from models.estate.buyer_session import BUYER_SESSIONS
from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, refusal, rows
from tests.resolvers.estate.portals import Cast, cast, unseen


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


async def test_preferences_are_set_by_the_agent_and_the_buyer(api: Api, scene: Cast, database: Database) -> None:
    shown = "buyerSession { preferences { minPrice maxPrice bedrooms cities mustHaveFeatures propertyTypes } }"
    empty = {"minPrice": None, "maxPrice": None, "bedrooms": None}
    for by, given in (
        (scene.ann, {"minPrice": 1.0, "cities": ["Salem"], "propertyTypes": ["condo"]}),
        (scene.buyer, {"bedrooms": 3, "mustHaveFeatures": ["Garage"], "cities": None}),
    ):
        payload = await done(api, "estateBuyerSessionPreferencesSet", by, shown, id=scene.buyer.id, preferences=given)
        lists = {name: given.get(name) or [] for name in ("cities", "mustHaveFeatures", "propertyTypes")}
        assert payload["buyerSession"]["preferences"] == {**empty, **given, **lists}
    before = await rows(database, BUYER_SESSIONS)
    change = {"id": scene.buyer.id, "preferences": {"bedrooms": 1}}
    for name, other in scene.blind.items():
        assert await refusal(api, "estateBuyerSessionPreferencesSet", other, **change) == unseen(other), name
    odd = {"id": scene.buyer.id, "preferences": {"minPrice": 5, "maxPrice": 4}}
    error = ("INVALID", "preferences.maxPrice")
    assert await refusal(api, "estateBuyerSessionPreferencesSet", scene.buyer, **odd) == error
    assert await refusal(api, "estateBuyerSessionPreferencesSet", scene.operator, **change) == ("FORBIDDEN", None)
    assert await rows(database, BUYER_SESSIONS) == before
