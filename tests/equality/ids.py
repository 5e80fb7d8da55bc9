"""Ids and times of the dataset: the same in each run, and told from those that are made while it is in use."""

from typing import Any

from bson import ObjectId

Stored = dict[str, Any]

START = 1_700_000_000_000
FAR = 4_000_000_000_000
"""Unix milliseconds that no run of the tests will see: what ends then does not end in between two ways."""


class Ids:
    """Ids that are the same in each run, and old: fresh ones are told from them by their time."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self) -> ObjectId:
        """The next one."""
        self.last += 1
        return ObjectId(f"{self.last * 7:08x}{self.last * 40_503 % 65_521:016x}")


def times(number: int) -> Stored:
    """When a row was made and changed; rows of one number tie."""
    return {"createdAt": START + number * 1_000, "updatedAt": START + number * 2_000}
