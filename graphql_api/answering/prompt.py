"""What a model is told, whatever the product: instructions, what was said, and what was asked last."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

HISTORY_CHARACTERS = 60_000
"""Length of the messages that are told, in characters; the newest one is told whatever its length."""

PART_CHARACTERS = 8_000
"""Length of one thing that is told besides the messages, in characters."""

Role = Literal["system", "user", "assistant"]
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a prompt."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that an answer is made from: `name` and `title` say who answers, `question` what was asked last."""

    name: str
    title: str
    question: str
    messages: Sequence[Said]

    @property
    def characters(self) -> int:
        """Its length, in characters."""
        return sum(len(said.content) for said in self.messages)


def lines(told: Told, names: Mapping[str, str]) -> Iterator[str]:
    """What is there of the values of these names, each in a line behind its words."""
    for name, words in names.items():
        if text := _text(told.get(name)):
            yield f"{words}: {text}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {text}" for name, inner in value.items() if (text := _text(inner)))
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return "" if value is None else str(value)


def newest(messages: Sequence[Said]) -> Sequence[Said]:
    """The newest of the messages, as far as there is room."""
    told, room = 0, HISTORY_CHARACTERS
    for said in reversed(messages):
        room -= len(said.content)
        if room < 0 and told:
            break
        told += 1
    return messages[len(messages) - told :]


def cut(text: str) -> str:
    """As much of a text as is told."""
    return text[:PART_CHARACTERS]
