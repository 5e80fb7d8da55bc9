"""Everybody who may ask about a listing and a buyer, one of each kind."""

from dataclasses import dataclass
from typing import Any

from models import global_id
from models.store import Store
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Caller, People

SERVICES = ("analysis", "answering", "billing", "enrichment", "search", "stranger")

IMAGES = [f"https://example.com/{number}.jpg" for number in range(3)]
VIDEOS = ["https://example.com/tour.mp4"]


@dataclass(frozen=True)
class Cast:
    """`ann` offers the `listing`, which `bea` looks at and `sam` sells; `ben` is another buyer of hers. The others have
    to do with `bob`, another agent, or with nobody."""

    listing: dict[str, Any]
    other_listing: dict[str, Any]
    ann: Party
    bob: Party
    bea: Party
    ben: Party
    bobs_buyer: Party
    sam: Party
    other_seller: Party
    chat: Party
    operator: Caller
    plain: Caller
    people: People

    @property
    def listing_id(self) -> str:
        """The global id of the listing."""
        return global_id.encode("eLst", self.listing["_id"])

    def strangers(self) -> dict[str, Caller]:
        """Those who have to do with neither the listing nor the buyer, by their names; the operator apart."""
        services = {f"service {name}": self.people.service(name) for name in SERVICES}
        return {
            "other agent": self.bob,
            "buyer of the other agent": self.bobs_buyer,
            "other seller": self.other_seller,
            "chat": self.chat,
            "plain account": self.plain,
            "anonymous": ANONYMOUS,
            **services,
        }


async def cast(parties: Parties, people: People) -> Cast:
    """The listing, with images and a video, and everybody."""
    ann, bob = await parties.agent("ann"), await parties.agent("bob")
    listing = await make.listing(ann.row, images=IMAGES, videos=VIDEOS)
    other = await make.listing(bob.row, images=IMAGES, videos=VIDEOS)
    return Cast(
        listing=listing,
        other_listing=other,
        ann=ann,
        bob=bob,
        bea=await parties.buyer(ann),
        ben=await parties.buyer(ann, buyerName="Ben Buyer"),
        bobs_buyer=await parties.buyer(bob),
        sam=await parties.seller(listing),
        other_seller=await parties.seller(other),
        chat=await parties.chat(await make_buyer.profile(ann.row["_id"])),
        operator=await people.operator("olga"),
        plain=await people.person("pat"),
        people=people,
    )


async def switch_off(store: Store, agent: Party) -> None:
    """What the operator's write does to an agent, and to what carries whether the agent is switched on."""
    database, mine = store._database, {"agentId": agent.row["_id"]}
    await database["estate_agents"].update_one({"_id": agent.row["_id"]}, {"$set": {"active": False}})
    for name in ("estate_listings", "estate_buyer_sessions", "estate_seller_sessions"):
        await database[name].update_many(mine, {"$set": {"agentActive": False}})
