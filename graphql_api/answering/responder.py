"""Whoever makes the words of an answer: what the worker gets from it, and how it fails."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from graphql_api.answering.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer; `tokens` is what the whole answer has cost, where that is known by now."""

    text: str = ""
    tokens: int | None = None


class Broken(Exception):
    """There will be no more of the answer; the message says why, for the log."""


class Responder(Protocol):
    """Makes answers, piece by piece."""

    @property
    def name(self) -> str:
        """What it is called in what it has answered."""

    def respond(self, prompt: Prompt, /) -> AsyncGenerator[Piece, None]:
        """The pieces of an answer as they come. Raises `Broken`."""
