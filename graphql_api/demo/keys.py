"""Ids of demo rows: the same in each run, so that what was written can be found again and replaced."""

import hashlib
import random

from bson import ObjectId


def fixed(*words: str) -> ObjectId:
    """The id that belongs to these words for ever."""
    return ObjectId(hashlib.sha256("\0".join(("demo", *words)).encode()).digest()[:12])


def dated(millis: int, chance: random.Random) -> ObjectId:
    """An id that begins with its time in Unix milliseconds, as those of MongoDB do."""
    return ObjectId((millis // 1000).to_bytes(4, "big") + chance.randbytes(8))


def chance(*words: str) -> random.Random:
    """A source of chance that gives the same numbers for the same words."""
    return random.Random("\0".join(words))  # noqa: S311  # demo data are meant to be foreseeable
