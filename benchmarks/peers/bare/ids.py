"""Global ids and cursors in the server's own form."""

from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import Any

import bson
from bson import ObjectId

from models.cursor import fingerprint

URL_SAFE = bytes.maketrans(b"+/", b"-_")
PLAIN = bytes.maketrans(b"-_", b"+/")


def global_id(tag: str, key: ObjectId) -> str:
    """The global id of a row."""
    return tag + b2a_base64(key.binary, newline=False).translate(URL_SAFE).decode()


def bare_id(tag: str, text: str) -> ObjectId:
    """The row's own id. Raises ValueError for one of another table."""
    if not text.startswith(tag):
        raise ValueError("not an id of this table")
    return ObjectId(a2b_base64(text[4:].encode().translate(PLAIN)))


def cursor_of(order: tuple[tuple[str, int], ...], row: Mapping[str, Any]) -> str:
    """The cursor of a row in the order."""
    packed = bson.encode({"o": fingerprint(order), "v": [row[column] for column, _ in order]})
    return b2a_base64(packed, newline=False).translate(URL_SAFE).decode().rstrip("=")
