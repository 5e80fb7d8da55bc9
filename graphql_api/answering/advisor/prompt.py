"""What a model is told for an advisor's answer: who it plays, what it knows, and what was said."""

from collections.abc import Iterator

import orjson

from graphql_api.answering.prompt import Prompt, Said, Told, cut, lines, newest

PERSONA = {
    "description": "About you",
    "oneLiner": "You in one line",
    "archetype": "Archetype",
    "temperament": "Temperament",
    "bio": "Life",
    "detailedBackground": "Background",
    "experience": "Experience",
    "specialties": "Specialties",
    "expertise": "Expertise",
    "personality": "Personality",
    "communicationStyle": "How you speak",
    "coreBeliefsOrPrinciples": "What you believe in",
    "adviceDelivery": "How you give advice",
}
ROLE = {
    "role": "Your role",
    "mission": "Your mission",
    "responsibilities": "What you answer for",
    "constraints": "What you must not do",
    "scope": "What you take on and what you decline",
}


def compose(advisor: str, material: Told) -> Prompt:
    """The prompt for an answer of the advisor (by global id), from what `documents.MATERIAL` found.

    Raises LookupError for an advisor that is gone.
    """
    if material["advisor"] is None:
        raise LookupError("The advisor is gone.")
    persona = material["advisor"]["persona"]
    whole = [node for node in material["messages"]["nodes"] if node["status"] == "COMPLETE" and node["content"]]
    asked = [node["content"] for node in whole if node["sender"] == "USER"]
    system = Said("system", "\n".join(_instructions(persona, material)))
    return Prompt(
        name=persona["name"],
        title=persona["title"],
        question=asked[-1] if asked else "",
        messages=[system, *newest([_said(node, advisor) for node in whole])],
    )


def _instructions(persona: Told, material: Told) -> Iterator[str]:
    yield f"You are {persona['name']}, {persona['title']}. Answer as this person, and in the language of the question."
    yield from lines(persona, PERSONA)
    yield from lines(material["advisor"]["roleDefinition"] or {}, ROLE)
    for memory in material["memories"]["nodes"]:
        yield cut(f"You remember {memory['key']}: {orjson.dumps(memory['value']).decode()}")
    for summary in material["summaries"]["nodes"]:
        yield cut(f"What was said earlier: {summary['content']}")


def _said(node: Told, advisor: str) -> Said:
    if node["sender"] == "USER":
        return Said("user", node["content"])
    if node["sender"] == "SYSTEM":
        return Said("system", node["content"])
    if node["advisorId"] == advisor:
        return Said("assistant", node["content"])
    # To the model another advisor is one more person in the room.
    name = node["advisor"]["persona"]["name"] if node["advisor"] else "another advisor"
    return Said("user", f"[{name} answered] {node['content']}")
