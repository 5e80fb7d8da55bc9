"""Cursors: the place of a row in an order, opaque to clients and of use in that order alone."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import bson
from bson import Int64, ObjectId
from bson.errors import BSONError

CURSOR_CHARACTERS = 2_048
"""Length of a cursor that is looked at, in characters; the longest column that orders a list has a thousand bytes."""


ORDERS = 4_096
"""Orders whose fingerprints are kept: more than the tables have."""

Keys = tuple[tuple[str, int], ...]
"""An order's columns, each with 1 or -1; the id last."""

PLAIN = frozenset({type(None), bool, int, Int64, float, str, ObjectId, datetime})
"""What columns that order a list hold, and so what a cursor may."""


def encode(order: Keys, values: Sequence[Any]) -> str:
    """The cursor of the row that has these `values` of the order's keys."""
    packed = bson.encode({"o": fingerprint(order), "v": list(values)})
    return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode(order: Keys, text: str) -> tuple[Any, ...]:
    """The values of the order's keys at the cursor. Raises ValueError for what is no cursor of this order."""
    if len(text) > CURSOR_CHARACTERS:
        raise ValueError("too long")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = bson.decode(packed)
    except (binascii.Error, BSONError, ValueError) as error:
        raise ValueError("not a cursor") from error
    values = content.get("v")
    if content.get("o") != fingerprint(order) or not isinstance(values, list) or len(values) != len(order):
        raise ValueError("a cursor of another list or order")
    if any(type(value) not in PLAIN for value in values):
        # A document or a pattern in the place of a value would be read as an operator.
        raise ValueError("not a cursor")
    return tuple(values)


@lru_cache(ORDERS)
def fingerprint(order: Keys) -> int:
    """A number that tells one order from another."""
    return zlib.crc32(repr(order).encode())
