"""Each operation of `docs/estate.md`, sent in the order of the page by whom it is for."""

import re
from typing import Any

import pytest

from models.store.connection import Database
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.laws.sources import ROOT
from tests.resolvers.estate.signing_in import linked
from tests.story.bargaining import TERMS
from tests.story.offering import HOUSE

PAGE = (ROOT / "docs/estate.md").read_text("utf-8")
OPERATIONS = {name: text for text, name in re.findall(r"```graphql\n(\w+ (\w+).*?)```", PAGE, re.DOTALL)}
EMAIL, PASSWORD = "ann@example.com", "correct horse battery staple"


class Tour:
    """Sends the operations; `sent` are those that were."""

    def __init__(self, api: Api, lists: Lists, database: Database) -> None:
        self.api = api
        self.lists = lists
        self.database = database
        self.sent: set[str] = set()

    async def send(self, operation: str, by: Caller, **variables: Any) -> dict[str, Any]:
        """What the one root field shows, without its errors, of which there are none."""
        self.sent.add(operation)
        [found] = (await self.api.data(OPERATIONS[operation], variables, by=by)).values()
        assert found.pop("userErrors", []) == []
        return dict(found)

    async def follow(self, operation: str, by: Caller, **variables: Any) -> list[Any]:
        """The rows of a list that is followed."""
        self.sent.add(operation)
        return await (await self.lists.follow(OPERATIONS[operation], variables, by=by)).synced()

    async def come(self, operator: Caller) -> tuple[Caller, str]:
        """An agent with a licence, signed in, and her refresh token."""
        await self.send("Invite", operator, email=EMAIL)
        link = {"token": await linked(self.database)}
        assert (await self.send("Invitation", ANONYMOUS, **link))["firstName"] == "Ann"
        await self.send("Activate", ANONYMOUS, **link, password=PASSWORD)
        first = (await self.send("SignIn", ANONYMOUS, email=EMAIL, password=PASSWORD))["refreshToken"]
        access = await self.send("Refresh", ANONYMOUS, refreshToken=first)
        ann = Caller("ann", access["accessToken"])
        me = await self.send("Me", ann)
        assert (me["email"], me["licenseNumber"], me["active"]) == (EMAIL, None, True)
        agent = (await self.send("License", ann, id=me["id"], number="OR-1"))["agent"]
        assert agent == {"licenseNumber": "OR-1", "licenseVerified": False, "version": me["version"] + 1}
        return ann, access["refreshToken"]

    async def look(self, buyer: Caller, portal: str, home: str) -> None:
        """A buyer looks for a home in all ways."""
        wished = await self.send("Wish", buyer, id=portal)
        assert wished["buyerSession"]["preferences"]["cities"] == ["Portland"]
        [found] = (await self.send("Suiting", buyer, id=portal))["nodes"]
        assert (found["id"], found["score"]) == (home, 100)
        [found] = (await self.send("Search", buyer))["nodes"]
        assert (found["id"], found["distance"]) == (home, 0)
        search = (await self.send("Save", buyer, buyer=portal))["savedSearch"]
        assert search.pop("notificationsEnabled") is True
        assert await self.follow("Matches", buyer, search=search["id"]) == []
        assert (await self.send("Look", buyer, listing=home))["view"] is not None

    async def bargain(self, ann: Caller, buyer: Caller, home: str) -> None:
        """Buyer and agent come to terms."""
        offer = (await self.send("Bid", buyer, listing=home, terms=TERMS))["offer"]
        assert (offer["status"], offer["version"]) == ("PENDING", 1)
        [followed] = await self.follow("Negotiation", ann, listing=home)
        assert followed["buyerSession"] == {"buyerName": "Bea"}
        same = {"id": offer["id"], "version": 1}
        offer = (await self.send("Counter", ann, **same, terms={**TERMS, "offerAmount": 490_000}))["offer"]
        assert [each["offerAmount"] for each in offer["rounds"]] == [470_000, 490_000]
        back = {**same, "version": 2, "terms": TERMS}
        assert (await self.send("Counter", buyer, **back))["offer"]["status"] == "PENDING"
        accepted = await self.send("Accept", ann, **{**same, "version": 3})
        assert (accepted["offer"]["listing"]["status"], accepted["rejectedCount"]) == ("PENDING", 0)
        assert (await self.send("Sold", ann, listing=home))["listing"]["status"] == "SOLD"


@pytest.fixture
def tour(api: Api, lists: Lists, database: Database) -> Tour:
    """The page's operations, none of them sent."""
    return Tour(api, lists, database)


async def test_each_operation_of_the_page_is_sent(tour: Tour, people: People) -> None:
    ann, refresh = await tour.come(await people.operator("olga"))
    home = (await tour.send("Offer", ann, home=HOUSE))["listing"]["id"]
    portal = (await tour.send("OpenForBuyer", ann))["buyerSession"]
    seller = (await tour.send("OpenForSeller", ann, listing=home))["sellerSession"]["id"]
    typed = portal["sessionCode"].lower().replace("-", " ")
    inside = await tour.send("Enter", ANONYMOUS, code=typed)
    assert inside["buyerSession"]["agent"] == {"firstName": "Ann", "phone": None}
    bea = Caller("bea", inside["accessToken"])
    await tour.look(bea, portal["id"], home)
    await tour.bargain(ann, bea, home)
    dashboard = await tour.send("Dashboard", ann, portal=seller)
    assert (dashboard["views"]["views"], dashboard["offers"]["highestAmount"]) == (1, 470_000)
    analytics = await tour.send("Analytics", ann, listing=home)
    assert analytics["totals"] == {"views": 1, "meanSeconds": 42.5}
    assert await tour.send("SignOut", ann, refreshToken=refresh) == {}
    assert tour.sent == set(OPERATIONS)
