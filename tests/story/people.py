"""Who plays in the stories, and who comes by: another agent with her own clients, and all kinds of strangers."""

from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Caller, People

EVES_HOME = "9 Valley Road"


async def bystanders(people: People, parties: Parties) -> dict[str, Caller]:
    """Everybody who is there before the story begins. Eve offers a home in Salem, and has a portal or chat of each
    kind."""
    eve = await parties.agent("eve", licenseNumber="OR-666")
    home = await make.listing(eve.row, address=EVES_HOME, city="Salem", price=250_000.0)
    return {
        "operator": await people.operator("olga"),
        "other agent": eve,
        "her buyer": await parties.buyer(eve, buyerName="Eddie", buyerEmail="eddie@example.com"),
        "her seller": await parties.seller(home),
        "her chat": await parties.chat(await make_buyer.profile(eve.row["_id"])),
        "account": await people.person("paul"),
        "analysis": people.service("analysis"),
        "stranger": people.service("stranger"),
    }


async def around_ann(people: People, parties: Parties) -> dict[str, Caller]:
    """Ann, whose buyer the chat is for, with another buyer of hers, and the services of the buyer chat."""
    ann = await parties.agent("ann")
    return {
        "agent": ann,
        "other chat": await parties.chat(await make_buyer.profile(ann.row["_id"], name="Cy")),
        "portal": await parties.buyer(ann),
        "search": people.service("search"),
        "answering": people.service("answering"),
    }
