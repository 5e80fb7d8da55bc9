"""What waits for one list to look at: changes, in the database's order, up to a bound."""

import asyncio
from collections import deque

from models.store.changes import Change

WAITING = 500
"""Changes that may wait for one list. They are shared with all other lists, so a place costs eight bytes; who falls
further behind is told to begin anew."""


class Inbox:
    """The changes that one list has still to look at.

    `lost` says that some were missed, by a gap in the feed or because too many waited.
    """

    def __init__(self, room: int = WAITING) -> None:
        self.lost = False
        self._room = room
        self._waiting: deque[Change] = deque()
        self._news = asyncio.Event()

    def put(self, change: Change) -> None:
        """Let a change wait; beyond the room all that wait are dropped, and lost."""
        if len(self._waiting) >= self._room:
            self.lose()
        elif not self.lost:
            self._waiting.append(change)
            self._news.set()

    def lose(self) -> None:
        """Changes may have been missed: what waits is worth nothing."""
        self._waiting.clear()
        self.lost = True
        self._news.set()

    def wake(self) -> None:
        """Let whoever waits look around, without a change."""
        self._news.set()

    def begin(self) -> None:
        """Begin anew, with nothing waiting and nothing lost."""
        self._waiting.clear()
        self.lost = False

    async def news(self, seconds: float | None = None) -> None:
        """Wait until there is something to look at, for at most so many seconds."""
        if seconds is None:
            await self._news.wait()
        else:
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                return
        self._news.clear()

    def take(self) -> Change | None:
        """The next change, if one waits."""
        return self._waiting.popleft() if self._waiting else None
