"""Everybody who might ask for a portal: its agent, its visitor, and all those whom it is not for."""

from dataclasses import dataclass
from typing import Any

from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Caller, People

Row = dict[str, Any]


@dataclass(frozen=True)
class Cast:
    """Ann with her listing, its seller, two buyers and a chat; `others` are strangers to all of it, by name."""

    ann: Party
    listing: Row
    buyer: Party
    neighbour: Party
    seller: Party
    chat: Party
    operator: Caller
    others: dict[str, Caller]

    @property
    def blind(self) -> dict[str, Caller]:
        """Who does not even see the first buyer's portal."""
        portals = {"neighbour": self.neighbour, "seller": self.seller, "chat": self.chat}
        return {**portals, **self.others}

    @property
    def not_the_agent(self) -> dict[str, Caller]:
        """All but Ann."""
        return {"buyer": self.buyer, "operator": self.operator, **self.blind}


async def cast(parties: Parties, people: People) -> Cast:
    """All of them; Ann's rows are the only ones besides the portals that Eve has opened herself."""
    ann, eve = await parties.agent("ann"), await parties.agent("eve")
    listing, hers = await make.listing(ann.row), await make.listing(eve.row)
    return Cast(
        ann,
        listing,
        await parties.buyer(ann),
        await parties.buyer(ann, buyerName="Ned Neighbour", buyerEmail="ned@example.com"),
        await parties.seller(listing),
        await parties.chat(await make_buyer.profile(ann.row["_id"])),
        await people.operator("olga"),
        {
            "other agent": eve,
            "other agent's buyer": await parties.buyer(eve),
            "other agent's seller": await parties.seller(hers),
            "person": await people.person("paul"),
            "service": people.service("analysis"),
            "anonymous": ANONYMOUS,
        },
    )


def unseen(by: Caller, field: str = "id") -> tuple[str, str | None]:
    """What is told to who writes a row that he may not even see: strangers to sign in, all others that it is not
    there."""
    return ("UNAUTHENTICATED", None) if by is ANONYMOUS else ("NOT_FOUND", field)
