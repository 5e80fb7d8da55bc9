"""The built-in responder: it shows how answers arrive where no model is configured, and says so."""

import asyncio
from collections.abc import AsyncGenerator

from graphql_api.answering.prompt import Prompt
from graphql_api.answering.responder import Piece

SECONDS = 2.0
"""How long an answer takes."""

QUOTED_CHARACTERS = 160
"""So much of the question is repeated."""


class BuiltIn:
    """Answers the same question always the same way, word by word, over so many `seconds`."""

    name = "built-in"

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    async def respond(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """The words of an answer, which costs no tokens."""
        words = said(prompt).split(" ")
        for place, word in enumerate(words):
            yield Piece(word if place == 0 else f" {word}")
            await asyncio.sleep(self._seconds / len(words))
        yield Piece(tokens=0)


def said(prompt: Prompt) -> str:
    """The whole answer."""
    question = " ".join(prompt.question.split())
    shown = question if len(question) <= QUOTED_CHARACTERS else f"{question[:QUOTED_CHARACTERS].rstrip()}…"
    return (
        "This is the built-in responder speaking, not a language model. "
        f"Here {prompt.name}, {prompt.title}, would answer you. "
        f"You wrote: “{shown}”. "
        "Set ANSWER_URL and ANSWER_MODEL to have a model think about it."
    )
