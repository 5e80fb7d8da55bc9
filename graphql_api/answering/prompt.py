"""What a model is told: who it plays, what it knows, and what was said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

HISTORY_CHARACTERS = 60_000
"""Length of the messages that are told, in characters; the newest one is told whatever its length."""

PART_CHARACTERS = 8_000
"""Length of one memory or of the summary, in characters."""

Role = Literal["system", "user", "assistant"]
Told = Mapping[str, Any]

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


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a prompt."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that an answer is made from: `name` and `title` are the advisor's, `question` what was asked last."""

    name: str
    title: str
    question: str
    messages: Sequence[Said]

    @property
    def characters(self) -> int:
        """Its length, in characters."""
        return sum(len(said.content) for said in self.messages)


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
        messages=[system, *_newest([_said(node, advisor) for node in whole])],
    )


def _instructions(persona: Told, material: Told) -> Iterator[str]:
    yield f"You are {persona['name']}, {persona['title']}. Answer as this person, and in the language of the question."
    yield from _lines(persona, PERSONA)
    yield from _lines(material["advisor"]["roleDefinition"] or {}, ROLE)
    for memory in material["memories"]["nodes"]:
        yield _cut(f"You remember {memory['key']}: {orjson.dumps(memory['value']).decode()}")
    for summary in material["summaries"]["nodes"]:
        yield _cut(f"What was said earlier: {summary['content']}")


def _lines(told: Told, names: Mapping[str, str]) -> Iterator[str]:
    for name, words in names.items():
        if text := _text(told.get(name)):
            yield f"{words}: {text}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {text}" for name, inner in value.items() if (text := _text(inner)))
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return "" if value is None else str(value)


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


def _newest(messages: Sequence[Said]) -> Sequence[Said]:
    told, room = 0, HISTORY_CHARACTERS
    for said in reversed(messages):
        room -= len(said.content)
        if room < 0 and told:
            break
        told += 1
    return messages[len(messages) - told :]


def _cut(text: str) -> str:
    return text[:PART_CHARACTERS]
