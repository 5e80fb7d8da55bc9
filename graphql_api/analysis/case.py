"""What an offer is judged by: its terms, its listing, and what the market says of such a home."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Self

Node = Mapping[str, Any]

ENOUGH = 3
"""Homes without which there is no middle to speak of."""


@dataclass(frozen=True, slots=True)
class Market:
    """How many comparable homes there are of each status, and what the one in the middle asks.

    `price` and `rate` (a square foot) are in the listing's currency, and None where there are too few homes. Sold homes
    count by what they asked last: nobody sees what was paid.
    """

    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    price: float | None = None
    rate: float | None = None

    @property
    def homes(self) -> int:
        """How many there are in all."""
        return sum(self.counts.values())

    @classmethod
    def of(cls, homes: Sequence[Node]) -> Self:
        """The market that these homes make."""
        counts: dict[str, int] = {}
        for home in homes:
            counts[home["status"]] = counts.get(home["status"], 0) + 1
        if len(homes) < ENOUGH:
            return cls(counts)
        return cls(counts, median(home["price"] for home in homes), median(_rate(home) for home in homes))


def _rate(home: Node) -> float:
    return float(home["price"] / home["sqft"])


@dataclass(frozen=True, slots=True)
class Case:
    """An offer and its listing as `documents.OFFER` shows them, and `homes` that may be comparable."""

    offer: Node
    listing: Node
    homes: Sequence[Node] = ()

    @property
    def market(self) -> Market:
        """What the homes in the listing's own state say, without the listing itself."""
        return Market.of(list(self._comparable()))

    def _comparable(self) -> Iterable[Node]:
        state = _folded(self.listing["state"])
        for home in self.homes:
            # There is a Portland in Oregon and one in Maine.
            if home["id"] != self.listing["id"] and _folded(home["state"]) == state and home["sqft"] > 0:
                yield home

    @property
    def asked(self) -> float:
        """The price that the listing asks."""
        return float(self.listing["price"])

    @property
    def offered(self) -> float:
        """The price in the terms in force."""
        return float(self.offer["offerAmount"])


def _folded(text: str) -> str:
    return text.strip().lower()
