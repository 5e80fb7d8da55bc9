"""A table of places on the earth, and a schema of its own that lists them by distance and by rank."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from bson import ObjectId
from pydantic import BaseModel
from strawberry.schema.config import StrawberryConfig

from graphql_api.operations.prepare import Operations
from graphql_api.operations.run import run
from models.actor import ANONYMOUS, Actor
from models.policy import Is, Policy
from models.row import Row
from models.store import Store
from models.store.connection import Database
from models.table import Table, index
from resolvers.adjectives import FLOATS, INTS, TAGS, TEXTS, keyed, orders, where
from resolvers.connection import Connection
from resolvers.context import Context
from resolvers.geography import distance
from resolvers.listing import REQUIRED, Listing, argument
from resolvers.ranking import Ranking, noted, rank
from resolvers.scalars import SCALARS
from resolvers.selection import Call
from resolvers.table import column, identity, read
from resolvers.verbs.rank import ranked
from resolvers.verbs.read import listed


class Coordinates(BaseModel):
    """Where a place is, in degrees."""

    lat: float
    lng: float


class PlaceRow(Row):
    """`location` says as a point what `coordinates` say in numbers, `cityKey` the city in small letters."""

    city: str
    cityKey: str
    price: float
    rooms: int
    tags: list[str]
    status: str
    coordinates: Coordinates
    location: dict[str, Any]

    class Settings:
        name = "places"
        keep_nulls = False


PLACES = Table(
    PlaceRow,
    type_name="Place",
    tag="tPlc",
    noun="place",
    policy=Policy(read=Is("status", ("open",))),
    indexes=(
        index("byLocation", "location:2dsphere", covered=("status", "price")),
        index("page_status_price", "status", "price", "_id", covered=("coordinates.lat", "coordinates.lng", "rooms")),
        index("page_status_city", "status", "cityKey", "price", "_id"),
        index("byTags", "tags"),
    ),
    shard_key=("_id",),
)

PLACE_WHERE = where(PLACES, city=keyed(TEXTS, "cityKey", str.lower), price=FLOATS, rooms=INTS, tags=TAGS)

NEARBY = Listing(
    PLACES,
    orders("Place", PRICE=("price",), DISTANCE=("@distance",)),
    fixed=("status",),
    where=PLACE_WHERE,
    near="location",
)

FITTING = Listing(
    PLACES,
    orders("PlaceFit", PRICE=("price",)),
    fixed=("status",),
    where=PLACE_WHERE,
    ranked=True,
)


@strawberry.type(description="A place.")
class Place:
    """What is shown of it."""

    id: strawberry.ID = identity(PLACES)
    city: str = column("Its city.")
    price: float = column("Its price.")
    distance: float | None = distance("How far away it is, in metres.")
    fit: int | None = rank("How well it fits.")
    reasons: list[str] | None = noted("reasons", "Why it fits.")


async def _by_rooms(call: Call) -> Ranking:
    wanted = call.arguments["rooms"]
    enough = {"$gte": ["$rooms", wanted]}
    return Ranking(
        {"$subtract": [100, {"$multiply": [10, {"$abs": {"$subtract": ["$rooms", wanted]}}]}]},
        where={"price": {"$lt": 1_000}},
        noted={"reasons": {"$cond": [enough, ["enough rooms"], []]}},
    )


@strawberry.type(name="Query")
class _Queries:
    places: Connection[Place] = listed(NEARBY, "Places.")
    fitting: Connection[Place] = ranked(
        FITTING, "Places, the best first.", _by_rooms, {"rooms": (argument(int, "Rooms that are wanted."), REQUIRED)}
    )


CONFIG = StrawberryConfig(auto_camel_case=False, default_resolver=read, scalar_map=SCALARS)
OPERATIONS = Operations(strawberry.Schema(_Queries, config=CONFIG)._schema, introspection=False)


@dataclass(frozen=True)
class Atlas:
    """Asks for places, by compiled code and by the stock executor, which have to say the same."""

    store: Store
    database: Database
    actor: Actor = ANONYMOUS

    async def answer(self, text: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer."""
        prepared = OPERATIONS.prepare(text, None)
        one, other = [
            await run(prepared, dict(variables or {}), Context(self.actor, self.store), seconds=30, compiled=compiled)
            for compiled in (True, False)
        ]
        assert one.formatted == other.formatted
        return dict(one.formatted)

    async def data(self, text: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of an answer without errors, which compiled code can give alone."""
        answer = await self.answer(text, variables)
        assert "errors" not in answer, answer["errors"]
        compiled = OPERATIONS.prepare(text, None).compilation
        found: dict[str, Any] | None = await compiled.answer(
            dict(variables or {}), Context(self.actor, self.store), at_once=True
        )
        assert found is not None, "Nothing was compiled."
        assert found == answer["data"]
        return found

    async def refused(self, text: str, variables: Mapping[str, Any] | None = None) -> tuple[str, Sequence[str], str]:
        """The code, the field and the message of an answer that is a refusal."""
        (error,) = (await self.answer(text, variables))["errors"]
        return error["extensions"]["code"], error["extensions"].get("field", []), error["message"]

    async def put(self, *rows: Mapping[str, Any]) -> None:
        """Store places."""
        await self.database[PLACES.collection].insert_many([dict(row) for row in rows])


def place(lat: float, lng: float, **values: Any) -> dict[str, Any]:
    """A stored place."""
    given: dict[str, Any] = {"city": "Berlin", "price": 1.0, "rooms": 1, "tags": [], "status": "open", **values}
    return {
        "_id": ObjectId(),
        **given,
        "cityKey": given["city"].lower(),
        "coordinates": {"lat": lat, "lng": lng},
        "location": {"type": "Point", "coordinates": [lng, lat]},
    }


def scattered(
    dice: random.Random, number: int, middle: tuple[float, float], degrees: float, *, level: float = 0.0
) -> list[dict[str, Any]]:
    """Places around a middle, of which this share lies where another does; every tenth is closed."""
    rows: list[dict[str, Any]] = []
    for count in range(number):
        lat, lng = (part + dice.uniform(-degrees, degrees) for part in middle)
        if rows and dice.random() < level:
            twin = dice.choice(rows)["coordinates"]
            lat, lng = twin["lat"], twin["lng"]
        status = "closed" if count % 10 == 9 else "open"
        rows.append(place(lat, lng, status=status, price=float(dice.randrange(50)), city=f"City {count}"))
    # Ids rise with time: of rows on one spot, the later must not always be the farther in every other respect.
    dice.shuffle(rows)
    return rows
