"""Interrupts what takes too long, with one timer for all that is under way.

A timer of the event loop for each request, as `asyncio.timeout` sets it, costs as much as reading the request. Nearly
all requests are over in a few milliseconds, so who enters here is only noted, and gets a timer once it is late.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol

from models.ending import AGAIN_SECONDS

LATE_SECONDS = 0.05
"""Seconds after which a block is late, and at most twice that: then it is worth a timer or a task of its own."""


class Interrupted(Exception):
    """A block was ended before it was over."""


class Cancellable(Protocol):
    """A timer or a task."""

    def cancel(self) -> Any:
        """End it."""


Interrupt = Callable[[], None]

Begin = Callable[[Interrupt], Cancellable]
"""Begins to wait for the reason to interrupt a block that is late."""


class Interruptible:
    """A block of the current task that can be interrupted: what it awaits is cancelled, and it raises `Interrupted`.

    `begin` is called when the block is late, and what it returns is cancelled at the end of the block. A cancellation
    of the task by anybody else stays one.
    """

    __slots__ = ("_begin", "_begun", "_cancelling", "_interruptions", "_task")

    def __init__(self, begin: Begin) -> None:
        self._begin: Begin | None = begin
        self._begun: Cancellable | None = None
        self._interruptions = 0

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("Only what runs in a task can be interrupted.")
        self._task = task
        self._cancelling = task.cancelling()
        _ROUNDS.note(self, loop)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._begin = None
        if self._begun is not None:
            self._begun.cancel()
        if not self._interruptions:
            return
        for _ in range(self._interruptions):
            left = self._task.uncancel()
        if left <= self._cancelling and kind is asyncio.CancelledError:
            raise Interrupted from error

    def late(self) -> None:
        """Begin to wait for the reason to interrupt, unless the block is over."""
        if self._begin is not None:
            self._begun = self._begin(self._interrupt)

    def _interrupt(self) -> None:
        self._interruptions += 1
        self._task.cancel()
        self._begun = asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._interrupt)


def until(seconds: float) -> Interruptible:
    """Return a block that is interrupted after so many seconds, or a little later."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    return Interruptible(lambda interrupt: loop.call_at(end, interrupt))


class _Rounds:
    """Goes round while there is anybody to look after: who was there at the last round already is late at this one."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._new: list[Interruptible] = []
        self._old: list[Interruptible] = []

    def note(self, block: Interruptible, loop: asyncio.AbstractEventLoop) -> None:
        """Look after a block that has just begun in this loop."""
        if self._loop is not loop:
            self._loop = loop
            self._new, self._old = [], []
            self._next()
        self._new.append(block)

    def _next(self) -> None:
        if self._loop is not None:
            self._loop.call_later(LATE_SECONDS, self._go)

    def _go(self) -> None:
        for block in self._old:
            block.late()
        self._old, self._new = self._new, []
        if self._old:
            self._next()
        else:
            self._loop = None


_ROUNDS = _Rounds()
