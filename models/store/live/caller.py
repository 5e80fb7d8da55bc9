"""Who the caller of a list is at present: rights change while it is open."""

import asyncio
from collections.abc import Callable

from models.actor import Actor


class Caller:
    """The actor for whom a list is kept, or a doubt until he is known again.

    While in doubt nothing is shown: what follows a change of his rights may not be his to see.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._known = asyncio.Event()
        self._known.set()
        self._told: list[Callable[[], None]] = []

    @property
    def doubtful(self) -> bool:
        """Whether something has changed and it is not known yet what it makes of him."""
        return not self._known.is_set()

    def doubt(self) -> None:
        """Something about him has changed."""
        self._known.clear()

    def renew(self, actor: Actor) -> None:
        """This is he from now on."""
        self.actor = actor
        self._known.set()
        for told in self._told:
            told()

    async def known(self) -> None:
        """Wait until there is no doubt."""
        await self._known.wait()

    def tell(self, told: Callable[[], None]) -> None:
        """Call this whenever he is renewed."""
        self._told.append(told)
