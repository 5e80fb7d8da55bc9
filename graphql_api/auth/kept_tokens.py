"""Keeps what verified tokens said, so that the signature of each is checked once."""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")

KEPT_BYTES = 8 * 1024 * 1024
"""Bytes of the tokens that are kept: ten to twenty thousand of the usual size."""


class KeptTokens(Generic[T]):
    """Values by token, the least recently used leaving first when all tokens together have more than `capacity` bytes.

    Only what was verified belongs in here. Whether a token still holds is for the reader to ask, at each use.
    """

    def __init__(self, capacity: int = KEPT_BYTES) -> None:
        self._capacity = capacity
        self._size = 0
        self._values: OrderedDict[str, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def find(self, token: str) -> T | None:
        """Return what is kept of a token, and mark it as used."""
        found = self._values.get(token)
        if found is not None:
            self._values.move_to_end(token)
        return found

    def keep(self, token: str, value: T) -> None:
        """Keep a value, in place of what was kept of the token before."""
        self.drop(token)
        self._values[token] = value
        self._size += len(token)
        while self._size > self._capacity:
            self.drop(next(iter(self._values)))

    def drop(self, token: str) -> None:
        """Forget a token, if it is kept."""
        if self._values.pop(token, None) is not None:
            self._size -= len(token)
