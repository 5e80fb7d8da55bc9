"""The cursor of an event: where in the stream of changes its list goes on, and how far the list reaches."""

import base64
import binascii
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bson.timestamp import Timestamp

from models import cursor
from models.store import changes

CHARACTERS = cursor.CURSOR_CHARACTERS + 1_024
"""Length of such a cursor that is looked at: a token of a hundred characters or so, and a row's place."""

FINGERPRINTS = 1_024
"""Lists whose fingerprints are kept."""

PLACES = 1_024
"""Places that are kept as they are spelt: one change is told to many lists."""

_TIME = re.compile(r"[0-9]{1,10}:[0-9]{1,10}", re.ASCII)
_TOKEN = re.compile(r"82[0-9A-F]{16,510}", re.ASCII)
_LARGEST = 2**32


@dataclass(frozen=True, slots=True)
class Cursor:
    """After `place` the list goes on. `rights` are the fingerprint of those that it was kept for.

    `edge` is the last row that it held at the start where more rows followed: the values of its order's keys; None for
    a list without end.
    """

    place: changes.Place
    rights: str
    edge: tuple[object, ...] | None = None


def encode(place: changes.Place, rest: str) -> str:
    """The cursor as clients carry it; the `rest` is the same for all cursors of a list."""
    return f"{_place(place)}.{rest}"


def rest(order: cursor.Keys, name: str, rights: str, edge: Sequence[object] | None) -> str:
    """The part of a list's cursors that does not move; `name` tells the list and its arguments from all others."""
    return f"{fingerprint(name)}.{fingerprint(rights)}{_edge(edge, order)}"


def decode(text: str, order: cursor.Keys, name: str) -> Cursor:
    """What a cursor says. Raises ValueError for what is no cursor of this list."""
    place, *rest = text.split(".") if len(text) <= CHARACTERS else [""]
    if not 2 <= len(rest) <= 3:
        raise ValueError("not a cursor of changes")
    if rest[0] != fingerprint(name):
        raise ValueError("a cursor of another list")
    return Cursor(_read(place), rest[1], cursor.decode(order, rest[2]) if len(rest) == 3 else None)


@lru_cache(FINGERPRINTS)
def fingerprint(name: str) -> str:
    """A short word that tells one list, or what somebody's rights come to, from another."""
    return f"{zlib.crc32(name.encode()):08x}"


def _edge(values: Sequence[object] | None, order: cursor.Keys) -> str:
    return "" if values is None else f".{cursor.encode(order, values)}"


@lru_cache(PLACES)
def _place(place: changes.Place) -> str:
    if isinstance(place, Timestamp):
        return f"{place.time}:{place.inc}"
    return base64.urlsafe_b64encode(bytes.fromhex(place)).decode("ascii").rstrip("=")


def _read(text: str) -> changes.Place:
    if _TIME.fullmatch(text):
        seconds, number = map(int, text.split(":"))
        if max(seconds, number) >= _LARGEST - 1:
            raise ValueError("not a cursor of changes")
        return Timestamp(seconds, number)
    try:
        token = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).hex().upper()
    except (binascii.Error, ValueError) as error:
        raise ValueError("not a cursor of changes") from error
    if not _TOKEN.fullmatch(token):
        raise ValueError("not a cursor of changes")
    return token
