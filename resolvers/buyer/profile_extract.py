"""A draft of a profile from free text: read by the built-in grammar, and stored by nobody."""

from dataclasses import asdict

import strawberry

from models.buyer.profile import RAW_CHARACTERS, HomeType, InputMethod
from models.errors import Code, Refusal
from models.estate.rules import PRODUCT, WORKING_AGENT
from models.texts import is_readable
from resolvers.buyer.profile_grammar import read
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

NEEDED = ("name", "email", "location", "budget", "homeType", "bedrooms", "bathrooms")
"""What a profile cannot do without."""

READER = "built-in grammar"


@strawberry.type(description="What a text says of a buyer, for the agent to look through; nothing of it is stored.")
class BuyerProfileDraft:
    name: str | None = column("Name; null where the text does not say it, here and below.")
    email: str | None = column("E-mail address.")
    phone: str | None = column("Telephone number.")
    location: str | None = column("Where the buyer looks.")
    budget: str | None = column("The words of the text about the budget.")
    budgetMin: int | None = column("Least price.")
    budgetMax: int | None = column("Highest price.")
    homeType: HomeType | None = column("Kind of home.")
    bedrooms: int | None = column("Number of bedrooms.")
    bathrooms: str | None = column("Number of bathrooms, as `2+`.")
    mustHaveFeatures: list[str] = column("Features that are wanted, of those that the grammar knows.")
    dealbreakers: list[str] = column("Features that are refused.")
    preferredAreas: list[str] = column("Places that are to be near.")
    rawInput: str = column("The text.")
    inputMethod: InputMethod = column("TEXT.")
    nlpConfidence: int = column("How sure the reading is, 0 to 60 per cent: no model has read the text.")


@strawberry.input(description="A text about a buyer.")
class BuyerProfileExtractInput(Input):
    text: str = required(f"What the agent has written down, up to {RAW_CHARACTERS} characters.")


@strawberry.type(description="What was read in the text.")
class BuyerProfileExtractPayload(Payload):
    draft: BuyerProfileDraft | None = column("The draft.")
    missing: list[str] | None = column("Names of what a profile needs and the text does not say.")
    readBy: str | None = column("What has read the text: `built-in grammar`, which understands nothing.")


async def extract(hand: Change, input: BuyerProfileExtractInput) -> Outcome:
    """Read a text."""
    hand.demand(WORKING_AGENT, {"agentId": hand.profile(PRODUCT)}, "An agent who is switched off can only read.")
    if len(input.text) > RAW_CHARACTERS:
        raise Refusal(Code.TOO_LONG, f"A text may have {RAW_CHARACTERS} characters.", "text")
    if not is_readable(input.text):
        raise Refusal(Code.INVALID, "The text must hold more than white space.", "text")
    found = read(input.text)
    draft = {
        **asdict(found),
        "rawInput": input.text,
        "inputMethod": InputMethod.TEXT.value,
        "nlpConfidence": found.confidence,
    }
    return {"draft": draft, "missing": [name for name in NEEDED if draft[name] is None], "readBy": READER}


@strawberry.type
class ProfileExtractMutations:
    buyerProfileExtract: BuyerProfileExtractPayload = change(
        extract, "Read a text about a buyer into a draft of a profile, which is not stored; for agents.", replays=False
    )
