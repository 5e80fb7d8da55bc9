"""The analyst behind an endpoint: a language model, whose answer is checked, and rules where it is of no use."""

import asyncio
from contextlib import aclosing

from graphql_api.analysis.analyst import Analyst, Opinion
from graphql_api.analysis.case import Case
from graphql_api.analysis.prompt import Unreadable, again, compose, read
from graphql_api.answering.prompt import Prompt
from graphql_api.answering.responder import Broken, Responder

TRIES = 2
"""A model that gives no analysis is asked once more."""

ANSWER_CHARACTERS = 64_000
"""Length of an answer beyond which it is none, in characters."""


class Model:
    """Asks the `responder`, for so many `seconds` an answer; what it cannot judge, the `stand_in` does."""

    def __init__(self, responder: Responder, stand_in: Analyst, seconds: float) -> None:
        self._responder = responder
        self._stand_in = stand_in
        self._seconds = seconds

    async def judge(self, case: Case) -> Opinion:
        """What the model says, or else the stand-in."""
        prompt, tokens, why = compose(case), 0, ""
        for _ in range(TRIES):
            try:
                answer, cost = await self._answered(prompt)
            except Broken as broken:
                # The endpoint has been tried again already, where that was of any use.
                why = str(broken)
                break
            tokens += cost
            try:
                return Opinion(read(answer), self._responder.name, tokens)
            except Unreadable as unreadable:
                why = str(unreadable)
                prompt = again(prompt, answer, why)
        instead = await self._stand_in.judge(case)
        return Opinion(instead.analysis, instead.by, tokens, why)

    async def _answered(self, prompt: Prompt) -> tuple[str, int]:
        """The whole answer, and what it cost in tokens. Raises `Broken`."""
        parts, tokens, characters = [], 0, 0
        try:
            async with asyncio.timeout(self._seconds), aclosing(self._responder.respond(prompt)) as pieces:
                async for piece in pieces:
                    parts.append(piece.text)
                    characters += len(piece.text)
                    tokens = tokens if piece.tokens is None else piece.tokens
                    if characters > ANSWER_CHARACTERS:
                        raise Broken(f"the answer is longer than {ANSWER_CHARACTERS} characters")
        except TimeoutError as error:
            raise Broken(f"the answer took longer than {self._seconds:g} seconds") from error
        return "".join(parts), tokens
