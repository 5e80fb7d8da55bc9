"""The documented operations, of the golden files and of the papers, and a small world that they are asked in."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse

from models import global_id
from tests.factories import advisor as make
from tests.factories import buyer as make_buyer
from tests.factories import estate as make_estate
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Caller, People

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]

GOLDEN = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql"))}
"""The operations whose commands are kept, by the names of their files."""

PAPERS = {
    f"{path.stem} {number}": text
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for number, text in enumerate(re.findall(r"```graphql\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL), 1)
}
"""The operations of the papers, by the name of the paper and their number in it."""


TERMS = {
    "offerAmount": 480_000,
    "earnestMoney": 5_000,
    "downPayment": 96_000,
    "financingType": "CONVENTIONAL",
    "contingencies": [],
}


HOME = {
    "address": "2 Corner Street",
    "city": "Portland",
    "state": "OR",
    "zipCode": "97201",
    "price": 510_000,
    "bedrooms": 3,
    "bathrooms": 2,
    "sqft": 1_600,
    "propertyType": "condo",
    "description": "A bright flat.",
    "coordinates": {"lat": 45.5, "lng": -122.7},
}


@dataclass(frozen=True)
class World:
    """Somebody who has something of everything, and the ids of it: by `Operation.variable` (`field.variable` where the
    operation has no name), or by `variable`."""

    ann: Caller
    ids: dict[str, Any]

    def variables(self, text: str) -> dict[str, Any]:
        """Values for the variables of an operation."""
        operation = definition(text)
        first = operation.selection_set.selections[0]
        assert isinstance(first, FieldNode)
        name = (operation.name or first.name).value
        wanted = [each.variable.name.value for each in operation.variable_definitions or ()]
        unknown = [each for each in wanted if f"{name}.{each}" not in self.ids and each not in self.ids]
        assert not unknown, f"Say in tests/golden/world.py what {unknown} of the operation {name} stands for."
        return {each: self.ids.get(f"{name}.{each}", self.ids.get(each)) for each in wanted}


def definition(text: str) -> OperationDefinitionNode:
    """The one operation of a document."""
    [operation] = [each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode)]
    return operation


async def world(people: People, parties: Parties) -> World:
    """Make it."""
    ann = await people.person("ann")
    return World(ann, {**await _talk(ann), **await _homes(parties)})


async def _talk(ann: Caller) -> dict[str, Any]:
    ada = await make.advisor(name="Ada")
    await make.selection(ann, ada)
    await make.team_template("starters", advisorIds=[ada["_id"]])
    talk = await make.conversation(ann, title="Prices", activeAdvisorId=ada["_id"])
    await make.conversation(ann, title="Plans", updatedAt=1)
    hello = await make.message(talk, "Hello Ada")
    await make.message(talk, "Hello Ann", sender="advisor", advisorId=ada["_id"])
    await make.memory(talk, ada)
    await make.thread_summary(talk)
    await make.typing_indicator(talk, advisorId=ada["_id"])
    conversation = global_id.encode("aCon", talk["_id"])
    return {
        "conversation": conversation,
        "advisor": global_id.encode("aAdv", ada["_id"]),
        "message": global_id.encode("aMsg", hello["_id"]),
        "Ask.input": {"conversationId": conversation, "content": "How much?"},
    }


async def _homes(parties: Parties) -> dict[str, Any]:
    """The same person as an agent, with a home, an offer on it, and a buyer who chats."""
    agent = (await parties.agent("ann")).row
    home = await make_estate.listing(agent)
    await make_estate.listing(agent, price=450_000.0, status="pending")
    bea = await make_estate.buyer_session(agent, preferences={"cities": ["Portland"], "bedrooms": 2})
    await make_estate.property_view(home, bea, imagesViewed=[0])
    offer = global_id.encode("eOff", (await make_estate.offer(home, bea))["_id"])
    portal = global_id.encode("eBuy", bea["_id"])
    seller = await make_estate.seller_session(home)
    search = await make_estate.saved_search(bea)
    cached = await make_buyer.repliers_listing()
    chat = await make_buyer.chat_session(await make_buyer.profile(agent["_id"]))
    await make_buyer.chat_message(chat, propertyMentioned=cached["_id"])
    return {
        "listing": global_id.encode("eLst", home["_id"]),
        "chat": global_id.encode("bChS", chat["_id"]),
        "home": HOME,
        "buyer": portal,
        "portal": global_id.encode("eSel", seller["_id"]),
        "estateMatchingListings.id": portal,
        "Suiting.id": portal,
        "Wish.id": portal,
        "Run.id": global_id.encode("eSav", search["_id"]),
        "License.id": global_id.encode("eAgt", agent["_id"]),
        "Counter.id": offer,
        "Accept.id": offer,
        "version": 1,
        "terms": TERMS,
        **dict.fromkeys(("code", "email", "number", "password", "refreshToken", "token"), "what nobody has"),
    }
