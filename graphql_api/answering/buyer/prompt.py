"""What a model is told for an answer to a buyer: whom it speaks to, which homes there are, and what was said."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql_api.answering.prompt import Prompt, Said, Told, cut, lines, newest

HOMES = 20
"""The best homes of the search that are told."""

DESCRIPTION_CHARACTERS = 600
"""Length of a home's description that is told, in characters."""

PROFILE = {
    "location": "Wants to live in",
    "preferredAreas": "Areas",
    "budget": "Budget",
    "homeType": "Kind of home",
    "bedrooms": "Bedrooms",
    "bathrooms": "Bathrooms",
    "mustHaveFeatures": "Must have",
    "lifestyleDrivers": "What matters in life",
}
HOME = {
    "propertyType": "kind",
    "price": "price",
    "bedrooms": "bedrooms",
    "bathrooms": "bathrooms",
    "squareFeet": "square feet",
    "yearBuilt": "built",
    "features": "features",
    "status": "status",
}


def compose(question: str, about: str | None, material: Told) -> Prompt:
    """The prompt for an answer to the question, which names the home `about`, from what `documents.MATERIAL` found.

    Raises LookupError for a chat or a profile that is gone.
    """
    session = material["session"]
    if session is None or session["profile"] is None:
        raise LookupError("The chat is gone.")
    homes = list(_homes(session))
    system = Said("system", "\n".join(_instructions(session, homes)))
    said = [said for node in material["messages"]["nodes"] if node["aiResponse"] for said in _exchange(node)]
    return Prompt(
        name="the assistant",
        title=f"who knows the {len(homes)} homes that were found for you",
        question=question,
        messages=[system, *newest([*said, _asked(question, about)])],
    )


def _instructions(session: Told, homes: list[str]) -> Iterator[str]:
    agent = session["agent"]
    of_agent = f" {agent['firstName']} {agent['lastName']} of {agent['agencyName']}" if agent else ""
    yield (
        f"You help {session['profile']['name']} to choose a home, for the agent{of_agent}. Speak of the homes below "
        "alone, say so when you do not know something, and answer in the language of the question."
    )
    yield from lines(session["profile"], PROFILE)
    for opinion in session["interactions"]["nodes"]:
        if opinion["listing"]:
            verb = "Likes" if opinion["interactionType"] == "LIKE" else "Dislikes"
            reason = f": {opinion['reason']}" if opinion["reason"] else ""
            yield cut(f"{verb} {opinion['listing']['address']}{reason}")
    yield from homes


def _homes(session: Told) -> Iterator[str]:
    """A line for each of the best homes of the search that the chat talks about."""
    contexts = session["searchContexts"]["nodes"]
    search = contexts[0]["searchTransaction"] if contexts else None
    if search is None:
        return
    found = {result["listingId"]: result for result in search["results"]}
    for home in search["listings"][:HOMES]:
        yield _home(home, found.get(home["id"], {}))


def _home(home: Told, found: Mapping[str, Any]) -> str:
    parts = [f"Home at {home['address']}, {home['city']}, {home['state']}", *lines(home, HOME)]
    if found:
        parts.append(f"suits {found['score']} of 100: {', '.join(found['reasons'])}")
    if home["description"]:
        parts.append(home["description"][:DESCRIPTION_CHARACTERS])
    return cut("; ".join(parts))


def _exchange(node: Told) -> Iterator[Said]:
    yield _asked(node["message"], (node["property"] or {}).get("address"))
    yield Said("assistant", node["aiResponse"])


def _asked(question: str, about: str | None) -> Said:
    return Said("user", question if about is None else f"[About {about}] {question}")
