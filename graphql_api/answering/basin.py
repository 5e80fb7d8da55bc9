"""Catches the pieces of an answer as they come, so that they are written together and not one by one."""

import asyncio
from contextlib import aclosing

from graphql_api.answering.prompt import Prompt
from graphql_api.answering.responder import Broken, Responder
from models.advisor.message import CONTENT_CHARACTERS


class Basin:
    """The answer as it flows in: `text` is what was not yet taken out, `characters` what has come in all.

    `pieces` counts what came, `tokens` is what it cost, where the responder told; `ended` says that no more will come.
    """

    def __init__(self) -> None:
        self.text = ""
        self.characters = 0
        self.pieces = 0
        self.tokens: int | None = None
        self.ended = False
        self._news = asyncio.Event()

    async def fill(self, responder: Responder, prompt: Prompt, seconds: float) -> None:
        """Let the answer flow in, up to the length that one may have. Raises `Broken`, also after so many seconds."""
        try:
            async with asyncio.timeout(seconds), aclosing(responder.respond(prompt)) as pieces:
                async for piece in pieces:
                    if piece.tokens is not None:
                        self.tokens = piece.tokens
                    if piece.text and not self._caught(piece.text):
                        return
        except TimeoutError as error:
            raise Broken(f"the answer took longer than {seconds:g} seconds") from error
        finally:
            self.ended = True
            self._news.set()

    def _caught(self, piece: str) -> bool:
        """Catch a piece, or what there is room for; whether there is room for more."""
        # Half a character, as some endpoints cut them, cannot be stored.
        whole = piece.encode("utf-8", "replace").decode()[: CONTENT_CHARACTERS - self.characters]
        self.text += whole
        self.characters += len(whole)
        self.pieces += 1
        self._news.set()
        return self.characters < CONTENT_CHARACTERS

    async def news(self, seconds: float) -> bool:
        """Wait until there is text or the end, for so many seconds at most; whether there is."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> str:
        """The text that has come since the last time."""
        if not self.ended:
            self._news.clear()
        text, self.text = self.text, ""
        return text
