"""A shelf of things found by a text: what was found only once leaves before what is used again and again."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

REGULARS_SHARE = 0.75
"""Share of the shelf that regulars may fill; the rest is always there for newcomers."""


@dataclass(slots=True)
class _Kept(Generic[T]):
    text: str
    size: int
    value: T
    name: str | None = None


class Shelf(Generic[T]):
    """Keeps values by text, as long as all their sizes together are at most `capacity`.

    A newcomer becomes a regular when it is found for the first time. Newcomers make room before regulars do, the least
    recently used first; regulars beyond their share are newcomers again. So a stream of texts that are sent once each
    passes by without moving what is in use.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._regular_size = 0
        self._newcomers: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._regulars: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._names: dict[str, _Kept[T]] = {}

    def __len__(self) -> int:
        return len(self._newcomers) + len(self._regulars)

    def find(self, text: str) -> T | None:
        """Return the value kept for a text and mark it as used, or None."""
        if (kept := self._regulars.get(text)) is not None:
            self._regulars.move_to_end(text)
            return kept.value
        if (kept := self._newcomers.get(text)) is None:
            return None
        self._promote(kept)
        return kept.value

    def named(self, name: str) -> tuple[str, T] | None:
        """Return the text and the value that have this name and mark them as used, or None."""
        if (kept := self._names.get(name)) is None:
            return None
        self.find(kept.text)
        return kept.text, kept.value

    def keep(self, text: str, size: int, value: T) -> None:
        """Keep a value of this size. One larger than the whole shelf is not kept."""
        if size > self.capacity or text in self._newcomers or text in self._regulars:
            return
        self._newcomers[text] = _Kept(text, size, value)
        self.size += size
        while self.size > self.capacity:
            _, leaving = self._newcomers.popitem(last=False)
            self.size -= leaving.size
            if leaving.name is not None:
                del self._names[leaving.name]

    def name(self, text: str, name: str) -> None:
        """Let what is kept for a text be found by this name too, its only one, for as long as it is kept."""
        kept = self._regulars.get(text) or self._newcomers.get(text)
        if kept is not None and kept.name is None:
            kept.name = name
            self._names[name] = kept

    def _promote(self, kept: _Kept[T]) -> None:
        del self._newcomers[kept.text]
        self._regulars[kept.text] = kept
        self._regular_size += kept.size
        while self._regular_size > self.capacity * REGULARS_SHARE:
            text, least = self._regulars.popitem(last=False)
            self._regular_size -= least.size
            self._newcomers[text] = least
