"""A shelf of things found by a text: the least recently used leave when their texts outgrow the shelf."""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Keeps values by text, as long as all texts together have at most `capacity` bytes."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._values: OrderedDict[str, tuple[int, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def find(self, text: str) -> T | None:
        """Return the value kept for a text and mark it as used, or None."""
        found = self._values.get(text)
        if found is None:
            return None
        self._values.move_to_end(text)
        return found[1]

    def keep(self, text: str, size: int, value: T) -> None:
        """Keep a value; `size` is its text's length in bytes. A text larger than the whole shelf is not kept."""
        if size > self.capacity or text in self._values:
            return
        self._values[text] = (size, value)
        self.size += size
        while self.size > self.capacity:
            _, (freed, _) = self._values.popitem(last=False)
            self.size -= freed
